"""What follows an appeal is recorded on the referral's page, and the Member's own windows are shown there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from county import NOW, County
from desk.ways import Browser, Clock, brought, stage_for
from policy.when import at
from referrals.brought import (
    WORDS,
    Brought,
    appealed,
    authorized,
    denied,
    hearing_noticed,
    joe_denied,
    joe_upheld,
    upheld,
)
from secondopinion.desk.step_forms_review import REVIEW_FORMS
from secondopinion.referrals.told_review import RefuseFastAppeal

HAPPY: dict[str, tuple[dict[str, str], str]] = {
    "refuse_fast_appeal": (
        {"why": WORDS, "day": "2026-11-23", "time": "10:00"}, "kept the appeal at the standard time"),
    "extend_appeal": (
        {"days": "14", "ground": "information", "interest": WORDS},
        "took 14 days more for the appeal, until Wednesday, January 6, 2027"),
    "write_answer": (
        {"which": "appeal", "mailed_on": "2026-11-23"},
        "recorded that the answer to the appeal was mailed on Monday, November 23, 2026"),
    "forward_to_reviewer": ({"how": "by the portal, receipt 17"}, "sent the case on to Medicare’s reviewer"),
    "reviewer_agrees": ({"why": WORDS}, "recorded that Medicare’s reviewer left the decision as it was"),
    "hearing_asked": (
        {"day": "2026-11-23", "time": "09:00", "speed": "standard", "hearing_on": "2026-12-21"},
        "recorded the notice of a State Hearing, which came on Monday, November 23, 2026 at 9:00 AM PT, to be held on "
        "Monday, December 21, 2026"),
    "packet_sent": ({"how": "by the portal, receipt 18"}, "sent the packet for the State Hearing"),
    "hearing_upheld": ({"why": WORDS}, "recorded that the State Hearing left the decision as it was"),
    "ask_peer": (
        {"by_name": "Dr. Lind", "phone": "1-714-555-0150", "day": "2026-11-23", "time": "09:55"},
        "recorded that Dr. Lind asked on Monday, November 23, 2026 at 9:55 AM PT to talk with a physician"),
    "answer_peer": ({"words": WORDS}, "talked with the treating provider on Monday, November 23, 2026 at 10:00 AM PT"),
}  # fmt: skip


def test_each_step_has_its_form() -> None:
    assert {form.step for form in REVIEW_FORMS} == set(HAPPY)


@pytest.mark.parametrize("step", HAPPY)
def test_each_form_takes_its_step(place: County, signed_in_as: Browser, front_door_at: Clock, step: str) -> None:
    stage = stage_for(step, place, signed_in_as, front_door_at)
    said, sentence = HAPPY[step]
    title = next(form.title for form in REVIEW_FORMS if form.step == step)
    assert title in stage.page()
    taken = stage.take(step, **said)
    assert taken.status_code == 303, taken.content.decode()
    assert stage.last().step == step
    page = stage.page()
    assert sentence in page
    # No word of the tables is shown.
    for code in ("appeal-written", "appeal-refusal", "external-review", "hearing-packet", "effectuate"):
        assert code not in page


@pytest.mark.parametrize("step", HAPPY)
def test_each_form_keeps_what_was_typed_when_it_lacks_something(
    place: County, signed_in_as: Browser, front_door_at: Clock, step: str
) -> None:
    stage = stage_for(step, place, signed_in_as, front_door_at)
    said, _ = HAPPY[step]
    first = next(iter(said))
    refused = stage.take(step, **{**said, first: ""})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert f'href="#{step}-{first}' in page
    assert all(typed in page for name, typed in said.items() if name in ("interest", "phone", "mailed_on"))
    assert stage.last().step != step


@pytest.mark.parametrize("days", ["15", "0", "two", "-3"])
def test_more_time_is_a_number_of_days_that_the_program_gives(
    place: County, signed_in_as: Browser, front_door_at: Clock, days: str
) -> None:
    stage = stage_for("extend_appeal", place, signed_in_as, front_door_at)
    refused = stage.take("extend_appeal", days=days, ground="information", interest=WORDS)
    assert refused.status_code == 422
    assert "“How many days more?” is a number from 1 to 14." in refused.content.decode()


@pytest.mark.parametrize(
    ("bring", "steps"),
    [
        (authorized, set()),
        (denied, {"ask_peer"}),
        (appealed, {"ask_peer"}),
        (joe_denied, {"ask_peer"}),
        (upheld, {"ask_peer", "write_answer", "hearing_asked"}),
        (joe_upheld, {"ask_peer", "write_answer", "hearing_asked", "forward_to_reviewer"}),
        (hearing_noticed, {"ask_peer", "write_answer", "hearing_asked", "packet_sent", "hearing_upheld"}),
    ],
)
def test_a_form_is_offered_only_where_its_step_can_be_taken(
    place: County, signed_in_as: Browser, bring: Callable[[County], Brought], steps: set[str]
) -> None:
    page = brought(place, bring, "appeals@plan", signed_in_as).page()
    assert {form.step for form in REVIEW_FORMS if form.title in page} == steps


def test_that_an_appeal_is_not_fast_can_be_recorded_as_said_by_voice(place: County, signed_in_as: Browser) -> None:
    refused = lambda c: appealed(c, expedited=True).then(RefuseFastAppeal(WORDS), "appeals@plan")  # noqa: E731
    stage = brought(place, refused, "intake@plan", signed_in_as)
    assert "Say that the appeal is not handled fast" in stage.page()
    assert stage.take("tell_member", what="fast-appeal-refused", whom="Member One", how="by phone").status_code == 303
    assert stage.now().appeal_refusal_told_at == NOW
    assert "that the appeal keeps the standard time" in stage.page()


def test_a_yes_can_be_recorded_at_the_levels_where_something_waits(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, hearing_noticed, "appeals@plan", signed_in_as)
    said = {"by_name": "The State", "why": WORDS}
    assert stage.take("overturn", level="appeal", **said).status_code == 422
    assert stage.take("overturn", level="hearing", day="2026-11-23", time="10:00", **said).status_code == 303
    assert (stage.now().state, stage.now().overturned_by) == ("authorized", "hearing")
    assert "Changed to a yes, by the State Hearing" in stage.page()


def test_the_appeals_team_says_when_the_answer_was_given_by_voice(
    place: County, signed_in_as: Browser, front_door_at: Clock
) -> None:
    stage = brought(place, appealed, "appeals@plan", signed_in_as)
    front_door_at(NOW + timedelta(hours=6))
    said = {"by_name": "Dr. Elm", "why": WORDS, "day": "2026-11-23", "time": "15:00"}
    assert stage.take("uphold", **said).status_code == 303
    page = stage.page()
    assert "Told: Monday, November 23, 2026 at 3:00 PM PT" in page
    assert "Write the answer to the appeal by Tue, Nov 24, 2026" in page


@pytest.mark.clause("II.K.2")
def test_the_members_windows_stand_under_the_clocks_and_order_no_list(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, denied, "intake@plan", signed_in_as)
    page = stage.page()
    under = page.split("What the Member can still do, and until when")[1].split("Notices and letters")[0]
    for words in ("Appeal to the plan", "Has not begun", "60 calendar days from the date of the notice", "GG.1510 II.M",
                  "Ask for a State Hearing", "120 calendar days", "HH.1108 II.B"):  # fmt: skip
        assert words in under
    due = stage.now().due_at
    assert due is not None
    assert due < NOW + timedelta(days=3)  # the letter is what is due; no window is
    assert "What the Member can still do" not in brought(place, authorized, "intake@plan", signed_in_as).page()


def test_an_open_window_says_how_many_days_are_left(place: County, signed_in_as: Browser, front_door_at: Clock) -> None:
    stage = brought(place, joe_upheld, "appeals@plan", signed_in_as)
    assert stage.take("write_answer", which="appeal", mailed_on="2026-11-23").status_code == 303
    assert "Open, 120 days left" in stage.page()
    for now, words in (("Tuesday 2027-03-23 10:00", "Open, last day"),
                       ("Wednesday 2027-03-24 10:00", "Over; later only for good cause")):  # fmt: skip
        front_door_at(at(now))
        assert words in stage.page()


def test_what_the_reviewer_said_stands_beside_what_the_plan_said(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, joe_upheld, "appeals@plan", signed_in_as)
    assert stage.take("forward_to_reviewer", how="by the portal").status_code == 303
    assert "Medicare’s reviewer has the case" in stage.page()
    assert stage.take("reviewer_agrees", why=WORDS).status_code == 303
    assert "The decision stands, for Medicare’s reviewer too" in stage.page()
