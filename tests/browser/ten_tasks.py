"""The ten commonest tasks of those who work with a referral, done as a person does them, through the words on the page.

They are told in this order on the made-up county of a first start, on its Monday morning. Each begins on the work
list with the person signed in, and each ends by asking the database whether the thing was done, so that a count of
clicks cannot be of a task that was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import expect

from browser.hands import Hands, Tally
from county import TODAY
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import ConsultationReport, Notice, Paper, Referral
from secondopinion.referrals.reading import snapshot_of
from secondopinion.site.telling import REPORT

SignedIn = Callable[[str], Hands]
"""Hands at the work list, for somebody who has signed in under this name."""


@dataclass(frozen=True, slots=True)
class Task:
    """One of the ten: its name in the record, what it is in words, who does it, and how."""

    name: str
    title: str
    who: str
    walk: Callable[[Hands], None]


def find_the_member(hands: Hands, born: str, number: str) -> None:
    """From the work list to the card of a Member, by two identifiers."""
    hands.follow("Take in a request")
    hands.type("Birth date", born)
    hands.type("ID number", number)
    hands.enter()


def find_the_clinician(hands: Hands, typed: str, found: str) -> None:
    """Type who gave the opinion that is questioned, and take the entry of the directory."""
    hands.type("Who gave the opinion that is questioned?", typed)
    hands.press_here("Search the directory", hands.desk.group("Is it one of these?"))
    hands.choose("Is it one of these?", found)


def take_a_request_by_phone(hands: Hands) -> None:
    """A Member calls, doubts an operation, and hears during the call that the opinion is authorized."""
    find_the_member(hands, "10281964", "M0000044")
    hands.enter()  # “Yes, take in the request” has the focus
    hands.choose("How did the request reach us?", "Phone")
    hands.type("Day", "11232026")
    hands.type("Time, Pacific", "0950AM")
    hands.choose("Who asks?", "The Member")
    hands.choose("Which opinion is asked for?", "Second opinion")
    hands.choose("Whose care is it about?", "Care from a specialist")
    find_the_clinician(hands, "Holmquist", "Peter Holmquist, MD")
    hands.type("What is it about, in plain words?", "surgery on the lower back")
    hands.type("What was recommended?", "fusion of the lower spine")
    hands.choose("Has somebody recommended an operation that has not been done yet?", "Yes")
    hands.choose("Does the Member doubt that the operation is reasonable or necessary?", "Yes")
    hands.press("Check answers")
    hands.press("Submit the request")
    made = newest_of("M0000044")
    assert (made.state, made.channel, made.authorized_on) == ("authorized", "phone", TODAY)


def enter_a_faxed_request(hands: Hands) -> None:
    """The office of a PCP faxes a request and a clinic note; both are entered, by the hour in the fax header."""
    find_the_member(hands, "01011970", "M0000001")
    hands.enter()
    hands.choose("How did the request reach us?", "Fax")
    hands.type("Day", "11232026")
    hands.type("Time, Pacific", "0805AM")
    hands.choose("Who asks?", "A physician")
    hands.type("Name of the person who asks", "Grace Lindgren, MD")
    hands.type("Phone", "1-714-555-0105")
    hands.type("NPI", "2100000035")
    hands.choose("Which opinion is asked for?", "Second opinion")
    hands.choose("Whose care is it about?", "Care from a specialist")
    find_the_clinician(hands, "Beck", "Fiona Beck, MD")
    hands.type("What is it about, in plain words?", "gallstones")
    hands.type("What was recommended?", "removal of the gallbladder")
    hands.type("ICD-10 code", "K8020")
    hands.choose("Has somebody recommended an operation that has not been done yet?", "Yes")
    hands.press("Check answers")
    hands.press("Submit the request")
    form = hands.unfold("Add a medical record")
    hands.upload("The record as a PDF", REPORT, within=form)
    hands.type("What is it?", "clinic note of November 19", within=form)
    hands.press("Keep the record", within=form)
    made = newest_of("M0000001")
    assert (made.state, made.channel, made.requester) == ("received", "fax", "physician")
    with plan_scope(TODAY):
        assert Paper.objects.filter(referral=made).count() == 1


def check_that_it_is_complete(hands: Hands) -> None:
    """A nurse opens the faxed request, reads the note, enters what it says, and takes the review up as complete."""
    number = newest_of("M0000001").number
    hands.follow(number)
    note = hands.look_at(hands.desk.page.locator("#letters").get_by_role("link", name="consultation-report.pdf"))
    assert note.startswith(b"%PDF")
    hands.choose("Does the Member doubt that the operation is reasonable or necessary?", "Yes")
    hands.type("Where do these answers come from?", "clinic note")
    hands.press("Save the answers")
    form = hands.unfold("Take up the review")
    hands.tick("Everything needed to decide was in hand on the day of receipt", within=form)
    hands.press("Take it up", within=form)
    now = newest_of("M0000001")
    assert now.state == "nurse_review"
    assert now.information_complete_at is not None
    assert snapshot_of(now).answers["member_questions_surgery"] is True


def ask_for_what_is_missing(hands: Hands) -> None:
    """A nurse asks the Member and the office for the one thing that could settle a request."""
    number = in_review("M0000003").number
    hands.follow(number)
    form = hands.unfold("Ask for information")
    hands.type("What is missing?", "Whether you doubt that you need the operation", within=form)
    hands.pick("Which question would it settle?",
               "Does the Member doubt that the operation is reasonable or necessary?", within=form)  # fmt: skip
    hands.press("Ask the Member and the office that asked", within=form)
    with plan_scope(TODAY):
        now = Referral.objects.get(number=number)
        assert now.state == "awaiting_information"
        assert Notice.objects.filter(referral=now, kind__startswith="information").exists()


def authorize(hands: Hands) -> None:
    """A nurse authorizes the request that was checked; the letters go out by themselves."""
    hands.follow(newest_of("M0000001").number)
    form = hands.unfold("Authorize the opinion")
    hands.press("Authorize", within=form)
    now = newest_of("M0000001")
    assert (now.state, now.authorized_on) == ("authorized", TODAY)
    with plan_scope(TODAY):
        assert Notice.objects.filter(referral=now, kind="approval_to_member").exists()


def deny(hands: Hands) -> None:
    """The Medical Director reads the story, writes the four reasons, reads the letter, and signs it."""
    number = newest_of("M0000056").number
    hands.follow_count("For me")
    hands.follow(number)
    hands.follow("Open the decision page")
    form = hands.desk.page.locator("#deny")
    hands.pick("Clause of the policy", "II.D", within=form)
    hands.type("Why it is not met, in words the Member understands",
               "Your two doctors agree with each other: both advise exercise, no operation.", within=form)  # fmt: skip
    hands.type("The medical reason", "Both examinations found a small tear and good strength.", within=form)
    hands.type("What would lead to a yes", "A note from one of your doctors that the two differ", within=form)
    hands.type("Why no other good reason applies", "The file was read for any other reason; none was found.",
               within=form)  # fmt: skip
    hands.press("Show the letter", within=form)
    expect(hands.desk.page.get_by_role("region", name="The letter, exactly as the Member will read it")).to_be_visible()
    hands.press("Sign and deny", within=hands.desk.page.locator("#deny"))
    with plan_scope(TODAY):
        now = Referral.objects.get(number=number)
        assert now.state == "denied"
        assert Notice.objects.filter(referral=now, kind="denial_to_member").exists()


def choose_with_the_member(hands: Hands) -> None:
    """The Member hears on the phone who may give the opinion, and names one."""
    hands.follow(newest_of("M0000044").number)
    hands.follow("Choose a professional")
    hands.choose("Who may give the opinion", "Sam Specialist, MD")
    hands.pick("Who chose?", "The Member")
    hands.pick("How did the choice reach us?", "By phone")
    hands.press("Record the choice")
    now = newest_of("M0000044")
    assert now.professional is not None
    assert now.professional.last_name == "Specialist"


def enter_an_appointment_and_a_report(hands: Hands) -> None:
    """One Member's visit is booked, and another's report has come in: both are entered, one after the other."""
    booked, seen = newest_of("M0000044").number, newest_of("M0000013").number
    hands.follow(booked)
    form = hands.unfold("Schedule the visit")
    hands.type("Day of the visit", "12012026", within=form)
    hands.type("Time of the visit", "1000AM", within=form)
    hands.press("Schedule the visit", within=form)
    hands.follow("Work list")
    hands.follow(seen)
    hands.follow("Consultation")
    form = hands.unfold("Record the consultation report")
    hands.upload("The report as a PDF", REPORT, within=form)
    hands.type("Day it was signed", "11202026", within=form)
    hands.pick("What did the consultant find?", "Something else should be done instead", within=form)
    hands.type("The consultant's opinion, in a few sentences", "A change of medicine will do.", within=form)
    hands.press("Keep the report and pass it on", within=form)
    assert newest_of("M0000044").state == "scheduled"
    with plan_scope(TODAY):
        assert ConsultationReport.objects.filter(referral__number=seen).exists()
        assert Notice.objects.filter(referral__number=seen, kind="report_to_member").exists()


def say_where_a_request_is(hands: Hands) -> None:
    """A Member calls without a number and asks how it stands: the state, and by when what comes next."""
    asked = in_review("M0000003")
    find_the_member(hands, "06121984", "M0000003")
    hands.follow(asked.number)
    hands.desk.reads("Referral", asked.number, "Waiting for information")
    due = hands.desk.main.get_by_role("group", name="The clock that binds").locator("time")
    expect(due.first).to_have_attribute("datetime", str(asked.due_at.isoformat() if asked.due_at else ""))


def drill_from_a_number_to_the_letter(hands: Hands) -> None:
    """An auditor sees a number on a tab, opens a row behind it, and reads the letter with its proof of mailing."""
    with plan_scope(TODAY):
        late = Referral.objects.get(member__member_id="M0000004")
        notice = Notice.objects.select_related("letter").get(referral=late, kind="deemed_denial_to_member")
    assert notice.letter.mailed_at is not None
    hands.follow_count("Appeals and complaints")
    hands.follow(late.number)
    hands.follow("Not decided in time, to the Member")
    expect(hands.desk.main).to_contain_text(notice.letter.pdf_sha256)


def newest_of(member_id: str) -> Referral:
    """The newest referral of a Member of the made-up county."""
    with plan_scope(TODAY):
        return Referral.objects.select_related("professional").filter(member__member_id=member_id).latest("number")


def in_review(member_id: str) -> Referral:
    """The referral of a Member that a nurse has, or that waits for information."""
    with plan_scope(TODAY):
        return Referral.objects.get(member__member_id=member_id, state__in=("nurse_review", "awaiting_information"))


TASKS: Final = (
    Task("phone", "Find a Member and take a request by phone", "intake@plan", take_a_request_by_phone),
    Task("fax", "Enter a faxed request with a paper", "intake@plan", enter_a_faxed_request),
    Task("check", "Take up a review and check that it is complete", "nurse@plan", check_that_it_is_complete),
    Task("ask", "Ask for what is missing", "nurse@plan", ask_for_what_is_missing),
    Task("authorize", "Authorize, after the checks", "nurse@plan", authorize),
    Task("deny", "Deny, and sign the letter", "physician@plan", deny),
    Task("choose", "Choose a professional with the Member on the phone", "intake@plan", choose_with_the_member),
    Task("report", "Enter an appointment, and a report", "intake@plan", enter_an_appointment_and_a_report),
    Task("status", "Say on the phone where a request is", "intake@plan", say_where_a_request_is),
    Task("drill", "From a number to a row to the letter", "appeals@plan", drill_from_a_number_to_the_letter),
)


def walk_all(signed_in: SignedIn) -> Iterator[tuple[Task, Tally]]:
    """Do the ten tasks one after the other; what each took, as it is done."""
    for task in TASKS:
        hands = signed_in(task.who)
        hands.start()
        task.walk(hands)
        yield task, hands.tally
