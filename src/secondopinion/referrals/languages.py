"""In which language each letter of a step is written, and what must be done before its reader can read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from secondopinion.letters.freeze import Frozen, Path
from secondopinion.letters.kinds import kind_named
from secondopinion.letters.languages import ENGLISH, OWN_LANGUAGE, language_for, written
from secondopinion.letters.translating import free_places, sha256_of
from secondopinion.people.prepared import OneOf, Prepared
from secondopinion.referrals.change import Owed
from secondopinion.referrals.models import Translation
from secondopinion.referrals.notices import member_of
from secondopinion.referrals.snapshot import Snapshot

UNKNOWN = "und"  # ISO 639-2: undetermined; nobody has said what the Member speaks
KNOWN = Prepared(
    lambda given: (
        Translation.objects.filter(
            OneOf("original_sha256", given("words")), referral=given("referral"), language=given("language"),
            approved_at__isnull=False,
        )
        .order_by()
        .values_list("original_sha256")
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LanguageDebts:
    """What a step's letters need besides print: words to translate, and letters to read out, as rows to be written.

    `waiting`: the letters that may not be mailed before their words are translated.
    """

    words: Sequence[Mapping[str, Any]] = ()
    aloud: Sequence[Mapping[str, Any]] = ()
    waiting: frozenset[UUID] = frozenset()


def in_their_languages(before: Snapshot, owes: tuple[Owed, ...]) -> tuple[Owed, ...]:
    """The letters of a step, each to a Member or a representative in the reader's own language where it is written."""
    if not any(_asks(owed) for owed in owes):
        return owes
    of_the_member = member_of(before).language
    return tuple(_in_theirs(owed, of_the_member) if _asks(owed) else owed for owed in owes)


def debts_of(before: Snapshot, letters: Iterable[tuple[UUID, Owed, Frozen]]) -> LanguageDebts:
    """What letters need that were just frozen. What was translated and approved on this referral before counts.

    Call it while the referral is locked: an approval takes the same lock.
    """
    words: list[Mapping[str, Any]] = []
    aloud: list[Mapping[str, Any]] = []
    for letter_id, owed, frozen in letters:
        if frozen.language != ENGLISH:
            words += _to_translate(before, letter_id, frozen)
        elif owed.speaks and written(owed.speaks) != ENGLISH:
            aloud.append({"id": str(uuid4()), "letter": str(letter_id), "language": owed.speaks})
    return LanguageDebts(words, aloud, frozenset(UUID(each["letter"]) for each in words))


def as_field(place: Path) -> str:
    """A place in a letter's data as a row names it: `reasons.0.reason`."""
    return ".".join(map(str, place))[:200]


def _asks(owed: Owed) -> bool:
    return kind_named(owed.kind).reader in OWN_LANGUAGE


def _in_theirs(owed: Owed, of_the_member: str) -> Owed:
    if owed.recipient_role == "member":
        owed = replace(owed, speaks=of_the_member or UNKNOWN)
    # Reading: a representative whose language nobody asked gets the copy as the Member gets the letter.
    return replace(owed, language=language_for(owed.kind, owed.speaks or of_the_member))


def _to_translate(before: Snapshot, letter_id: UUID, frozen: Frozen) -> list[Mapping[str, Any]]:
    places = free_places(frozen.language, frozen.data)
    if not places:
        return []
    seals = {sha256_of(original): original for original in places}
    known = {seal for (seal,) in KNOWN.rows(referral=before.id, language=frozen.language, words=list(seals))}
    return [
        {
            "id": str(uuid4()), "letter": str(letter_id), "field": as_field(places[original]),
            "original": original, "original_sha256": seal, "language": frozen.language,
        }
        for seal, original in seals.items()
        if seal not in known
    ]  # fmt: skip
