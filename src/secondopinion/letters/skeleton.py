"""The skeleton of a template: everything but its words.

A translation puts other words into the same frame: the same passages in the same order, in each the same values,
the same conditions, the same calls and the same marks of what a clause orders. Words move about inside a sentence
from one language to the next, so the order of the values inside one passage is free, and so are the functions that
only give a number, a day or an address the form of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

# Functions that only give a value its form in a language: a translation calls them where it needs them.
FORMATTERS: Final = frozenset(
    {
        "number", "days", "working-days", "calendar-days", "hours", "pages", "counted", "tty", "whole", "address",
        "field", "day", "birthday", "str", "upper", "lower", "plain", "count",
    }
)  # fmt: skip
METHODS: Final = frozenset(
    {"join", "len", "first", "last", "at", "filter", "map", "dedup", "slice", "split", "with", "contains", "pos", "has"}
)
WORDLESS: Final = frozenset(
    {
        "if", "else", "for", "in", "not", "and", "or", "none", "true", "false", "let", "set", "show", "import",
        "linebreak", "it", "auto", "return", "context", "v", "h", "em", "pt", "fr",
    }
)  # fmt: skip
# Phrases of the house: which of them a sentence needs is the language's affair, the values inside are not.
HOUSE_PHRASES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "asked-for-you": frozenset({"d.referral.requester_name"}),
        "for-you": frozenset(),
        "who-decided": frozenset({"d.referral.decider_name"}),
        "by-member": frozenset(),
        "opinion": frozenset({"opinion"}),
        "an-opinion": frozenset({"opinion"}),
        "An-opinion": frozenset({"opinion"}),
        "d.referral.opinion": frozenset({"opinion"}),
        "program": frozenset({"program"}),
    }
)
GRAMMAR: Final = frozenset({"by-member", "not by-member", "d.referral.decider_name == d.plan.name",
                            "d.referral.decider_name != d.plan.name"})  # fmt: skip
NAME: Final = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*")
KEY: Final = re.compile(r"[a-z]+(?:[-_][a-z]+)*|(?:GG|MA|HSC|WIC|CCR|\d+ (?:CFR|CCR))[. ].*")
CONDITION: Final = re.compile(r"\s*(.+?)\s*(?=[\[{])", re.DOTALL)
WORDS, END = "¤", "¶"
OPENS: Final[Mapping[str, str]] = MappingProxyType({"(": ")", "{": "}", "[": "]"})


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: how it begins (gap, heading, list item, block, end of a block) and what it holds besides words."""

    begins: str
    holds: frozenset[str]

    def __str__(self) -> str:
        return f"{self.begins}: {', '.join(sorted(self.holds)) or 'words only'}"


class Unbalanced(ValueError):
    """A bracket of a template is not closed, or closes nothing. Carries a sentence."""


def skeleton(source: str) -> tuple[Passage, ...]:
    """The passages of a template's source, without its words. Raises Unbalanced."""
    reader = _Reader(source)
    tokens = list(reader.markup(closing=False))
    passages: list[Passage] = []
    begins, holds, wordy = "start", set[str](), False
    for token in (*tokens, END):
        if token == WORDS:
            wordy = True
        elif token.startswith("¶"):
            # Space between two blocks is no passage; a passage of words alone is one.
            if holds or wordy or begins not in ("¶gap", "start"):
                passages.append(Passage(begins.lstrip("¶"), frozenset(holds)))
            begins, holds, wordy = token, set(), False
        else:
            holds |= HOUSE_PHRASES.get(token, {token})
    return tuple(passages)


def differences(original: str, translation: str) -> tuple[str, ...]:
    """Where a translation's frame is not the original's, in words; nothing when they are the same."""
    pairs = list(zip_longest(skeleton(original), skeleton(translation)))
    found = []
    for number, (wanted, got) in enumerate(pairs, 1):
        if wanted == got:
            continue
        found.append(
            f"passage {number}: the English has [{wanted or 'nothing'}], the translation has [{got or 'nothing'}]"
        )
        if wanted is None or got is None or wanted.begins != got.begins:
            break  # what follows is only out of step
    return tuple(found)


class _Reader:
    """Reads typst well enough for templates: markup, code after a hash, brackets, strings, comments."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    def markup(self, *, closing: bool) -> Iterator[str]:
        """Tokens up to the bracket that closes this content, or to the end of the source."""
        text, fresh = self.source, True
        while self.at < len(text):
            char = text[self.at]
            if fresh and (found := re.compile(r"[ \t]*(=+|[-+])[ ]").match(text, self.at)):
                self.at = found.end()
                yield "¶heading" if found[1].startswith("=") else f"¶item {found[1]}"
                fresh = False
            elif char == "\\":
                self.at, fresh = self.at + 2, False
            elif text.startswith("//", self.at) and (fresh or text[self.at - 1].isspace()):
                self._line()
            elif char == "#":
                self.at, fresh = self.at + 1, False
                yield from self._hash()
            elif char == "]":
                if not closing:
                    raise Unbalanced(f"Line {self._line_number()} closes a bracket that nothing opened: take it away.")
                self.at += 1
                return
            elif char == "\n":
                self.at, fresh = self.at + 1, True
                if gap := re.compile(r"(?:[ \t]*\n)+").match(text, self.at):
                    self.at = gap.end()
                    yield "¶gap"
            else:
                if fresh and not char.isspace():
                    yield WORDS
                self.at, fresh = self.at + 1, fresh and char in " \t"
        if closing:
            raise Unbalanced("The template ends inside a bracket: close it.")

    def _hash(self) -> Iterator[str]:
        word = NAME.match(self.source, self.at)
        if word is None:
            if self.at < len(self.source) and self.source[self.at] in OPENS:
                yield from self._group()
            return
        if word[0] in ("let", "show", "set", "import"):
            self.at = word.end()
            yield f"#{word[0]}"
            yield from self._code("\n")
        elif word[0] in ("if", "for"):
            yield from self._branches()
        else:
            yield from self._called()

    def _branches(self) -> Iterator[str]:
        """`if … [ ] else if … [ ] else [ ]` and `for … in … [ ]`, after the hash."""
        while True:
            word = NAME.match(self.source, self.at)
            assert word is not None
            self.at = word.end()
            if word[0] in ("if", "for"):
                start = self.at
                held = list(self._code("[{"))
                said = " ".join(self.source[start : self.at].split())
                if said not in GRAMMAR:
                    yield f"{word[0]} {said}"
                    yield from (token for token in held if token.startswith("¶"))
            elif word[0] != "else":
                return
            else:
                again = re.compile(r"\s*(?=if\b)").match(self.source, self.at)
                if again:
                    self.at = again.end()
                    continue
                self.at = self._past_space()
            yield from self._group()
            onward = re.compile(r"\s*(?=else\b)").match(self.source, self.at)
            if onward is None:
                return
            self.at = onward.end()

    def _called(self) -> Iterator[str]:
        """A name, and what is given to it: `panel[…]`, `day(d.x)`, `d.lines.join(", ")`."""
        word = NAME.match(self.source, self.at)
        assert word is not None
        self.at = word.end()
        yield from _named(word[0])
        while self.at < len(self.source):
            if self.source[self.at] in "([":
                yield from self._group()
            elif method := re.compile(r"\.([a-z][\w-]*)(?=\()").match(self.source, self.at):
                self.at = method.end()
            else:
                return

    def _group(self) -> Iterator[str]:
        """What stands between the bracket here and its partner; a block of its own when it holds passages."""
        opened = self.source[self.at] if self.at < len(self.source) else ""
        if opened not in OPENS:
            raise Unbalanced(f"Line {self._line_number()} needs a bracket after a condition: open one.")
        self.at += 1
        inner = list(self.markup(closing=True)) if opened == "[" else list(self._code(OPENS[opened]))
        if opened != "[":
            self.at += 1
        if opened == "[" and any(token.startswith("¶") for token in inner):
            yield "¶block"
            yield from inner
            yield "¶end"
        else:
            yield from inner

    def _code(self, until: str) -> Iterator[str]:
        """Code up to, and without, one of the characters `until` at this depth."""
        text = self.source
        while self.at < len(text):
            char = text[self.at]
            if char in until:
                return
            if char == '"':
                found = re.compile(r'"((?:\\.|[^"\\])*)"').match(text, self.at)
                if found is None:
                    raise Unbalanced(f"Line {self._line_number()} opens a string and does not close it.")
                self.at = found.end()
                if KEY.fullmatch(found[1]):
                    yield f"“{found[1]}”"
            elif char in OPENS:
                yield from self._group()
            elif text.startswith("//", self.at):
                self._line()
            elif word := NAME.match(text, self.at):
                self.at = word.end()
                yield from _named(word[0], argument=text.startswith(":", self.at))
            else:
                self.at += 1
        if until != "\n":
            raise Unbalanced("The template ends inside a bracket: close it.")

    def _line(self) -> None:
        end = self.source.find("\n", self.at)
        self.at = len(self.source) if end < 0 else end

    def _past_space(self) -> int:
        found = re.compile(r"\s*").match(self.source, self.at)
        assert found is not None
        return found.end()

    def _line_number(self) -> int:
        return self.source.count("\n", 0, self.at) + 1


def _named(name: str, *, argument: bool = False) -> Iterator[str]:
    parts = name.split(".")
    while len(parts) > 1 and parts[-1] in METHODS:
        parts.pop()
    said = ".".join(parts)
    if argument:
        yield f"{said}:"
    elif said not in FORMATTERS and said not in WORDLESS:
        yield said
