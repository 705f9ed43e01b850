"""Exhibits: the letters of the gallery as the desk shows them, with the places of what they must say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.kinds import PROGRAMS, Example, Kind, examples, kind_named
from secondopinion.letters.mailing import required_marks
from secondopinion.letters.preview import Preview, preview
from secondopinion.letters.translating import in_language

KEPT: Final = 64  # letters of the gallery that are kept in memory, with their places


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One letter of the gallery, looked at: what it must say and where it says so. `sha256`: of all it is made of."""

    kind: Kind
    example: str
    language: str
    program: str
    sha256: str
    preview: Preview


def cases(kind: str, program: str = "") -> tuple[tuple[Example, str], ...]:
    """The examples of a kind, the usual one first, each with its program; of one program where one is named."""
    every = [(each, str(each.data["referral"]["program"])) for each in examples(kind)]
    every.sort(key=lambda case: (not case[0].name.endswith(("example", *PROGRAMS)), case[0].name))
    return tuple((each, of) for each, of in every if program in ("", of))


def exhibit(kind: str, example: str, language: str) -> Exhibit:
    """A letter of the gallery with its places, printed once for each state of what it is made of.

    What people write for one letter stays English here. Raises KeyError and UnknownLetter as `picture` does.
    """
    data = {e.name: e.data for e in examples(kind)}[example]
    program = str(data["referral"]["program"])
    frozen = freeze(kind, program, language, data)
    frozen = replace(frozen, data=in_language(language, frozen.data, {}))
    return _kept(_Made(frozen), example)


@dataclass(frozen=True, slots=True)
class _Made:
    """A frozen letter that is known by the hash of all it is made of."""

    frozen: Frozen

    @property
    def sha256(self) -> str:
        parts = (self.frozen.kind, self.frozen.language, self.frozen.data_sha256, self.frozen.template_sha256)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Made) and other.sha256 == self.sha256


@lru_cache(maxsize=KEPT)
def _kept(made: _Made, example: str) -> Exhibit:
    one = made.frozen
    looked = preview(one, required_marks(one.kind, one.program, one.data))
    return Exhibit(kind_named(one.kind), example, one.language, one.program, made.sha256, looked)
