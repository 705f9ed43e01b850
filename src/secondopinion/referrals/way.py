"""How somebody's word reached us: by phone, in writing, on the Member's own page, and so on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from secondopinion.people.person import Person
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.states import By


class Way(StrEnum):
    """How the Member's word reached us."""

    PHONE = "phone"
    WRITING = "writing"
    FAX = "fax"
    IN_PERSON = "in-person"
    PAGE = "page"

    @property
    def words(self) -> str:
        """The way in words."""
        return WAYS[self]


WAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "phone": "by phone",
        "writing": "in writing",
        "fax": "by fax",
        "in-person": "in person",
        "page": "on the Member’s page",
    }
)

AT_THE_DESK: Final = tuple((key, words[:1].upper() + words[1:]) for key, words in WAYS.items() if key != Way.PAGE.value)
"""What somebody at the desk can say of it: key and words. Only the Member's own page says that it is the page."""


def way_of(word: str) -> Way | None:
    """How it reached us, also where an earlier history wrote it in words; None for no known way."""
    key = key_of(WAYS, word)
    return Way(key) if key else None


def checked_way(word: str, person: Person) -> str:
    """How it reached us, as the history keeps it; empty where nobody said. Raises Refused for what cannot be."""
    way = way_of(word) if word else None
    if word and way is None:
        raise Refused(f"Say how it reached us: {', '.join(WAYS.values())}.")
    if (way is Way.PAGE) is not person.is_a(By.MEMBER):
        raise Refused("Only the Member acts on the Member's own page. Say how the Member's word reached you.")
    return "" if way is None else way.value


def key_of(words: Mapping[str, str], said: str) -> str:
    """The key of a word of a table, told by its key or in words; empty for none."""
    plain = said.strip().casefold()
    return next((key for key, label in words.items() if plain in (key, label.casefold())), "")
