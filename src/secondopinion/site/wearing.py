"""The style sheet of USWDS, cut down to what our pages wear: a tenth of it, at the address of the whole.

The sheet from npm dresses every component there is. A finder of static files gives the rules that can meet an element
of ours instead, in tests as in service, so that a page on a slow phone waits for no rule that nobody needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

PREFIX = "uswds/css"
SHEET = "uswds.min.css"
PACKAGE = Path(__file__).resolve().parent.parent
NAMED = ("@font-face", "@keyframes")  # of use only where a rule names them
WRITTEN_IN = ("*.html", "*.py", "*.js")  # where classes are named

_MARK = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|/\*.*?\*/|[{};]""", re.DOTALL)
_CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
_NOT = re.compile(r":not\([^()]*\)")
_WORD = re.compile(r"[\w:-]+")
_FAMILY = re.compile(r"font-family:\s*([^;}]+)")


def narrowed(sheet: str, words: set[str]) -> str:
    """The rules of a style sheet that can meet an element whose classes are all among `words`.

    A word that ends in two hyphens stands for every class that begins so. A rule without classes stays; a typeface or
    an animation stays when a rule that stays names it.
    """
    beginnings = tuple(word for word in words if word.endswith("--"))

    def worn(name: str) -> bool:
        return name in words or (bool(beginnings) and name.startswith(beginnings))

    rules = list(_kept(sheet, worn))
    said = "".join(rule for rule in rules if not rule.startswith(NAMED))
    return "".join(rule for rule in rules if not rule.startswith(NAMED) or _name(rule) in said)


def words_of_our_pages() -> set[str]:
    """Every word of our templates, scripts and modules: a class that none of them names is worn by no element."""
    files = (path for pattern in WRITTEN_IN for path in sorted(PACKAGE.rglob(pattern)))
    return {word for path in files for word in _WORD.findall(path.read_text(encoding="utf-8"))}


@cache
def the_sheet() -> Path:
    """The folder with the narrowed sheet, made once by each process that asks.

    Raises FileNotFoundError when USWDS has not been installed (`make env`).
    """
    folder = Path(settings.STATE) / "look"
    folder.mkdir(parents=True, exist_ok=True)
    whole = (Path(settings.USWDS) / "css" / SHEET).read_text(encoding="utf-8")
    made, place = narrowed(whole, words_of_our_pages()), folder / SHEET
    if not place.exists() or place.read_text(encoding="utf-8") != made:
        draft = place.with_suffix(".draft")
        draft.write_text(made, encoding="utf-8")
        draft.replace(place)
    return folder


class NarrowedSheet(BaseFinder):
    """Finds the narrowed sheet where the whole one would be."""

    def find(self, path: str, find_all: bool = False) -> Any:
        """The sheet's place on disk (a list of it when all places are asked for); an empty list for any other path."""
        if path != f"{PREFIX}/{SHEET}":
            return []
        found = str(the_sheet() / SHEET)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """The sheet, for whoever gathers all static files; nothing where USWDS has not been installed."""
        if (Path(settings.USWDS) / "css" / SHEET).exists():
            storage = FileSystemStorage(location=the_sheet())
            storage.prefix = PREFIX  # type: ignore[attr-defined]  # read by collectstatic
            yield SHEET, storage


def _kept(sheet: str, worn: Callable[[str], bool]) -> Iterator[str]:
    for head, body in _blocks(sheet):
        if head.startswith(("@media", "@supports")):
            inner = "".join(_kept(body, worn))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            if body:  # a typeface or an animation; @charset and the like have none
                yield f"{head}{{{body}}}"
        else:
            selectors = [each for each in _split(head) if all(map(worn, _classes(each)))]
            if selectors and body:
                yield f"{','.join(selectors)}{{{body}}}"


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Each outermost `head{body}` of a sheet; a statement without a block has an empty body."""
    start, opened, depth = 0, 0, 0
    for mark in _MARK.finditer(sheet):
        sign = mark.group()
        if sign.startswith("/*") and depth == 0:
            start = mark.end() if not sheet[start : mark.start()].strip() else start
        elif sign == "{":
            depth += 1
            opened = mark.end() if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield sheet[start : opened - 1].strip(), sheet[opened : mark.start()]
                start = mark.end()
        elif sign == ";" and depth == 0:
            yield sheet[start : mark.start()].strip(), ""
            start = mark.end()


def _split(selectors: str) -> Iterator[str]:
    """The selectors of a list; a comma inside brackets parts nothing."""
    start = depth = 0
    for at, sign in enumerate(selectors):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            yield selectors[start:at].strip()
            start = at + 1
    yield selectors[start:].strip()


def _classes(selector: str) -> list[str]:
    """The classes an element must have, or be within, to be met; those after `:not` are none of them."""
    return [name.replace("\\", "") for name in _CLASS.findall(_NOT.sub("", selector))]


def _name(rule: str) -> str:
    """What other rules call a typeface or an animation."""
    if rule.startswith("@keyframes"):
        return rule.removeprefix("@keyframes").split("{")[0].strip()
    family = _FAMILY.search(rule)
    return family.group(1).strip("\"' ") if family else "?"
