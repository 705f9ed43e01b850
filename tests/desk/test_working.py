"""How people work at the desk: views of their own, papers not opened, four states of work, many at once, the score."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client

from county import NOW, TODAY, County
from desk.life import (
    DENIAL,
    PDF,
    again,
    authorized,
    received,
    scheduled,
    step,
    visited,
    with_a_nurse,
    with_a_physician,
)  # fmt: skip
from secondopinion.desk.bulk import BULK
from secondopinion.desk.keys import GROUPS
from secondopinion.people.models import AccessEntry
from secondopinion.people.rls import network_scope, plan_scope
from secondopinion.referrals import working
from secondopinion.referrals.four_states import Work, in_state, tasks_of
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.referrals.models import Event, Paper, PaperRead, Referral, SavedView
from secondopinion.referrals.scorecard import score
from secondopinion.referrals.told import Ask, Choose, FileRecord, Item, SendBack, Supply

Browser = Callable[[str], Client]


def words(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def listed(client: Client, query: str = "") -> str:
    return client.get(f"/{query}").content.decode()


def test_a_view_keeps_its_filters_in_its_address_with_a_count_and_is_its_owners_alone(
    place: County, signed_in_as: Browser
) -> None:
    received(place)
    nurse, other = signed_in_as("nurse@plan"), signed_in_as("intake@plan")
    saved = nurse.post("/views/", {"name": "  Mine   to start ", "work": "not-started", "view": "mine", "state": ""})
    assert saved.status_code == 303
    assert saved.headers["Location"] == "/?view=mine&work=not-started"
    page = listed(nurse, "?view=mine&work=not-started")
    tab = re.search(r'<a href="\?view=mine&amp;work=not-started" aria-current="page">([^<]*)<span[^>]*>(\d+)', page)
    assert tab
    assert (tab[1].strip(), tab[2]) == ("Mine to start", "1")
    assert "Mine to start" not in listed(other)
    with plan_scope(TODAY):
        view = SavedView.objects.get()
    assert other.post(f"/views/{view.pk}/drop/").status_code == 303
    assert "Mine to start" in listed(nurse)
    nurse.post(f"/views/{view.pk}/drop/")
    assert "Mine to start" not in listed(nurse)
    assert "Mine to start" not in listed(nurse)
    nurse.post("/views/", {"name": "Mine to start", "work": "waiting"})  # the name is free again
    assert "Mine to start" in listed(nurse)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "", "work": "waiting"}, "Give the view a name"),
        ({"name": "All"}, "Nothing is filtered"),
        ({"name": "Twice", "work": "waiting"}, "a view of this name already"),
    ],
)
def test_a_view_that_would_be_no_use_is_refused(
    place: County, signed_in_as: Browser, form: dict[str, str], says: str
) -> None:
    nurse = signed_in_as("nurse@plan")
    nurse.post("/views/", {"name": "Twice", "work": "waiting"})
    nurse.get("/")
    assert says in words(nurse.post("/views/", form, follow=True).content.decode())
    with plan_scope(TODAY):
        assert SavedView.objects.count() == 1


def test_a_page_shows_twelve_views_and_no_more(place: County) -> None:
    nurse = place.person("nurse@plan")
    with plan_scope(TODAY):
        for number in range(12):
            working.save_view(f"View {number}", {"work": "waiting"}, nurse, NOW)
        with pytest.raises(Exception, match="You have 12 views"):
            working.save_view("One more", {"work": "waiting"}, nurse, NOW)


def test_a_paper_is_marked_until_this_person_has_opened_it(place: County, signed_in_as: Browser) -> None:
    found = step(place, received(place), "intake@plan", FileRecord("mri.pdf", PDF))
    nurse, clerk = signed_in_as("nurse@plan"), signed_in_as("intake@plan")
    with plan_scope(TODAY):
        paper = Paper.objects.get(referral=found)
    assert "1 paper not opened" in words(listed(nurse))
    assert "not opened" not in words(listed(clerk)), "who filed it knows it"
    address = f"/referrals/{found.number}/"
    assert "Not opened by you yet" in words(nurse.get(address).content.decode())
    nurse.head(f"{address}papers/{paper.pk}/paper.pdf")
    assert "Not opened by you yet" in words(nurse.get(address).content.decode())
    for _ in range(2):
        assert nurse.get(f"{address}papers/{paper.pk}/paper.pdf").content == PDF
    assert "Not opened by you yet" not in words(nurse.get(address).content.decode())
    assert "not opened" not in words(listed(nurse))
    assert "Not opened by you yet" in words(signed_in_as("physician@plan").get(address).content.decode())
    with plan_scope(TODAY):
        assert PaperRead.objects.count() == 1
        assert AccessEntry.objects.filter(what="paper_pdf", about=found.number).count() == 3


def test_a_paper_that_one_may_not_see_is_not_marked_by_asking_for_it(place: County, signed_in_as: Browser) -> None:
    found = step(place, received(place), "intake@plan", FileRecord("mri.pdf", PDF))
    with plan_scope(TODAY):
        paper = Paper.objects.get(referral=found)
    answer = signed_in_as("nurse@citrus").get(f"/referrals/{found.number}/papers/{paper.pk}/paper.pdf")
    assert answer.status_code == 404
    with plan_scope(TODAY):
        assert PaperRead.objects.count() == 0


def tasks(place: County) -> dict[str, Referral]:
    """A referral in each situation, by its name."""
    item = Ask((Item("A note that names the surgery", "II.C.1"),))
    return {
        "new": received(place),
        "taken up": with_a_nurse(place),
        "asked": step(place, with_a_nurse(place), "nurse@plan", item),
        "supplied": step(place, with_a_nurse(place), "nurse@plan", item, Supply(NOW, complete=False)),
        "sent up": with_a_physician(place),
        "sent back": step(place, with_a_physician(place), "physician@plan", SendBack("Ask the surgeon.")),
        "to choose": authorized(place),
        "chosen": step(place, authorized(place), "intake@plan", Choose(place.sam.pk, "member", "phone")),
        "visit set": scheduled(place),
        "visited": visited(place),
        "denied, letter owed": step(place, with_a_physician(place), "physician@plan", DENIAL),
    }


WANTED = {
    "new": ("not-started", ""), "taken up": ("in-progress", ""), "asked": ("waiting", "the information we asked for"),
    "supplied": ("not-started", ""), "sent up": ("not-started", ""), "sent back": ("not-started", ""),
    "to choose": ("waiting", "the Member’s choice"), "chosen": ("waiting", "an appointment"),
    "visit set": ("waiting", "the visit"), "visited": ("waiting", "the report"),
    "denied, letter owed": ("in-progress", ""),
}  # fmt: skip


def test_the_four_states_say_whether_anybody_has_looked_and_whom_it_waits_for(place: County) -> None:
    made = tasks(place)
    with plan_scope(TODAY):
        rows = {name: Referral.objects.get(pk=row.pk) for name, row in made.items()}
        found = tasks_of(rows.values())
        for name, row in rows.items():
            task = found[row.pk]
            assert (task.work, task.whom) == WANTED[name], name
            assert (task.until is not None) is (task.work == "waiting"), name
        every = Referral.objects.all()
        for work in Work:
            listed_ = {row.pk for row in in_state(every, work.value)}
            assert listed_ == {row.pk for row in rows.values() if found[row.pk].work is work}, work
        assert in_state(every, "anything").count() == len(rows)


def test_no_adverse_and_no_deciding_step_can_ever_be_taken_on_many_at_once() -> None:
    for name in BULK:
        allowed = STEPS[name]
        assert not allowed.adverse
        assert not allowed.owes, "what writes to a Member is done one at a time"
        assert not allowed.finds
        assert allowed.target is not None
        assert allowed.target.value.endswith("_review")
    adverse = {name for name, one in STEPS.items() if one.adverse} | {"dismiss", "deem", "withdraw", "authorize"}
    assert not adverse & set(BULK)


@pytest.mark.parametrize("name", ["deny", "limit", "delay", "dismiss", "rescind", "authorize", "", "take_up; deny"])
def test_nothing_else_is_taken_on_many_at_once_whatever_a_form_says(
    place: County, signed_in_as: Browser, name: str
) -> None:
    numbers = [with_a_physician(place).number for _ in range(2)]
    answer = signed_in_as("physician@plan").post("/bulk/", {"step": name, "number": numbers}, follow=True)
    assert "never done on several referrals at once" in words(answer.content.decode())
    with plan_scope(TODAY):
        assert {*Referral.objects.values_list("state", flat=True)} == {"physician_review"}


def test_many_are_taken_up_at_once_and_one_that_cannot_be_stops_no_other(place: County, signed_in_as: Browser) -> None:
    new, other, going = received(place), received(place), with_a_nurse(place)
    theirs = received(place, member=place.maria)
    nurse = signed_in_as("nurse@plan")
    page = listed(nurse)
    assert page.count("data-tick") == 3
    numbers = [new.number, going.number, theirs.number, other.number, "SO-2026-999999"]
    answer = nurse.post("/bulk/", {"step": "take_up", "number": numbers, "here": "/?state=received"}, follow=True)
    said = words(answer.content.decode())
    assert answer.redirect_chain == [("/?state=received", 303)]
    assert f"Taken up by you: {new.number}, {other.number}." in said
    assert f"{going.number}: “Took up the review” cannot follow" in said
    assert f"{theirs.number}: The Member's Health Network decides" in said
    assert "There is no such referral here" in said
    assert [again(row).state for row in (new, other, theirs)] == ["nurse_review", "nurse_review", "received"]
    with plan_scope(TODAY):
        assert {*Event.objects.filter(step="take_up").values_list("actor", flat=True)} == {"Nurse of Plan"}


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_a_list_of_elsewhere_is_not_gone_back_to(place: County, signed_in_as: Browser, there: str) -> None:
    answer = signed_in_as("nurse@plan").post("/bulk/", {"step": "take_up", "here": there})
    assert answer.headers["Location"] == "/"


def test_who_only_takes_in_has_no_ticks_and_no_bulk(place: County, signed_in_as: Browser) -> None:
    received(place)
    clerk = signed_in_as("intake@plan")
    assert "data-tick" not in listed(clerk)
    assert clerk.post("/bulk/", {"step": "take_up"}).status_code == 403


def test_the_score_counts_what_the_history_says(place: County) -> None:
    citrus = {"member": place.maria}
    authorized(place, **citrus)
    received(place, **citrus)
    late = received(place, received_at=NOW - timedelta(days=20), **citrus)
    received(place)  # the plan's own
    with network_scope(place.citrus.pk, on=TODAY):
        one = score((place.citrus.pk,), date(2026, 10, 1), TODAY, NOW)
    assert (one.received, one.undecided, one.approved, one.not_approved) == (3, 2, 1, 0)
    assert one.overdue == 1
    assert [row.pk for row in one.late] == [late.pk]
    decision = next(measure for measure in one.measures if measure.kind == "decision")
    assert (decision.met, decision.missed, decision.rate) == (1, 0, 100)
    assert next(m for m in one.measures if m.kind == "report").rate is None
    assert one.hours_to_decide == 1  # received at 9:00, authorized at 10:00
    with plan_scope(TODAY):
        assert score((), date(2026, 10, 1), TODAY, NOW).received == 1
        assert score((place.citrus.pk,), TODAY, TODAY, NOW).received == 2


def test_a_network_sees_its_own_score_and_no_other(place: County, signed_in_as: Browser) -> None:
    authorized(place, member=place.maria)
    sierra = signed_in_as("nurse@sierra")
    page = words(sierra.get(f"/scorecard/?network={place.citrus.pk}").content.decode())
    assert "Sierra Oak Health. Referrals received" in page
    assert re.search(r"Received 0 ", page)
    assert re.search(r"Received 1 ", words(signed_in_as("nurse@citrus").get("/scorecard/").content.decode()))
    plan = signed_in_as("nurse@plan")
    assert re.search(r"Received 1 ", words(plan.get(f"/scorecard/?network={place.citrus.pk}").content.decode()))
    for odd in ("?since=x&until=9999-99-99&network=x", "?since=2030-01-01", "?since=0001-01-01&until=0001-01-01"):
        assert plan.get(f"/scorecard/{odd}").status_code == 200


def test_the_map_of_the_keyboard_names_each_key_once_a_group(place: County, signed_in_as: Browser) -> None:
    page = words(signed_in_as("nurse@plan").get("/keys/").content.decode())
    for title, keys in GROUPS:
        assert title in page
        assert len({key for key, _ in keys}) == len(keys)
        for _, what in keys:
            assert what in page
