"""Every cell of the matrix of letters is printed and read back: each element, to each reader, in each language."""

import copy
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from secondopinion.letters import paper
from secondopinion.letters.exhibits import cases
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.kinds import KINDS
from secondopinion.letters.languages import LANGUAGES, written
from secondopinion.letters.mailing import required_marks
from secondopinion.letters.preview import preview
from secondopinion.letters.translating import in_language
from secondopinion.policy.asked import Program
from secondopinion.policy.gg1538 import matrix, questions
from secondopinion.policy.gg1538.matrix import Cell

DAY = date(2026, 11, 25)  # Wednesday
EDITION = questions.edition_on(DAY)
CELLS = [each for each in matrix.cells(EDITION, DAY) if each.kind]


def tag_of(cell: Cell) -> str:
    """The language a cell's letter is written in, as a tag of its template."""
    tag = written(cell.written_in)
    assert tag is not None
    return tag


# Several decisions owe the same letter to the same reader: it is printed once.
DRAWN = {
    f"{each.program.value}-{each.kind}-{each.recipient}-{each.language}": each
    for each in CELLS
    if tag_of(each) in KINDS[each.kind].languages
}

# Names of a review and an agency that are not open to the plan's Members; beside the list the press itself refuses.
NOT_OPEN = re.compile(
    r"\bDMHC\b|\bIMR\b|Managed\s+Health\s+Care|Independent\s+Medical\s+Review|888[ -]466[ -]2219|dmhc\.ca\.gov"
    r"|[Rr]evisi[oó]n\s+[Mm][eé]dica\s+[Ii]ndependiente|獨立醫療|독립\s*의료\s*심사|المراجعة\s+الطبية\s+المستقلة"
    r"|بررسی\s+پزشکی\s+مستقل|[Нн]езависим\w+\s+медицинск"
)


def letters_of(cell: Cell) -> list[Frozen]:
    """The letters of a cell, from the examples of its program."""
    program = cell.program.value
    found = [dict(each.data) for each, _ in cases(cell.kind, program)]
    own = [data for data in found if bool((data.get("recipient") or {}).get("acts_for")) == for_somebody(cell)]
    if for_somebody(cell) and not own:
        own = [copied(data) for data in found if "recipient" in data and "acts_for" in data["recipient"]] or found
    return [printable(freeze(cell.kind, program, tag_of(cell), data)) for data in own or found]


def for_somebody(cell: Cell) -> bool:
    return cell.recipient == "representative"


def copied(data: dict[str, Any]) -> dict[str, Any]:
    """The same letter in an envelope to whoever acts for the Member."""
    copy_of = copy.deepcopy(data)
    copy_of["recipient"] |= {"name": "Rosa Delgado", "acts_for": data["member"]["name"]}
    return copy_of


def printable(frozen: Frozen) -> Frozen:
    return replace(frozen, data=in_language(frozen.language, frozen.data, {}))


@pytest.mark.parametrize("cell", DRAWN.values(), ids=DRAWN)
def test_a_cell_is_printed_with_every_element_it_maps(cell: Cell) -> None:
    for letter in letters_of(cell):
        looked = preview(letter, required_marks(letter.kind, letter.program, letter.data))
        assert looked.sendable, (looked.refused, [each.name for each in looked.lacking])
        said = {each for one in looked.ordered if one.place for each in one.elements}
        assert set(cell.elements) <= said
        assert looked.pdf is not None
        text = paper.text_of(looked.pdf)
        assert not NOT_OPEN.search(text)
        if for_somebody(cell) and not KINDS[cell.kind].leaflet and letter.language == "en":
            assert letter.data["recipient"]["acts_for"] in " ".join(text.split())


def test_a_cell_is_only_not_drawn_where_its_language_does_not_count_as_complete() -> None:
    for cell in CELLS:
        tag = tag_of(cell)
        assert tag in KINDS[cell.kind].languages or not LANGUAGES[tag].complete, f"{cell.kind} is not drawn in {tag}"


def test_the_scan_would_find_the_words_it_looks_for() -> None:
    for words in ("ask the DMHC", "an Independent\nMedical Review", "Revisión Médica Independiente", "獨立醫療審查"):
        assert NOT_OPEN.search(words)
    assert not NOT_OPEN.search("Imre's independent medical opinion")


def test_both_programs_have_a_case_for_every_letter_to_a_member_and_to_whoever_acts_for_the_member() -> None:
    for cell in CELLS:
        if cell.recipient in ("member", "representative", "pcp") and cell.language == "en":
            assert letters_of(cell), f"{cell.kind} in {cell.program.value} to {cell.recipient}"
    assert {each.program for each in CELLS if each.recipient == "pcp"} == set(Program)
