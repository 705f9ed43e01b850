"""The list a Member chooses from, as desk and Member's page show it: filtered, a few at a time, with its map.

Numbers are places in the list; a pin on the map bears the same. What is shown is frozen with its order (shown.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from secondopinion.directory.mapping import Map, Spot, draw
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import Member
from secondopinion.referrals import notices
from secondopinion.referrals.choosing import UNSUITED
from secondopinion.referrals.models import Event, Referral, RunningClock
from secondopinion.referrals.offering import Offer, offers_for
from secondopinion.referrals.shown import Shown, Stood
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_choosing import NoneSuits

FIRST: Final = 5
MOST: Final = 60
WITHIN: Final = (5, 10, 15, 30, 60)  # miles


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows or widens the list, and how many of it are in sight."""

    language: str = ""
    within: int | None = None  # miles
    wheelchair: bool = False
    widen: bool = False
    specialty: str = ""  # a code asked for besides (III.A)
    show: int = FIRST

    @property
    def said(self) -> dict[str, str]:
        """The filters in force, as an address or the history carries them."""
        kept = {
            "language": self.language,
            "within": str(self.within or ""),
            "wheelchair": "yes" if self.wheelchair else "",
            "widen": "yes" if self.widen else "",
            "specialty": self.specialty,
        }
        return {name: value for name, value in kept.items() if value}


@dataclass(frozen=True, slots=True)
class Numbered:
    """One professional on the list, with the place in it."""

    number: int
    offer: Offer
    on_the_map: bool

    @property
    def reasons(self) -> tuple[tuple[str, bool], ...]:
        """The sentences why, in the order in which they decide the place; true for the one that is a tie."""
        return tuple((why, bool(self.offer.ties) and why == " ".join(self.offer.ties)) for why in self.offer.why)


@dataclass(frozen=True, slots=True)
class Listed:
    """The list as it is shown. `hidden` were offered too, but a filter leaves them out."""

    in_sight: tuple[Numbered, ...]
    more: int
    hidden: int
    considered: int
    left_out: Mapping[str, int]
    most_miles: float
    widened: bool
    wider_network: int  # how many more there are in the plan's other networks (III.A)
    map: Map | None
    shown: Shown
    outside: QualifiedProfessional | None  # whom a physician agreed to, outside the network (II.H)


@dataclass(frozen=True, slots=True)
class Unsuited:
    """That nobody on the list suits the Member: since when, why, and by when a person searches again."""

    said_at: datetime
    reasons: tuple[str, ...]  # in words
    words: str  # the Member's own
    due_at: datetime | None


def unsuited_of(referral: Referral) -> Unsuited | None:
    """What the Member last said of the list while a search is wanted; none when no search is."""
    if referral.search_asked_at is None:
        return None
    event = Event.objects.filter(referral=referral, step=NoneSuits.step).order_by("-position").first()
    said = event.details if event else {}
    clocks = RunningClock.objects.filter(referral=referral, kind="search", stopped_at__isnull=True)
    return Unsuited(
        said_at=referral.search_asked_at,
        reasons=tuple(UNSUITED[reason] for reason in said.get("reasons", ()) if reason in UNSUITED),
        words=said.get("words", ""),
        due_at=clocks.values_list("due_at", flat=True).first(),
    )


def filters_of(said: Mapping[str, str]) -> Filters:
    """The filters that an address or a form carries; what no page of ours says counts as not said."""
    within, show = said.get("within", ""), said.get("show", "")
    return Filters(
        language=said.get("language", "")[:8],
        within=int(within) if within.isdecimal() and int(within) in WITHIN else None,
        wheelchair=said.get("wheelchair") == "yes",
        widen=said.get("widen") == "yes",
        specialty=said.get("specialty", "")[:10],
        show=MOST if show == "all" else min(max(int(show), FIRST), MOST) if show.isdecimal() else FIRST,
    )


def list_for(before: Snapshot, member: Member, filters: Filters, now: datetime) -> Listed:
    """The list for a referral now. Raises Refused while nobody has said what kind of opinion is asked."""
    offered = offers_for(
        before, member, now, most=MOST, widen=filters.widen, miles=filters.within, specialty=filters.specialty
    )
    fitting = [offer for offer in offered.offers if fits(offer, filters)]
    in_sight = tuple(
        Numbered(number, offer, offer.latitude is not None and offer.longitude is not None)
        for number, offer in enumerate(fitting[: filters.show], 1)
    )
    shown = Shown(
        referral=str(before.id),
        at=now.isoformat(),
        stood=tuple(_stood(each.offer) for each in in_sight),
        more=len(fitting) - len(in_sight),
        considered=offered.considered,
        left_out=dict(offered.left_out),
        most_miles=offered.most_miles,
        widened=offered.widened,
        filters=filters.said,
    )
    return Listed(
        in_sight=in_sight,
        more=len(fitting) - len(in_sight),
        hidden=len(offered.offers) - len(fitting),
        considered=offered.considered,
        left_out=offered.left_out,
        most_miles=offered.most_miles,
        widened=offered.widened,
        wider_network=offered.wider_network,
        map=_map(member, in_sight),
        shown=shown,
        outside=notices.professional(before.outside_professional_id),
    )


def fits(offer: Offer, filters: Filters) -> bool:
    """Does a professional fit the filters? Access that nobody has confirmed is not known, and so does not fit."""
    speaks = not filters.language or filters.language in offer.languages
    return speaks and (not filters.wheelchair or offer.accessible is True)


def _stood(offer: Offer) -> Stood:
    return Stood(
        npi=offer.who.npi,
        level=None if offer.level is None else int(offer.level),
        miles=None if offer.miles is None else round(offer.miles, 1),
        speaks=offer.speaks,
        verified_on=offer.verified_on.isoformat() if offer.verified_on else "",
        stale=offer.stale,
        ties=tuple(offer.ties),
        next_opening=offer.next_opening.isoformat() if offer.next_opening else "",
    )


def _map(member: Member, in_sight: tuple[Numbered, ...]) -> Map | None:
    home = None
    if member.latitude is not None and member.longitude is not None:
        home = (member.latitude, member.longitude)
    placed = [
        Spot(each.number, each.offer.latitude, each.offer.longitude)
        for each in in_sight
        if each.offer.latitude is not None and each.offer.longitude is not None
    ]
    return draw(home, placed)
