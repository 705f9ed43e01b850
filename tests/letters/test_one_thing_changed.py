"""Another program or another day changes its own blocks of a letter and not a word besides."""

import copy
from datetime import date
from difflib import SequenceMatcher
from typing import Any

import pytest

from letters.samples import data_of
from secondopinion.letters import paper
from secondopinion.letters.freeze import freeze
from secondopinion.letters.translating import in_language

LANGUAGES = pytest.mark.parametrize("language", ["en", "es"])


def told(data: dict[str, Any], language: str = "en") -> list[str]:
    """The words of the printed letter, in order."""
    program = data["referral"]["program"]
    frozen = freeze("denial_to_member", program, language, data)
    pdf = paper.render("denial_to_member", program, language, in_language(language, frozen.data, {}))
    return paper.text_of(pdf).split()


def sections(data: dict[str, Any]) -> dict[str, str]:
    """The letter's words by their heading; what stands before the first is `top`."""
    program = data["referral"]["program"]
    text = paper.text_of(paper.render("denial_to_member", program, "en", data))
    found, heading = {"top": ""}, "top"
    for line in (each.strip() for each in text.splitlines()):
        if line in HEADINGS:
            heading = line
            assert heading not in found, heading
            found[heading] = ""
        else:
            found[heading] += f" {line}"
    return {each: " ".join(words.split()) for each, words in found.items()}


HEADINGS = (
    "Why we said no", "What could help us say yes", "See our rules for free", "How to appeal", "If we still say no",
    "Before you see another doctor by yourself", "How to complain",
)  # fmt: skip
DAYS = {
    "dated_on": date(2026, 11, 19),  # Thursday
    "decided_on": date(2026, 11, 18),  # Wednesday
    "appeal.by": date(2027, 2, 1),  # Monday
    "referral.received_on": date(2026, 11, 5),  # Thursday
    "member.birth_on": date(1961, 4, 2),  # Sunday
}


@LANGUAGES
@pytest.mark.parametrize("name", [name for name in DAYS if name != "member.birth_on"])
def test_another_day_changes_the_words_of_that_day_alone(name: str, language: str) -> None:
    data = data_of("denial_to_member", "example-onecare")
    other = copy.deepcopy(data)
    *holders, last = name.split(".")
    holder = other
    for each in holders:
        holder = holder[each]
    assert holder[last] != DAYS[name].isoformat()
    holder[last] = DAYS[name].isoformat()
    before, after = told(data, language), told(other, language)
    changed = [(before[a:b], after[c:d]) for kind, a, b, c, d in matching(before, after) if kind != "equal"]
    assert changed, "the day stands in the letter"
    for old, new in changed:
        assert all(of_a_day(word, language) for word in (*old, *new)), (old, new)


def test_a_day_that_the_letter_does_not_tell_changes_nothing() -> None:
    data = data_of("denial_to_member", "example-onecare")
    other = copy.deepcopy(data)
    other["member"]["birth_on"] = DAYS["member.birth_on"].isoformat()
    assert told(data) == told(other)


def test_another_program_changes_the_blocks_of_the_program_alone() -> None:
    onecare = data_of("denial_to_member", "example-onecare")
    before, after = sections(onecare), sections(as_medi_cal(onecare))
    assert before.keys() == after.keys() == {"top", *HEADINGS}
    changed = {heading for heading in before if before[heading] != after[heading]}
    assert changed == {"top", "Why we said no", "How to appeal", "If we still say no", "How to complain"}
    # What changed, and nothing else in those blocks.
    assert before["top"].replace("OneCare", "Medi-Cal").replace(*APPEAL_DAYS[0]) == after["top"]
    assert after["Why we said no"] == before["Why we said no"].split(" You have OneCare")[0]
    assert before["How to appeal"].replace("65 days", "60 days").replace(*APPEAL_DAYS[0]) == after["How to appeal"]
    assert "Commence Health" in before["How to complain"]
    assert "Commence Health" not in after["How to complain"]
    assert "reviewers who do not work for us" in before["If we still say no"]
    assert "Medicare" not in " ".join(after.values())


APPEAL_DAYS = [("Sunday, January 24, 2027", "Tuesday, January 19, 2027")]


def as_medi_cal(onecare: dict[str, Any]) -> dict[str, Any]:
    """The same letter for a Member of Medi-Cal: what the program alone decides is that of the other example."""
    other = data_of("denial_to_member", "example-medi-cal")
    data = copy.deepcopy(onecare)
    data["referral"]["program"], data["rules"], data["complaint"] = "medi-cal", None, other["complaint"]
    data["appeal"] = {**onecare["appeal"], "days": other["appeal"]["days"], "by": "2027-01-19"}
    return data


def matching(before: list[str], after: list[str]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())


def of_a_day(word: str, language: str) -> bool:
    """Can the word be part of a day as this language writes it?"""
    english = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February November"
    spanish = "lunes martes miércoles jueves viernes sábado domingo enero febrero noviembre de"
    bare = word.strip(".,()")
    return bare.isdigit() or bare in (english if language == "en" else spanish).split()
