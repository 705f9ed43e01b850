"""The parts of a letter fit each other: a ground has its particulars, a limited choice its choices."""

from collections.abc import Callable
from typing import Any

import pytest

from letters.places import put
from letters.samples import data_of
from secondopinion.letters.fitting import DELAY_GROUNDS, DISMISSAL_GROUNDS, FOUND_BY
from secondopinion.letters.freeze import freeze
from secondopinion.letters.kinds import KINDS, examples
from secondopinion.letters.paper import passages, render, text_of
from secondopinion.letters.refusal import Incomplete

Spoil = Callable[[dict[str, Any]], None]
BOTH = ("member", "requester")


def refusal(kind: str, name: str, *changes: tuple[tuple[str | int, ...], Any]) -> str:
    data = data_of(kind, name)
    for path, value in changes:
        put(data, path, value)
    with pytest.raises(Incomplete) as refused:
        freeze(kind, data["referral"]["program"], "en", data)
    return str(refused.value)


def words_of(kind: str, name: str) -> str:
    data = data_of(kind, name)
    return " ".join(text_of(render(kind, data["referral"]["program"], "en", data)).split())


@pytest.mark.parametrize("reader", BOTH)
@pytest.mark.parametrize(
    ("name", "path", "empty"),
    [
        ("example-medi-cal", ("delay", "missing"), []),
        ("example-medi-cal-expert", ("delay", "expert"), None),
        ("example-medi-cal-examination", ("delay", "examination"), None),
        ("example-onecare-expert", ("delay", "interest"), None),
    ],
)
def test_a_delay_names_what_is_missing_which_expert_or_which_examination(reader, name, path, empty):
    said = refusal(f"delay_to_{reader}", name, (path, empty))
    assert f"{path[-1]}, in delay, is missing" in said
    assert "1367.01(h)(5)" in said or "438.210(d)" in said


@pytest.mark.parametrize("reader", BOTH)
def test_a_delay_that_was_asked_for_needs_no_other_reason(reader):
    name = "example-medi-cal-asked"
    data = data_of(f"delay_to_{reader}", name)
    assert data["delay"]["interest"] is None
    assert freeze(f"delay_to_{reader}", "medi-cal", "en", data)


def test_a_delay_never_ends_before_the_day_it_puts_off():
    friday = "2026-11-20"  # the first day due is Monday
    said = refusal("delay_to_member", "example-medi-cal", (("delay", "decision_expected_on"), friday))
    assert "is before first due on" in said


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("delay_to_member", "example-medi-cal", ("delay", "ground")),
        ("delay_to_requester", "example-onecare", ("delay", "ground")),
        ("dismissal_to_member", "example-onecare", ("dismissal", "ground")),
        ("dismissal_to_requester", "example-onecare", ("dismissal", "ground")),
        ("modification_to_member", "example-medi-cal", ("change", "how")),
        ("modification_to_requester", "example-medi-cal", ("change", "how")),
        ("cost_notice_to_member", "example-medi-cal", ("visit", "found_by")),
        ("visit_excused_to_member", "example-medi-cal", ("visit", "found_by")),
    ],
)
def test_a_word_that_no_letter_knows_is_refused_by_its_place(kind, name, path):
    said = refusal(kind, name, (path, "because"))
    assert f"{path[1].replace('_', ' ')}, in {path[0]}, is “because”, which is none of" in said


@pytest.mark.parametrize("kind", ["cost_notice_to_member", "visit_excused_to_member"])
@pytest.mark.parametrize("found_by", FOUND_BY)
def test_every_way_a_visit_comes_to_light_can_be_printed(kind, found_by):
    data = data_of(kind, "example-medi-cal")
    data["visit"]["found_by"] = found_by
    assert render(kind, "medi-cal", "en", freeze(kind, "medi-cal", "en", data).data)


def test_every_ground_has_an_example():
    for reader, asked in (("member", "member-asked"), ("requester", "provider-asked")):
        shown = {e.data["delay"]["ground"] for e in examples(f"delay_to_{reader}")}
        assert shown == set(DELAY_GROUNDS) - {"member-asked", "provider-asked"} | {asked}
        assert {e.data["dismissal"]["ground"] for e in examples(f"dismissal_to_{reader}")} == set(DISMISSAL_GROUNDS)


@pytest.mark.parametrize("ground", ["member-asked", "provider-asked"])
@pytest.mark.parametrize("reader", BOTH)
def test_either_may_have_asked_for_more_time(reader, ground):
    data = data_of(f"delay_to_{reader}", "example-medi-cal-asked")
    data["delay"]["ground"] = ground
    said = passages(f"delay_to_{reader}", "medi-cal", "en", data)["HSC 1367.01(h)(5)"]
    assert any("asked" in words and "more time" in words for words in said)


@pytest.mark.clause("II.G", "III.E")
@pytest.mark.parametrize("reader", BOTH)
def test_a_choice_limited_to_nobody_is_refused_when_owed_and_at_the_press(reader):
    kind = f"modification_to_{reader}"
    # The partial example may have no candidates, so the shape lets the empty list pass: this rule does not.
    assert "the choice is limited to them" in refusal(kind, "example-medi-cal", (("candidates",), []))
    data = data_of(kind, "example-medi-cal") | {"candidates": []}
    with pytest.raises(Incomplete, match="candidates is missing"):
        render(kind, "medi-cal", "en", data)


def test_a_dismissal_for_want_of_authority_says_that_it_was_asked_for():
    said = refusal("dismissal_to_member", "example-onecare", (("dismissal", "outreach"), []))
    assert "nobody was asked for the authority" in said


def test_an_approval_cannot_end_before_its_letter():
    said = refusal("rescission_to_member", "example-medi-cal", (("ends_on",), "2026-11-19"))  # Thursday; letter Friday
    assert "before the day of the letter" in said


@pytest.mark.clause("III.D.1")
@pytest.mark.parametrize("amount", ["The bill is $300.", "It cost 300 dollars.", "USD 300"])
def test_a_cost_notice_never_states_an_amount(amount):
    assert "speak of an amount" in refusal(
        "cost_notice_to_member", "example-medi-cal", (("reasons", 0, "reason"), amount)
    )
    assert "speak of an amount" in refusal("visit_excused_to_member", "example-medi-cal", (("why",), amount))
    for example in examples("cost_notice_to_member"):
        assert "$" not in words_of("cost_notice_to_member", example.name).replace("you pay $0", "")


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("delay_to_member", "example-medi-cal-expert", ("delay", "expert")),
        ("delay_to_member", "example-medi-cal-expert", ("delay", "interest")),
        ("delay_to_member", "example-medi-cal-examination", ("delay", "examination")),
        ("modification_to_member", "example-medi-cal", ("change", "asked")),
        ("modification_to_member", "example-medi-cal", ("change", "approved")),
        ("modification_to_member", "example-onecare", ("rules", "medicare")),
        ("dismissal_to_member", "example-onecare", ("dismissal", "outreach", 0, "what")),
        ("dismissal_to_member", "example-onecare", ("dismissal", "reason")),
        ("expedite_refused_to_member", "example-medi-cal", ("expedite", "reason")),
        ("visit_excused_to_member", "example-medi-cal", ("why",)),
    ],
)
def test_what_staff_write_to_a_member_holds_no_code(kind, name, path):
    assert "looks like a procedure code" in refusal(kind, name, (path, "a visit with code 99245"))


def test_onecare_answers_a_complaint_about_time_fast_and_says_so():
    for kind in (
        "delay_to_member",
        "delay_to_requester",
        "expedite_refused_to_member",
        "expedite_refused_to_requester",
    ):
        assert "within 24 hours" in words_of(kind, "example-onecare")
        assert "24 hours" not in words_of(kind, "example-medi-cal")


@pytest.mark.parametrize("reader", BOTH)
def test_a_time_that_has_not_started_is_said_so(reader):
    words = words_of(f"expedite_refused_to_{reader}", "example-onecare-not-started")
    assert "starts when we" in words
    assert "We will decide by" not in words
    data = data_of(f"expedite_refused_to_{reader}", "example-medi-cal")
    data["expedite"]["decision_due_on"] = None  # a Medi-Cal request never waits for the form
    with pytest.raises(Incomplete, match="decision due on"):
        freeze(f"expedite_refused_to_{reader}", "medi-cal", "en", data)


@pytest.mark.parametrize("program", ["medi-cal", "onecare"])
def test_a_late_decision_is_called_our_fault(program):
    words = words_of("deemed_denial_to_member", f"example-{program}")
    assert "This is our fault. You did nothing wrong." in words
    assert "the law counts it as a no" in words
    assert "A doctor made this decision" not in words


def test_a_visit_that_is_over_is_offered_no_fast_appeal():
    assert "fast appeal" not in words_of("cost_notice_to_member", "example-medi-cal")
    assert "fast appeal" in words_of("rescission_to_member", "example-medi-cal")


def test_whoever_asked_without_right_learns_nothing_of_the_member_but_the_name():
    for example in examples("dismissal_to_requester"):
        words = words_of("dismissal_to_requester", example.name)
        assert example.data["member"]["name"] in words
        assert example.data["member"]["member_id"] not in words
        assert example.data["referral"]["request_words"] not in words
        assert "Date of birth" not in words


def test_nobody_writes_to_the_dead_that_they_can_ask_again():
    words = words_of("dismissal_to_member", "example-onecare-died")
    assert "We are sorry for your loss" in words
    assert "You can ask for yourself" not in words


def test_every_letter_about_an_adverse_act_is_adverse_but_one_to_a_professional():
    told = {k for k in KINDS if k.startswith(("denial", "deemed", "modification", "rescission", "cost_notice"))}
    assert {k for k in told if not KINDS[k].adverse} == {"rescission_to_professional"}
