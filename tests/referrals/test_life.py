"""The life of a referral, main path and denial, through the only doors there are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from county import NOW, county
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.people.person import POLICY
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.asked import About, Opinion
from secondopinion.referrals.access import work_list
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, Paper, Referral, RunningClock
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import Request, receive
from secondopinion.referrals.told import (
    Answer,
    Ask,
    Authorize,
    Choose,
    Classify,
    Deny,
    FileRecord,
    Item,
    Reason,
    ReferUp,
    Report,
    Schedule,
    See,
    Supply,
    TakeUp,
    Withdraw,
)

RECEIVED = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # Monday 2026-11-23 09:00 in California
YES = {"surgery_is_recommended": True, "member_questions_surgery": True}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture
def there(as_plan):
    return county()


def asked(there, **other):
    said = {
        "member": there.one,
        "program": "medi-cal",
        "channel": "phone",
        "received_at": RECEIVED,
        "requester": "member",
        "requester_name": "Member One",
        "opinion": "second",
        "about": "specialist-care",
        "condition": "surgery on the lower back",
        "procedure": "back surgery",
        "clinician": there.first,
    }
    return Request(**{**said, **other})


def given_an_authorized_referral(there, **other):
    taken = receive(asked(there, answers=YES, **other), person=there.person("intake@plan"), now=NOW)
    return Referral.objects.get(pk=taken.referral_id)


def given_a_referral_with_a_physician(there, **other):
    taken = receive(asked(there, **other), person=there.person("intake@plan"), now=NOW)
    nurse = there.person("nurse@plan")
    advance(taken.referral_id, TakeUp(complete=True), person=nurse, now=NOW)
    advance(taken.referral_id, ReferUp("Nothing in the list fits; please look."), person=nurse, now=NOW)
    return Referral.objects.get(pk=taken.referral_id)


DENIAL = Deny(
    reasons=(Reason("II.C.4", "Your treatment started nine days ago, and your doctor planned six weeks."),),
    clinical_reason="Both scans show wear of the joint and no tear; exercise is the usual first step.",
    why_not_otherwise="There is no other doubt on record, and no open question of coverage or of another opinion.",
    would_change="A note from your doctor that six weeks of treatment did not help",
)


def steps(referral):
    return list(Event.objects.filter(referral=referral).order_by("position").values_list("step", flat=True))


@pytest.mark.clause("II.C.1")
def test_the_policy_authorizes_at_the_door_when_the_answers_settle_a_yes(there):
    referral = given_an_authorized_referral(there)
    assert (referral.state, steps(referral)) == ("authorized", ["receive", "authorize"])
    event = Event.objects.get(referral=referral, step="authorize")
    assert (event.role, event.finding["verdict"]) == ("policy", "yes")
    assert "II.C.1" in event.finding["cites"]
    assert referral.valid_until == date(2027, 2, 21)
    assert set(Notice.objects.values_list("kind", flat=True)) == {"approval_to_member"}


def test_entry_and_receipt_are_two_instants_and_the_clock_starts_at_receipt(there):
    late = NOW + timedelta(hours=30)
    taken = receive(asked(there), person=there.person("intake@plan"), now=late)
    referral = Referral.objects.get(pk=taken.referral_id)
    assert (referral.received_at, referral.entered_at) == (RECEIVED, late)
    cap = RunningClock.objects.get(referral=referral, rule__contains="7-calendar")
    assert cap.started_at == RECEIVED
    assert cap.due_at.isoformat().startswith("2026-12-01T07:59:59")  # Monday 2026-11-30 23:59:59 in California
    assert (referral.due_at, referral.due_kind) == (cap.due_at, "decision")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"received_at": None}, "missing"),
        ({"received_at": NOW + timedelta(minutes=1)}, "lies ahead"),
        ({"received_at": NOW.replace(tzinfo=None)}, "no time zone"),
        ({"program": "pace"}, "PACE"),
        ({"program": "onecare"}, "was enrolled in medi-cal"),
        ({"requester": "neighbour"}, "may not ask"),
        ({"urgency": "expedited"}, "needs the reason"),
        ({"answers": {"is_tuesday": True}}, "is_tuesday"),
        ({"channel": "pigeon"}, "no way in"),
    ],
)
def test_a_request_that_cannot_be_is_refused_in_a_sentence_and_leaves_nothing(there, other, words):
    with pytest.raises(Refused, match=words):
        receive(asked(there, **other), person=there.person("intake@plan"), now=NOW)
    assert not Referral.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.clause("II.L")
def test_the_network_decides_when_it_was_delegated_to_on_the_day_and_the_plan_otherwise(there):
    maria = receive(asked(there, member=there.maria), person=there.person("intake@plan"), now=NOW)
    joe = receive(asked(there, member=there.joe, program="onecare"), person=there.person("intake@plan"), now=NOW)
    deciders = dict(Referral.objects.values_list("number", "decider"))
    assert (deciders[maria.number], deciders[joe.number]) == ("network", "plan")
    with pytest.raises(Refused, match="The Member's Health Network decides"):
        advance(maria.referral_id, TakeUp(), person=there.person("nurse@plan"), now=NOW)
    with pytest.raises(Refused, match="The plan decides"):
        advance(joe.referral_id, TakeUp(), person=there.person("nurse@sierra"), now=NOW)


def test_a_network_is_told_where_to_send_a_member_who_was_not_its_own(there):
    set_scope(Scope((there.citrus.pk,), NOW.date()))
    nurse = there.person("nurse@citrus")
    with pytest.raises(Refused, match="Forward the request to the plan"):
        receive(asked(there, member=there.one), person=nurse, now=NOW)
    set_scope(Scope(None, NOW.date()))
    assert not Referral.objects.exists()


def test_a_denial_stays_on_the_work_list_until_its_letters_have_left(there, tmp_path):
    referral = given_a_referral_with_a_physician(there)
    physician = there.person("physician@plan")
    taken = advance(referral.pk, DENIAL, person=physician, now=NOW)
    assert list(work_list(physician)) == [referral]
    for letter in taken.letters:
        post(letter, now=NOW, carrier=PrintHouse(tmp_path))
    assert list(work_list(physician)) == []


def test_answering_the_open_question_lets_a_nurse_authorize(there):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match="does not find a yes"):
        advance(taken.referral_id, Authorize(), person=there.person("nurse@plan"), now=NOW)
    advance(taken.referral_id, Answer(YES), person=there.person("intake@plan"), now=NOW)
    after = advance(taken.referral_id, Authorize(), person=there.person("nurse@plan"), now=NOW)
    assert after.state == "authorized"


def test_a_clerk_may_not_give_a_clinical_judgment(there):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match="clinical judgment"):
        advance(
            taken.referral_id,
            Answer({"reviewer_finds_another_reason": True}),
            person=there.person("intake@plan"),
            now=NOW,
        )


@pytest.mark.clause("II.K")
@pytest.mark.parametrize("member", ["one", "joe"])
def test_a_physician_denies_and_both_letters_are_owed_and_mailed_once(there, tmp_path, member):
    who = getattr(there, member)
    program = "medi-cal" if member == "one" else "onecare"
    office = {"requester": "physician", "requester_name": "Grace Lind, MD", "requester_address": "1 Main St\nOrange"}
    referral = given_a_referral_with_a_physician(there, member=who, program=program, **office)
    both = replace(
        DENIAL,
        medicare_reason="Medicare covers a visit that is needed now; this treatment has just begun.",
        medi_cal_reason="Medi-Cal covers what is needed to protect health; this treatment has just begun.",
    )
    taken = advance(referral.pk, both, person=there.person("physician@plan"), now=NOW)
    assert taken.state == "denied"
    letters = Letter.objects.filter(pk__in=taken.letters)
    assert {x.kind for x in letters} == {"denial_to_member", "denial_to_requester"}
    for letter in letters:
        assert post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path)) is True
        assert post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path)) is False
    manifest = next(tmp_path.glob("*/manifest.csv")).read_text().splitlines()
    assert len(manifest) == 3  # the head and one line a letter
    running = RunningClock.objects.filter(referral=referral, stopped_at__isnull=True, due_at__isnull=False)
    assert not running.exists()


def test_the_policy_and_a_clerk_and_a_physician_without_licence_cannot_deny(there):
    referral = given_a_referral_with_a_physician(there)
    for person in (POLICY, there.person("intake@plan"), there.person("nurse@plan")):
        with pytest.raises(Refused, match="not yours"):
            advance(referral.pk, DENIAL, person=person, now=NOW)
    with pytest.raises(Refused, match="licence"):
        advance(referral.pk, DENIAL, person=there.person("lapsed@plan"), now=NOW)
    questioned = replace(there.person("physician@plan"), npi=there.first.npi)
    with pytest.raises(Refused, match="questioned"):
        advance(referral.pk, DENIAL, person=questioned, now=NOW)
    referral.refresh_from_db()
    assert referral.state == "physician_review"


@pytest.mark.clause("II.K.1")
@pytest.mark.parametrize(
    "without",
    [
        {"reasons": ()},
        {"reasons": (Reason("IX.9", "A clause that the policy does not have."),)},
        {"reasons": (Reason("II.C.4", "no"),)},
        {"clinical_reason": ""},
        {"why_not_otherwise": ""},
        {"would_change": ""},
    ],
)
def test_a_denial_that_lacks_a_part_is_refused(there, without):
    referral = given_a_referral_with_a_physician(there)
    with pytest.raises(Refused):
        advance(referral.pk, replace(DENIAL, **without), person=there.person("physician@plan"), now=NOW)
    assert not Letter.objects.exists()


def test_a_denial_is_signed_only_when_every_record_is_marked_as_read(there):
    referral = given_a_referral_with_a_physician(there)
    advance(referral.pk, FileRecord("scan.pdf", PDF), person=there.person("intake@plan"), now=NOW)
    physician = there.person("physician@plan")
    with pytest.raises(Refused, match="marked as read"):
        advance(referral.pk, DENIAL, person=physician, now=NOW)
    paper = Paper.objects.get(referral=referral)
    advance(referral.pk, replace(DENIAL, considered=(paper.pk,)), person=physician, now=NOW)
    assert Event.objects.get(referral=referral, step="deny").details["considered"] == [paper.sha256]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"GIF89a", "not a PDF"), (b"%PDF-1.4 torn", "damaged"), (b"%PDF-" + b"0" * (40 << 20), "40 MB")],
)
def test_a_file_that_is_no_use_is_refused_and_nothing_is_kept(there, content, words):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match=words):
        advance(taken.referral_id, FileRecord("a.pdf", content), person=there.person("intake@plan"), now=NOW)
    assert not Paper.objects.exists()


def test_what_the_policy_authorizes_cannot_be_denied(there):
    referral = given_a_referral_with_a_physician(there)
    advance(referral.pk, Answer(YES), person=there.person("nurse@plan"), now=NOW)
    with pytest.raises(Refused, match="cannot be denied"):
        advance(referral.pk, DENIAL, person=there.person("physician@plan"), now=NOW)


@pytest.mark.clause("III.F.1")
def test_from_authorization_to_a_closed_referral(there, tmp_path):
    referral = given_an_authorized_referral(there)
    intake = there.person("intake@plan")
    chosen = advance(referral.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
    kinds = set(Letter.objects.filter(pk__in=chosen.letters).values_list("kind", flat=True))
    assert kinds == {"authorization_to_professional", "approval_to_member"}
    advance(referral.pk, Schedule(NOW + timedelta(days=3)), person=intake, now=NOW)
    day = NOW + timedelta(days=4)
    advance(referral.pk, See(date(2026, 11, 26)), person=intake, now=day)
    due = RunningClock.objects.get(referral=referral, kind="report")
    assert due.due_at.date() == date(2026, 12, 12)  # Friday 2026-12-11 end of day in California, in UTC
    told = Report("not-needed", "The back can be treated with exercise first.", "", date(2026, 11, 27), "r.pdf", PDF)
    taken = advance(referral.pk, told, person=intake, now=day)
    assert taken.state == "report_received"
    roles = sorted(Notice.objects.filter(position=taken.position).values_list("recipient_role", flat=True))
    assert roles == ["member", "pcp", "treating"]
    for letter in Letter.objects.filter(mailed_at__isnull=True).order_by("owed_at"):
        post(letter.pk, now=day, carrier=PrintHouse(tmp_path))
    referral.refresh_from_db()
    assert referral.state == "closed"
    assert list(differences()) == []


def test_a_report_for_a_visit_that_did_not_happen_is_refused(there):
    referral = given_an_authorized_referral(there)
    told = Report("needed", "It is needed.", "", date(2026, 11, 23), "r.pdf", PDF)
    with pytest.raises(Refused, match="cannot follow while"):
        advance(referral.pk, told, person=there.person("intake@plan"), now=NOW)


@pytest.mark.clause("III.G")
def test_a_second_visit_is_refused_and_a_moved_one_keeps_the_unit(there):
    referral = given_an_authorized_referral(there)
    intake = there.person("intake@plan")
    advance(referral.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
    advance(referral.pk, Schedule(NOW + timedelta(days=1)), person=intake, now=NOW)
    advance(referral.pk, Schedule(NOW + timedelta(days=2)), person=intake, now=NOW)
    later = NOW + timedelta(days=3)
    advance(referral.pk, See(date(2026, 11, 25)), person=intake, now=later)
    with pytest.raises(Refused, match="cannot follow while"):
        advance(referral.pk, See(date(2026, 11, 26)), person=intake, now=later)


@pytest.mark.clause("III.B")
@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("first", "questioned"),
        ("excluded", "exclusion"),
        ("former", "no contract"),
        ("outside", "no contract"),
        ("watson", "neither the same nor equivalent"),
        ("nurse_practitioner", "Specialist Physician"),
    ],
)
def test_a_professional_who_may_not_give_the_opinion_cannot_be_chosen(there, who, words):
    referral = given_an_authorized_referral(there)
    with pytest.raises(Refused, match=words):
        advance(
            referral.pk,
            Choose(getattr(there, who).pk, "member", "by phone"),
            person=there.person("intake@plan"),
            now=NOW,
        )


@pytest.mark.clause("III.A")
def test_about_care_from_the_pcp_any_qualified_professional_but_the_pcp_may_be_chosen(there):
    other = {"about": "pcp-care", "clinician": there.pcp, "answers": {"member_questions_surgery": True}}
    taken = receive(asked(there, **other), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match="questioned"):
        advance(
            taken.referral_id, Choose(there.pcp.pk, "member", "by phone"), person=there.person("intake@plan"), now=NOW
        )
    advance(
        taken.referral_id, Choose(there.nurse_practitioner.pk, "member", "by phone"),
        person=there.person("intake@plan"), now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("member", ["one", "joe"])
@pytest.mark.parametrize("requester", ["member", "physician"])
def test_information_is_asked_for_with_nothing_known_but_the_request(there, member, requester):
    program = "medi-cal" if member == "one" else "onecare"
    bare = {"clinician": None, "condition": "", "procedure": "", "requester": requester}
    request = asked(there, member=getattr(there, member), program=program, **bare)
    taken = receive(request, person=there.person("intake@plan"), now=NOW)
    step = advance(taken.referral_id, Ask((Item("Your scan", "II.C.3"),)), person=there.person("nurse@plan"), now=NOW)
    assert len(step.letters) == (1 if requester == "member" else 2)


def test_information_is_asked_for_and_the_five_days_start_when_it_is_complete(there):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    nurse = there.person("nurse@plan")
    item = Item("The report of the back scan", "II.C.3", "diagnosis_in_doubt_from_conflicting_tests")
    advance(taken.referral_id, Ask((item,)), person=nurse, now=NOW)
    later = NOW + timedelta(days=1)
    advance(taken.referral_id, Supply(later, complete=True), person=nurse, now=later)
    clock = RunningClock.objects.get(referral_id=taken.referral_id, rule__contains="5-business")
    assert clock.due_at.date() == date(2026, 12, 4)  # Thursday 2026-12-03: two holidays lie between
    referral = Referral.objects.get(pk=taken.referral_id)
    assert (referral.state, referral.information_complete_at) == ("nurse_review", later)


def test_an_unmarked_request_waits_for_a_person_to_say_what_it_is(there):
    taken = receive(asked(there, opinion="", about=""), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match="Nobody has said yet"):
        advance(taken.referral_id, Answer(YES), person=there.person("intake@plan"), now=NOW)
    told = Classify(Opinion.SECOND, About.SPECIALIST_CARE)
    advance(taken.referral_id, told, person=there.person("intake@plan"), now=NOW)
    assert Referral.objects.get(pk=taken.referral_id).opinion == "second"


def test_a_withdrawal_is_confirmed_in_writing(there):
    referral = given_an_authorized_referral(there)
    told = Withdraw("member", "Member One", "I no longer want it.")
    taken = advance(referral.pk, told, person=there.person("intake@plan"), now=NOW)
    assert taken.state == "withdrawn"
    assert Letter.objects.get(pk=taken.letters[0]).kind == "withdrawal_to_member"


def test_a_stale_page_is_told_so_and_nothing_is_written(there):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    advance(taken.referral_id, Answer(YES), person=there.person("intake@plan"), now=NOW, seen=1)
    with pytest.raises(Refused, match="has moved on"):
        advance(taken.referral_id, Authorize(), person=there.person("nurse@plan"), now=NOW, seen=1)
    assert Referral.objects.get(pk=taken.referral_id).state == "received"


def test_a_changed_history_is_found_overnight(there):
    referral = given_an_authorized_referral(there)
    assert list(differences()) == []
    Referral.objects.filter(pk=referral.pk).update(state="closed")
    assert [d.what for d in differences()] == ["the state is closed, the history says authorized"]
