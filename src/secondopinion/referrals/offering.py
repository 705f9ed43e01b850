"""The Member's list: who may give the opinion, in which order, and why each one stands where he or she stands.

The order is the Member's own interest, one thing after another: the same specialty before an equivalent one, nobody
tied to the clinician questioned before somebody who is, lately confirmed before stale, the Member's language before
another, near before far. `why` says these five things in that order, so that the words explain the place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from secondopinion.directory.find import in_network_on, professional_with
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import Member
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538.edition_2024_12.section_iii import SAME_SPECIALTY
from secondopinion.policy.parameters import value
from secondopinion.policy.specialties import Level, plain_name
from secondopinion.referrals import match
from secondopinion.referrals.snapshot import Snapshot

SAME = frozenset({Level.E0, Level.E1})


@dataclass(frozen=True, slots=True)
class Offer:
    """One professional on the Member's list, and why, in words. None: not known.

    `level` is None where no specialty is compared (III.A). `ties` are sentences about what the professional shares
    with the clinician questioned; the Member may choose one so tied knowingly. `why` holds the reasons in the order
    in which they decide the rank.
    """

    who: QualifiedProfessional
    address_lines: list[str]
    phone: str
    latitude: float | None
    longitude: float | None
    level: Level | None
    miles: float | None
    minutes: int | None
    languages: tuple[str, ...]
    speaks: bool | None
    accessible: bool | None
    accepts: bool | None
    ties: tuple[str, ...]
    verified_on: date | None
    stale: bool
    next_opening: date | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """The list, and what is not on it: how many were considered, and how many each gate kept off, by its sentence."""

    offers: tuple[Offer, ...]
    considered: int
    left_out: Mapping[str, int]
    most_miles: float
    widened: bool


def rank(offer: Offer) -> tuple[int, bool, bool, int, float, str, str]:
    """The place of an offer among others, from the very things that `why` tells."""
    nearness = 0 if offer.level is None or offer.level in SAME else int(offer.level)
    speaks = {True: 0, None: 1, False: 2}[offer.speaks]
    miles = float("inf") if offer.miles is None else offer.miles
    return nearness, bool(offer.ties), offer.stale, speaks, miles, offer.who.last_name, offer.who.npi


def offers_for(
    before: Snapshot, member: Member, now: datetime, *, most: int = 60, widen: bool = False, miles: float | None = None
) -> Offered:
    """Whom the Member may choose, best first, at most `most` of them.

    `widen` looks in the whole plan where III.A would look in the network of the entity that answers for the Member
    first. `miles`: how far to look from the Member's home; without it, as far as the plan's dated value says.
    Raises Refused while nobody has said what kind of opinion it is.
    """
    day = now.astimezone(PACIFIC).date()
    going = match.where_to(before)
    compared = going.candidates == SAME_SPECIALTY and bool(before.clinician_taxonomy)
    questioned = professional_with(before.clinician_id)
    reach = float(value("access.offered_within", day).number) if miles is None else miles
    oldest = value("access.confirmed_within", day).number
    left_out: Counter[str] = Counter()
    offers, considered = [], 0
    for who in in_network_on(day):
        if match.wrong_specialty(before, going, who):
            continue
        considered += 1
        against = match.why_not(before, who, now)
        far = match.miles_from(member, who)
        if not against and far is not None and far > reach:
            against = f"Is more than {reach:g} miles from the Member’s home."
        if against:
            left_out[against] += 1
            continue
        offers.append(_offer(who, member, match.level_of(before, who) if compared else None, questioned, far,
                             stale=(day - who.verified_on).days > oldest))  # fmt: skip
    return Offered(tuple(sorted(offers, key=rank)[:most]), considered, dict(left_out), reach, widen)


def _offer(
    who: QualifiedProfessional, member: Member, level: Level | None, questioned: QualifiedProfessional | None,
    miles: float | None, *, stale: bool,
) -> Offer:  # fmt: skip
    speaks = True if member.language == "en" else member.language in who.languages if who.languages else None
    ties = ties_between(questioned, who)
    return Offer(
        who=who, address_lines=who.address_lines, phone=who.phone, latitude=who.latitude, longitude=who.longitude,
        level=level, miles=miles, minutes=None, languages=tuple(who.languages), speaks=speaks, accessible=None,
        accepts=who.accepts_new_members, ties=ties, verified_on=who.verified_on, stale=stale, next_opening=None,
        why=_why(who, level, ties, who.verified_on, stale, speaks, miles),
    )  # fmt: skip


def ties_between(questioned: QualifiedProfessional | None, who: QualifiedProfessional) -> tuple[str, ...]:
    """What a professional shares with the clinician whose opinion is questioned, in sentences (F19)."""
    if questioned is None or questioned.pk == who.pk:
        return ()
    ties = []
    if who.group_tax_id and who.group_tax_id == questioned.group_tax_id:
        ties.append("Is paid through the same practice as the doctor whose opinion you question.")
    elif who.group_name and who.group_name.casefold() == questioned.group_name.casefold():
        ties.append("Works in the same group as the doctor whose opinion you question.")
    if (who.address, who.zip_code[:5]) == (questioned.address, questioned.zip_code[:5]):
        ties.append("Works at the same place as the doctor whose opinion you question.")
    return tuple(ties)


def _why(
    who: QualifiedProfessional, level: Level | None, ties: tuple[str, ...], verified_on: date | None, stale: bool,
    speaks: bool | None, miles: float | None,
) -> tuple[str, ...]:  # fmt: skip
    name = plain_name(who.taxonomy)
    field = {
        None: f"May give this opinion: {name}.",
        Level.E0: f"Has the same specialty: {name}.",
        Level.E1: f"Has the same specialty, in a narrower field: {name}.",
        Level.E2: f"Has an equivalent specialty: {name}.",
        Level.E3: f"Has the wider specialty, and a Medical Director vouches for the training: {name}.",
        Level.E4: f"Has another specialty: {name}.",
    }[level]
    tied = " ".join(ties) or "As far as we know, shares no group and no office with the doctor you question."
    day = f"{verified_on:%B %-d, %Y}" if verified_on else ""
    checked = f"Somebody last checked this entry on {day}." if day else "Nobody has checked this entry yet."
    if stale and day:
        checked = f"This entry was last checked long ago, on {day}: call first."
    tongue = {True: "Speaks your language.", False: "Does not speak your language; an interpreter is free.",
              None: "The languages spoken there are not known; an interpreter is free."}[speaks]  # fmt: skip
    place = "How far away is not known." if miles is None else f"Is about {miles:.1f} miles from your home."
    return field, tied, checked, tongue, place
