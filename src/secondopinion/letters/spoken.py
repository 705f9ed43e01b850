"""Audio scripts: the letter as sentences to read aloud, by a person or by a voice.

Telephone numbers, codes and reference numbers are said digit by digit, signs become words, and nothing is left on the
page that has no sound. In English and Spanish every number is spelled out, days and hours too. The other languages
inflect their numbers in ways that a reader knows and a table does not: there days, counts and hours keep their
figures, with the month in words as the letter has it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from secondopinion.letters.number_words import CARDINALS, LARGEST, POINT, english_ordinal, english_year
from secondopinion.letters.words import Piece, Sort

SIGNS: Final = Path(__file__).resolve().parent / "spoken.toml"

MONTHS: Final = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)
DAY: Final = re.compile(rf"\b({MONTHS}) (\d{{1,2}})(?:, (\d{{4}}))?\b")
MONTH_YEAR: Final = re.compile(rf"\b({MONTHS}) (\d{{4}})\b")
HOUR: Final = re.compile(r"\b(\d{1,2})(?::(\d\d))? ?([ap])\. ?m\.")
HOUR_ENDS: Final = re.compile(r"([ap]\. ?m\.)(?= [A-Z][a-z])")
FIRST_DAY: Final = re.compile(r"\b1 de (?=[a-z]+ de \d{4})")

WEB: Final = re.compile(r"(?:https?://)?(?:[A-Za-z0-9-]+\.)+[a-z]{2,}(?:/[A-Za-z0-9._/#-]*[A-Za-z0-9/])?")
MAIL: Final = re.compile(r"[A-Za-z0-9._-]+@(?:[A-Za-z0-9-]+\.)+[a-z]{2,}")
PHONE: Final = re.compile(r"(?<![\w-])(?:1-)?\d{3}-\d{3}-\d{4}(?![\w-])")
# A reference: letters and figures together, figures with points, hyphens or brackets, or figures after capitals.
REFERENCE: Final = re.compile(
    r"(?<![\w'])(?:[A-Z]{2,}[ .-]?\d[\w.()-]*(?: \d{2,})*|\d+ (?:CFR|CCR|USC) \d[\w.()-]*|"
    r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])\w[\w-]*\w|[IVX]+\.[A-Z]\b[\w.()-]*|\d+(?:[.-]\d+){2,}|\d{5,}(?:[.-]\d+)*)"
)
NEXT_REFERENCE: Final = re.compile(r"(\b[A-Z]{2,}\.\d+) (?=[IVX]+\.[A-Z]\b)")
INITIALS: Final = re.compile(r"\b(?:[A-Z]\.){2,}|\b[A-Z]{2,}s?\b")
MONEY: Final = re.compile(r"\$(\d[\d,]*)(?:\.00)?(?!\d)")
CENTS: Final = re.compile(r"\$(\d[\d,]*)\.(\d\d)")
PERCENT: Final = re.compile(r"(\d+) ?[%٪％]")
DECIMAL: Final = re.compile(r"(?<![\w.,-])(\d[\d,]*)\.(\d+)(?![\w.-]*\d)")
NUMBER: Final = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(?!\w)")

QUOTES: Final = re.compile(r"[“”\"«»„‹›「」『』《》〈〉]")
ENDS: Final = (".", "?", "!", "。", "؟", "？", "！")


class NoScript(ValueError):
    """No script can be made of a letter here. Carries a sentence."""


def script_of(pieces: Iterable[Piece], language: str, name_of_language: str) -> str:
    """A letter as a script to read aloud: a sentence or more a line, an empty line before what begins anew.

    Raises NoScript for a language whose signs nobody has put into words.
    """
    if language not in signs():
        raise NoScript(
            f"Nobody has written down how signs are said in {name_of_language}, so no script can be made. "
            "Add the language to spoken.toml, or have the letter read aloud by an interpreter."
        )
    return "".join(_lines(pieces, language)).lstrip("\n")


def said(text: str, language: str) -> str:
    """Words as they are said aloud, without a sign or a figure that has no sound."""
    words = signs()[language]
    text = text.replace("\xa0", " ").replace("\u202f", " ").replace("’", "'").replace("‑", "-")
    text = MAIL.sub(lambda m: _web(m[0], words, language), text)
    text = WEB.sub(lambda m: _web(m[0], words, language), text)
    text = PHONE.sub(lambda m: ", ".join(spelled(part, language) for part in m[0].split("-")), text)
    if language == "en":
        text = _english_days(text)
    if language == "es":
        text = FIRST_DAY.sub("primero de ", text)
    if language in CARDINALS:
        text = HOUR.sub(lambda m: _hour(m, CARDINALS[language]), HOUR_ENDS.sub(r"\1.", text))
    text = NEXT_REFERENCE.sub(r"\1, ", text)
    text = REFERENCE.sub(lambda m: _reference(m[0], language), text)
    text = CENTS.sub(lambda m: words["dollars"].format(n=f"{m[1]} {words['dot']} {m[2]}"), text)
    text = MONEY.sub(lambda m: words["dollars"].format(n=m[1]), text)
    text = PERCENT.sub(lambda m: words["percent"].format(n=m[1]), text)
    text = INITIALS.sub(lambda m: _initials(m[0]), text)
    if cardinal := CARDINALS.get(language):
        text = DECIMAL.sub(lambda m: f"{m[1]} {POINT[language]} {spelled(m[2], language)}", text)
        text = NUMBER.sub(lambda m: _counted(m[1], cardinal, language), text)
    return _without_signs(text, words)


def spelled(text: str, language: str) -> str:
    """Letters and figures one by one: “431” is “four three one”."""
    cardinal = CARDINALS.get(language)
    return " ".join(cardinal(int(c)) if cardinal and c.isdecimal() else c for c in text if c.isalnum())


@cache
def signs() -> Mapping[str, Mapping[str, str]]:
    """How signs are said, by language."""
    return MappingProxyType(tomllib.loads(SIGNS.read_text(encoding="utf-8")))


def _lines(pieces: Iterable[Piece], language: str) -> Iterator[str]:
    before: Sort | None = None
    for piece in pieces:
        tongue = piece.language if piece.language and piece.language in signs() else language
        if piece.sort is Sort.ROW:
            told = [". ".join(f"{head}: {cell}" if head else cell for head, cell in piece.cells)]
        elif piece.sort is Sort.FACT:
            told = [f"{piece.label}: {', '.join(piece.lines)}"]
        elif piece.sort is Sort.ITEM and piece.number is not None:
            told = [f"{piece.number}: {piece.lines[0]}", *piece.lines[1:]]
        else:
            told = list(piece.lines)
        if piece.sort in (Sort.TITLE, Sort.HEADING) or piece.sort is not before:
            yield "\n"
        for line in told:
            words = said(line, tongue).rstrip(":：")
            end = "" if words.endswith(ENDS) else "." if tongue != "zh-Hant" else "。"
            yield words[:1].upper() + words[1:] + end + "\n"
        before = piece.sort


def _english_days(text: str) -> str:
    def day(m: re.Match[str]) -> str:
        return f"{m[1]} {english_ordinal(int(m[2]))}" + (f", {english_year(int(m[3]))}" if m[3] else "")

    text = DAY.sub(day, text)
    return MONTH_YEAR.sub(lambda m: f"{m[1]} {english_year(int(m[2]))}", text)


def _hour(m: re.Match[str], cardinal: Callable[[int], str]) -> str:
    """“5:30 p.m.” is “five thirty P M”."""
    minutes = "" if m[2] in (None, "00") else f" {cardinal(0) + ' ' if m[2][0] == '0' else ''}{cardinal(int(m[2]))}"
    return f"{cardinal(int(m[1]))}{minutes} {m[3].upper()} M"


def _web(address: str, words: Mapping[str, str], language: str) -> str:
    address = re.sub(r"^https?://", "", address)
    parts = re.findall(r"[A-Za-z]+|\d+|.", address)
    of_sign = {".": words["dot"], "/": words["slash"], "@": words["at"], "-": words["dash"], "#": words["number"]}
    said = (spelled(p, language) if p.isdecimal() or p == "www" else of_sign.get(p, p) for p in parts)
    return " ".join(said)


def _reference(code: str, language: str) -> str:
    """A code, its groups apart: “SO-2026-000431” is “S O, two zero two six, zero zero zero four three one”."""
    parts = re.findall(r"[A-Za-z]+|[^\W\d_]+|\d+", code)
    ends = "." if code.endswith(".") else ""
    return ", ".join(part if len(part) > 3 and part.islower() else spelled(part, language) for part in parts) + ends


def _initials(capitals: str) -> str:
    letters = " ".join(c for c in capitals if c.isupper())
    return letters + ("'s" if capitals.endswith("s") else "")


def _counted(number: str, cardinal: Callable[[int], str], language: str) -> str:
    value = int(number.replace(",", ""))
    return cardinal(value) if value <= LARGEST else spelled(number, language)


def _without_signs(text: str, words: Mapping[str, str]) -> str:
    """What is left of signs becomes a word or a pause."""
    for sign, name in (("&", "and"), ("+", "plus"), ("=", "equals"), ("#", "number"), ("№", "number"), ("§", "section"),
                       ("°", "degrees"), ("@", "at")):  # fmt: skip
        text = text.replace(sign, f" {words[name]} ")
    text = QUOTES.sub("", text)
    text = re.sub(r"[()\[\]（）【】]|\s*[–—•·～]+\s*", ", ", text)
    text = text.replace("/", f" {words['slash']} ")
    text = re.sub(r"[_*$%<>|\\^~…]", " ", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?:\s*,)+(?=\s*[.,;:?!。；：？！،؟])", "", text)
    text = re.sub(r"(?:\s*,\s*)+", ", ", text)
    text = re.sub(r"([.?!:;]),", r"\1", text)
    text = re.sub(r" (?=[.,;:?!])", "", text).strip(" ,")
    return text.replace(", ", words["pause"])
