"""Every example of every letter, as tests are run over them."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.kinds import KINDS, Example, examples
from secondopinion.letters.translating import in_language

EVERY = [pytest.param(kind, example, id=f"{kind}-{example.name}") for kind in KINDS for example in examples(kind)]
TO_MEMBERS = [p for p in EVERY if KINDS[p.values[0]].reader == "member"]  # type: ignore[index]
DENIALS = [p for p in EVERY if KINDS[p.values[0]].adverse]  # type: ignore[index]

# Each kind in each language it is drawn in.
DRAWN = [
    pytest.param(kind.name, language, id=f"{kind.name}-{language}")
    for kind in KINDS.values()
    for language in kind.languages
]


def in_each_example(kind: str, language: str) -> Iterator[Frozen]:
    """Every example of a kind, frozen, with the words of its data in the language where they are set phrases."""
    for example in examples(kind):
        data = in_language(language, example.data, {})
        yield freeze(kind, data["referral"]["program"], language, data)


def data_of(kind: str, name: str) -> dict[str, Any]:
    """A copy of an example's data, to be spoilt at will."""
    return copy.deepcopy(dict(next(e.data for e in examples(kind) if e.name == name)))


def frozen(kind: str, example: Example) -> Frozen:
    """An example, frozen."""
    return freeze(kind, example.data["referral"]["program"], "en", example.data)
