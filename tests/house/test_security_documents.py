"""The documents about security name only tests that exist, and leave no requirement out."""

from __future__ import annotations

import re

import pytest

from house.source import CLONE

DOCUMENTS = ("docs/threats.md", "docs/asvs.md", "SECURITY.md")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| ([\d., ]+) \| (.+?) \| (.+) \|$", re.MULTILINE)
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has, where they are its first ones: the others are
# of level 3. Numbers alone; the words are OWASP's.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
REASONS = ("Does not apply: ", "The plan's part: ", "Open: ")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_is_named_exists(document: str) -> None:
    text = (CLONE / document).read_text(encoding="utf-8")
    lost = [
        f"{file}::{name}"
        for file, name in TEST.findall(text)
        if not (CLONE / file).exists() or not re.search(rf"^def {name}\(", (CLONE / file).read_text("utf-8"), re.M)
    ]
    assert lost == []


def rows() -> list[tuple[list[str], str, str]]:
    """The requirements of a row, what it is about, and what proves it."""
    text = (CLONE / "docs/asvs.md").read_text(encoding="utf-8")
    return [(numbers.split(", "), what, how) for numbers, what, how in ROW.findall(text)]


def test_every_requirement_of_level_1_and_2_stands_once() -> None:
    wanted = [f"{section}.{n}" for section, count in SECTIONS.items() for n in range(1, count + 1)]
    told = [number for numbers, _, _ in rows() for number in numbers]
    assert sorted(set(wanted) - set(told)) == []
    assert sorted(set(told) - set(wanted)) == []
    assert len(told) == len(set(told))


def test_every_requirement_has_a_test_a_page_or_a_reason() -> None:
    bare = [numbers for numbers, _, how in rows() if not (TEST.search(how) or "](" in how or how.startswith(REASONS))]
    assert bare == []


def test_there_are_twenty_attacks_and_each_has_its_test() -> None:
    text = (CLONE / "docs/threats.md").read_text(encoding="utf-8")
    attacks = re.findall(r"^\| (\d+) \| .+ \| .+ \| (.+) \|$", text, re.MULTILINE)
    assert [int(number) for number, _ in attacks] == list(range(1, 21))
    assert [number for number, proof in attacks if not TEST.search(proof)] == []
