"""The Member's choice: who chose, how and when, from which list; or that nobody on it suits (III.A, III.B, II.H).

The choice is the Member's. The plan picks only for a Member who declined to choose, and keeps the proof of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models_representing import Scope
from secondopinion.people.person import Person
from secondopinion.people.representing import acting
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.policy.parameters import value
from secondopinion.referrals import notices
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.lifecycle import VISIT_AHEAD, Refused
from secondopinion.referrals.match import judged
from secondopinion.referrals.models import ChoicePage
from secondopinion.referrals.notices_after import choice_changed
from secondopinion.referrals.offering import sentence
from secondopinion.referrals.sensitive import segments
from secondopinion.referrals.shown import Shown
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import By
from secondopinion.referrals.told import Choose
from secondopinion.referrals.told_choosing import ChooseAgain, GivePage, NoneSuits, Pick, TakeBackPage
from secondopinion.referrals.way import Way as Way
from secondopinion.referrals.way import key_of
from secondopinion.referrals.way import way_of as way_of


class Chooser(StrEnum):
    """Whose word the choice is."""

    MEMBER = "member"
    REPRESENTATIVE = "representative"
    WITH_OFFICE = "member-with-office"

    @property
    def words(self) -> str:
        """The chooser in words."""
        return CHOOSERS[self]


CHOOSERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "member": "The Member",
        "representative": "The Member’s Authorized Representative",
        "member-with-office": "The Member, with the office that asked",
    }
)
# Reading: a Member declines to choose in writing or in a call that is recorded, so that it can be proved.
DECLINED: Final[Mapping[str, str]] = MappingProxyType({"writing": "in writing", "recorded-call": "in a recorded call"})
UNSUITED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "too-far": "Too far away",
        "no-opening": "No opening in time",
        "language": "Nobody speaks the Member’s language",
        "access": "The office cannot be reached or used",
        "knows": "Knows one of them, or has a tie to one",
        "other": "Another reason",
    }
)


def choose(before: Snapshot, told: Choose, person: Person, now: datetime) -> Change:
    """Record whom the Member chose. Once authorized, the professional and the Member are written to."""
    who = _professional(told.professional_id)
    said = _said(before, told.by, told.how, told.by_name, told.said_at, person, now)
    _check_was_shown(before, who, told.shown)
    ties = _ties_of_fitting(before, who, now)
    if ties and not told.knowing:
        raise Refused(
            f"This professional is not wholly independent. {' '.join(ties)} The Member may still choose: record that "
            "the Member knows it, or choose another."
        )
    listed = told.shown.as_details if told.shown else {}
    details = {"professional": who.npi, **said, "knowing": list(ties), **listed}
    return _change(before, who, details, now)


def choose_again(before: Snapshot, told: ChooseAgain, person: Person, now: datetime) -> Change:
    """Record that the Member wants somebody else after all: the appointment falls, the authorization stands."""
    change = choose(before, told, person, now)
    earlier = _professional(before.professional_id) if before.professional_id else None
    # Reading: an appointment is looked for anew from the change on, as it is when a professional declines.
    return replace(
        change,
        details={**change.details, "instead_of": earlier.npi if earlier else ""},
        columns={**change.columns, "appointment_at": None, "appointment_from_at": now},
    )


def pick(before: Snapshot, told: Pick, person: Person, now: datetime) -> Change:
    """Pick a professional for a Member who declined to choose, in writing or in a recorded call."""
    if told.declined_how not in DECLINED:
        raise Refused(
            "The plan picks only when the Member declined to choose in writing or in a recorded call. Until then the "
            "choice is the Member's: record the choice instead."
        )
    if not told.evidence.strip():
        raise Refused("Say where the Member's word is kept: the number of the recording, or of the letter.")
    at = _instant(before, told.declined_at, now)
    who = _professional(told.professional_id)
    _check_was_shown(before, who, told.shown)
    ties = _ties_of_fitting(before, who, now)
    if ties:
        raise Refused(
            f"This professional is not wholly independent. {' '.join(ties)} Only the Member may choose so; pick "
            "another."
        )
    listed = told.shown.as_details if told.shown else {}
    details = {
        "professional": who.npi, "by": "plan", "declined_how": told.declined_how, "evidence": told.evidence.strip(),
        "said_at": at.isoformat(), **listed,
    }  # fmt: skip
    return _change(before, who, details, now)


def none_suits(before: Snapshot, told: NoneSuits, person: Person, now: datetime) -> Change:
    """Keep that nobody on the list suits, and set a person the clock to search again: II.H begins."""
    # Reading: what a Member says of a list is the Member's own view and no answer to a fact of II.H. A person searches
    # the network with these reasons at hand, and the search answers the facts.
    if before.opinion == "" or before.about == "":
        raise Refused("Nobody has said yet what kind of opinion this is, so no list was shown. Say that first.")
    if not told.reasons or set(told.reasons) - set(UNSUITED):
        raise Refused(
            f"Give at least one reason of the list: {', '.join(words.lower() for words in UNSUITED.values())}."
        )
    if "other" in told.reasons and not told.words.strip():
        raise Refused("Say in a few words what the other reason is.")
    said = _said(before, told.by, told.how, told.by_name, told.said_at, person, now)
    asked_at = before.search_asked_at or datetime.fromisoformat(said["said_at"])
    listed = told.shown.as_details if told.shown else {}
    return Change(
        details={"reasons": list(told.reasons), "words": told.words.strip(), **said, **listed},
        columns={"search_asked_at": asked_at},  # said once more, the first word goes on counting
    )


def give_page(before: Snapshot, told: GivePage, person: Person, now: datetime) -> Change:
    """Give the Member a page to choose on. A page given before is closed by it."""
    if before.opinion == "" or before.about == "":
        raise Refused("Nobody has said yet what kind of opinion this is, so there is no list to show. Say that first.")
    expires_at = _end_of_page(now)
    page = ChoicePage(
        id=told.page_id, referral_id=before.id, network_id=before.network_id, member_id=before.member_id,
        code_sha256=told.code_sha256, given_at=now, given_by=person.name, expires_at=expires_at,
    )  # fmt: skip
    return Change(
        details={"expires_at": expires_at.isoformat(), "replaced": before.choice_page_id is not None},
        columns={"choice_page_id": told.page_id},
        rows=(page,),
    )


def take_back_page(before: Snapshot, told: TakeBackPage, person: Person, now: datetime) -> Change:
    """Close the Member's page before its time."""
    if before.choice_page_id is None:
        raise Refused("The Member has no page to choose on, so there is nothing to take back.")
    if not told.why.strip():
        raise Refused("Say in a few words why the page is taken back.")
    return Change(details={"why": told.why.strip()}, columns={"choice_page_id": None})


def chooser_of(word: str) -> Chooser | None:
    """Whose word it is, also where an earlier history wrote it in words; None for nobody known."""
    key = key_of(CHOOSERS, word)
    return Chooser(key) if key else None


def _professional(key: UUID) -> QualifiedProfessional:
    who = notices.professional(key)
    if who is None:
        raise Refused("There is no such professional in the directory. Choose one from the list.")
    return who


def _said(
    before: Snapshot, by: str, how: str, by_name: str, said_at: datetime | None, person: Person, now: datetime
) -> dict[str, Any]:
    """Whose word it was, how it came and when, as the event keeps it. Raises Refused."""
    chooser, way = chooser_of(by), way_of(how)
    if chooser is None or way is None:
        raise Refused("Say who chose and how it reached us: the choice is the Member's (III.A, III.B).")
    if (way is Way.PAGE) is not person.is_a(By.MEMBER):
        raise Refused("Only the Member chooses on the Member's own page. Say how the Member's word reached you.")
    at = _instant(before, said_at, now)
    name = by_name.strip()
    if chooser is Chooser.REPRESENTATIVE:
        name = _representative(before, name, at.astimezone(PACIFIC).date())
    return {"by": chooser.value, "by_name": name, "how": way.value, "said_at": at.isoformat()}


def _instant(before: Snapshot, said_at: datetime | None, now: datetime) -> datetime:
    at = said_at or now
    if at > now:
        raise Refused("The Member's words lie in the future. Check the day and the time.")
    if at < before.received_at:
        raise Refused("The Member's words lie before the request was received. Check the day and the time.")
    return at


def _representative(before: Snapshot, name: str, day: date) -> str:
    """The name on record of the representative who chose. Raises Refused for one who may not act on the day."""
    known = segments(before.id, before.condition_code, day)
    found = acting(before.member_id, name, Scope.CHOOSE, known, day)
    if found is None:
        raise Refused(
            f"Nobody of that name may act for the Member on {day:%A, %B %-d, %Y}. Record the representative's "
            "authority first, or ask the Member."
        )
    return found.name


def _ties_of_fitting(before: Snapshot, who: QualifiedProfessional, now: datetime) -> tuple[str, ...]:
    """What ties a professional to the clinician questioned, in sentences. Raises Refused for one who may not be had."""
    refusal, ties = judged(before, who, now)
    if refusal:
        raise Refused(refusal)
    if who.pk == before.professional_id:
        raise Refused("This professional is chosen already; nothing was changed.")
    if before.decision == "limit" and who.pk == before.outside_professional_id:
        raise Refused("The choice was kept to the network (II.G). Choose a professional from the list.")
    return tuple(sentence(tie) for tie in ties)


def _check_was_shown(before: Snapshot, who: QualifiedProfessional, shown: Shown | None) -> None:
    """Refuse one whom the list did not show; a professional agreed to outside the network needs no list."""
    if shown and shown.row_of(who.npi) is None and who.pk != before.outside_professional_id:
        raise Refused("This professional was not on the list that was shown. Open the list again, and choose from it.")


def _change(before: Snapshot, who: QualifiedProfessional, details: dict[str, Any], now: datetime) -> Change:
    letters: notices.Letters = ()
    if before.stands in VISIT_AHEAD:
        authorization = {
            "authorization_number": before.authorization_number,
            "authorized_on": before.authorized_on,
            "valid_until": before.valid_until,
        }
        letters = notices.approval(before, authorization, who, now, with_requester=False)
        if before.professional_id is not None:  # who was authorized before must not wait for the Member
            letters += choice_changed(before, now)
    return Change(
        details=details,
        columns={"professional_id": who.pk, "search_asked_at": None},
        owes=tuple(Owed(*letter) for letter in letters),
    )


def _end_of_page(now: datetime) -> datetime:
    """The last instant of the last day on which a page given now can be opened."""
    days = business_calendar()
    today = days.day_of(now)
    return days.end_of_day(today + timedelta(days=value("choosing.page_days", today).number))
