"""The matrix of letters answers in every cell, and stops by name where nobody has entered one."""

import re
from datetime import date
from pathlib import Path

import pytest

from secondopinion.policy.asked import Program
from secondopinion.policy.clauses import LetterMarks
from secondopinion.policy.gg1538 import matrix, questions
from secondopinion.policy.gg1538.matrix import RECIPIENTS, Unmapped, cell, cells, decisions, element, stop_unmapped
from secondopinion.policy.gg1538.matrix_page import page

DAY = date(2026, 11, 25)  # Wednesday
EDITION = questions.edition_on(DAY)
PAGE = Path(__file__).resolve().parents[3] / "docs" / "letters.md"
CELLS = list(cells(EDITION, DAY))


def test_every_cell_has_a_letter_or_says_why_there_is_none():
    assert len(CELLS) == len(decisions()) * sum(
        len(matrix.languages(p, DAY)) if r in matrix.OWN_LANGUAGE else 1 for p in Program for r in RECIPIENTS
    )
    assert all(bool(each.kind) != bool(each.why_none) for each in CELLS)


def test_every_letter_of_the_edition_is_owed_in_some_cell_and_no_other_is():
    assert {each.kind for each in CELLS if each.kind} == EDITION.letters.always.keys()


def test_a_cell_says_what_the_edition_orders():
    for each in CELLS:
        if each.kind:
            ordered = questions.what_must_the_letter_say(EDITION, each.kind, each.program)
            assert {e.mark for e in each.elements} == ordered


def test_every_element_is_put_into_words_and_none_of_the_words_is_spare():
    used = {e.mark for each in CELLS for e in (*each.elements, *each.when_differing)}
    exact, beginnings = matrix._elements()
    assert exact.keys() <= used
    assert all(any(mark.startswith(begins) for mark in used) for begins in beginnings)
    for mark in used:
        assert element(mark).orders.endswith(".")
        assert mark.startswith(element(mark).clause)


@pytest.mark.parametrize(
    ("decision", "recipient", "language", "named"),
    [
        ("postpone", "member", "en", "onecare x postpone x member x en"),
        ("deny", "neighbour", "en", "onecare x deny x neighbour x en"),
        ("deny", "member", "", "onecare x deny x member x "),
        ("deny", "member", "Spanish", "onecare x deny x member x Spanish"),
    ],
)
def test_a_cell_that_nobody_entered_stops_with_its_name(decision, recipient, language, named):
    with pytest.raises(Unmapped, match=re.escape(named)):
        cell(EDITION, Program.ONECARE, decision, recipient, language, DAY)


def test_a_kind_whose_words_nobody_mapped_stops_with_its_name(monkeypatch):
    rest = {kind: marks for kind, marks in EDITION.letters.always.items() if kind != "denial_to_member"}
    monkeypatch.setattr(EDITION, "letters", LetterMarks(rest, {}))
    with pytest.raises(Unmapped, match="medi-cal x deny x member x es must say is not mapped"):
        cell(EDITION, Program.MEDI_CAL, "deny", "member", "es", DAY)


def test_a_letter_that_no_decision_owes_to_a_reader_is_stopped():
    stop_unmapped(EDITION, "denial_to_member", Program.MEDI_CAL, "representative")
    for kind, program, reader in [
        ("denial_to_member", Program.MEDI_CAL, "network"),
        ("dismissal_to_member", Program.MEDI_CAL, "member"),
        ("birthday_card", Program.ONECARE, "member"),
    ]:
        with pytest.raises(Unmapped, match=f"“{kind}” to {reader} in {program.value}"):
            stop_unmapped(EDITION, kind, program, reader)


def test_an_order_without_words_stops_with_its_mark():
    with pytest.raises(Unmapped, match=r"GG\.1538 II\.Z"):
        element("GG.1538 II.Z")


def test_offices_are_written_to_in_english_and_a_reader_of_another_language_is_offered_help():
    denied = lambda reader, language: cell(EDITION, Program.ONECARE, "deny", reader, language, DAY)  # noqa: E731
    assert denied("requester", "es").written_in == "en"
    assert denied("member", "es").written_in == "es"
    assert not denied("member", "es").read_out
    assert denied("member", "ht").read_out
    assert "language_help" in denied("member", "ht").leaflets
    assert denied("representative", "ko").elements == denied("member", "en").elements


def test_russian_is_owed_from_the_day_on_which_the_state_added_it():
    before = cell(EDITION, Program.MEDI_CAL, "deny", "member", "ru", date(2025, 2, 28))  # Friday
    after = cell(EDITION, Program.MEDI_CAL, "deny", "member", "ru", date(2025, 3, 1))  # Saturday
    assert (before.written_in, after.written_in) == ("en", "ru")


@pytest.mark.clause("II.K.1")
@pytest.mark.clause("II.K.2")
@pytest.mark.clause("II.K.3")
def test_every_reader_of_a_no_is_told_why_how_to_appeal_and_where_to_complain():
    for each in CELLS:
        if each.kind and each.decision in ("deny", "modify", "late") and each.recipient != "professional":
            said = {e.mark for e in each.elements}
            assert {"GG.1538 II.K.1", "GG.1538 II.K.2", "GG.1538 II.K.3", "GG.1538 II.K.3 dhcs"} <= said
            assert ("GG.1538 II.K.3 qio" in said) == (each.program is Program.ONECARE)


def test_the_page_is_fresh():
    text = PAGE.read_text(encoding="utf-8")
    on = date.fromisoformat(re.search(r"as of (\d{4}-\d{2}-\d{2})", text)[1])
    assert text == page(EDITION, on), "print it again: secondopinion letters --matrix > docs/letters.md"
