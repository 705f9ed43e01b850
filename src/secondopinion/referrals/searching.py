"""The search of the network, frozen as proof: every candidate, and the reason each failed (II.G, II.H; F17).

A professional counts as available when qualified, independent, open to new Members, within reach, able to see the
Member in time, and able to serve the Member's needs. What nobody has asked yet is not known, never no. The search
is kept in its event with a hash, attached to the decision that rests on it, and never computed again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from math import inf, pi
from typing import Any
from uuid import UUID

from secondopinion.directory.find import EARTH_MILES
from secondopinion.directory.known import spots_of
from secondopinion.directory.nearest import MOST_COUNTED, Near, how_many, how_many_besides
from secondopinion.people.models import Member
from secondopinion.policy import relevance, specialties
from secondopinion.policy.availability import (
    Availability,
    Travel,
    facts_of,
    farthest_to_look,
    is_accessible,
    is_within_reach,
    speaks,
)
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import appointment_clock
from secondopinion.policy.gates import ACCEPTS, GATES
from secondopinion.policy.parameters import value
from secondopinion.referrals.clockwork import asked_of
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.match import Considered, Looking, consider, looking_for, within
from secondopinion.referrals.models import Event
from secondopinion.referrals.offering import ONLY_WIDER, not_looked_at, ways_to
from secondopinion.referrals.snapshot import Snapshot

HALF_ROUND = pi * EARTH_MILES - 1  # miles: everybody on Earth is nearer, but for one point
INDEPENDENCE = frozenset({"questioned", "earlier", "pcp"})  # the gates that ask who gave the opinion, not who can
NOT_LOOKED_AT = "was not looked at one by one, because somebody nearer is available"
NO_CONTRACT = "is within reach, and has no contract with the plan or a Health Network on the day"
NOBODY_IN_REACH = (
    "Nobody in the network is qualified, independent, open to new Members and within reach, so the choice "
    "cannot be kept to the network (II.G). Go outside the network instead (II.H): agree to it, then authorize."
)


@dataclass(frozen=True, slots=True)
class Looked:
    """One professional as the search found one. None: not known. `against` says in words what failed first.

    `level`: 0 to 4, or None where no specialty is compared. `minutes` of the way, an estimate where `estimated`.
    `doubts` are what nobody could say. `ties` do not count against anybody; they are shown.
    """

    npi: str
    code: str
    level: int | None
    miles: float | None
    minutes: int | None
    estimated: bool
    qualified: bool | None
    independent: bool
    accepts: bool | None
    within_reach: bool | None
    in_time: bool | None
    accessible: bool | None
    speaks: bool | None
    ties: tuple[str, ...]
    doubts: tuple[str, ...]
    first_opening: str
    verified_on: str
    against: str


@dataclass(frozen=True, slots=True)
class Found:
    """The whole search: when, the limits it used, everybody qualified, and the facts it answers.

    `counted` holds those who are not told one by one, by the reason; a number above `counted_up_to` says only that
    there are more. `sha256` is that of all the rest, written as JSON with sorted keys and without spaces.
    """

    at: str
    most_miles: int
    most_minutes: int
    see_by: str
    codes: tuple[str, ...]
    versions: Mapping[str, str]
    looked: tuple[Looked, ...]
    counted: Mapping[str, int]
    answers: Mapping[str, bool | None]
    counted_up_to: int = MOST_COUNTED
    sha256: str = ""

    @property
    def as_details(self) -> dict[str, Any]:
        """The search as its event keeps it."""
        return {**_fields_of(self), "looked": [_fields_of(row) for row in self.looked]}

    @property
    def available(self) -> tuple[Looked, ...]:
        """Those against whom nothing speaks; what is not known speaks against nobody."""
        return tuple(x for x in self.looked if not x.against)


def _fields_of(row: Looked | Found) -> dict[str, Any]:
    """Each field as it is: `asdict` would copy every value of hundreds of rows."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


def search_for(before: Snapshot, member: Member, openings: Mapping[str, date], now: datetime) -> Found:
    """Search the plan's networks as they stand today. `openings`: first appointments that offices gave, by NPI.

    Raises Refused while nobody has said what kind of opinion it is.
    """
    looking = looking_for(before, member, now, widen=True)
    day = looking.day
    due = appointment_clock(asked_of(before), now).due_at
    see_by = due.astimezone(PACIFIC).date() if due else day
    bound = value("access.told_one_by_one", day).number
    told, complete = _look_at_all(looking, openings, see_by, bound)
    counted = Counter(row.against or "is available too" for row, _ in told[bound:])
    counted.update(_counted(looking, told, complete=complete))
    found = Found(
        at=now.isoformat(), most_miles=value("access.distance", day).number,
        most_minutes=value("access.travel", day).number, see_by=see_by.isoformat(), codes=tuple(looking.codes),
        versions={
            "edition": before.edition, "equivalence": specialties.version(), "relevance": relevance.version(),
            "distance": value("access.distance", day).from_on.isoformat(),
            "travel": value("access.travel", day).from_on.isoformat(),
        },
        looked=tuple(row for row, _ in told[:bound]), counted=dict(+counted),
        answers=facts_of((tested for _, tested in told), complete=complete),
    )  # fmt: skip
    return replace(found, sha256=hash_of(found.as_details))


def hash_of(search: Mapping[str, Any]) -> str:
    """The hash of a search as the history keeps it, its own hash left out."""
    kept = {key: held for key, held in search.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _look_at_all(
    looking: Looking, openings: Mapping[str, date], see_by: date, bound: int
) -> tuple[list[tuple[Looked, Availability]], bool]:
    """Everybody within the farthest that can count as reach, nearest first, until all were looked at.

    It stops early only when somebody is available and as many were looked at as are told. The second answer says
    whether it did not stop.
    """
    most, reach = bound, farthest_to_look(looking.day)
    told: list[tuple[Looked, Availability]] = []
    seen: set[UUID] = set()
    while True:
        near = within(looking, looking.codes, reach, most)
        new = [each for each in near if each.professional_id not in seen]
        seen |= {each.professional_id for each in new}
        told += _rows(looking, consider(looking, new), openings, see_by)
        if not told or len(near) < most:
            break
        if any(not row.against and row.within_reach for row, _ in told):
            return told, False
        most *= 4
    vouched = [near for near in _attested(looking, reach) if near.professional_id not in seen]
    told += _rows(looking, consider(looking, vouched), openings, see_by)
    return told, True


def _attested(looking: Looking, reach: float) -> list[Near]:
    """Those of the wider specialty for whom a Medical Director has attested."""
    if not looking.attested or not looking.wider:
        return []
    return [n for n in within(looking, looking.wider, reach, 1000) if n.professional_id in looking.attested]


def _counted(looking: Looking, told: Sequence[tuple[Looked, Availability]], *, complete: bool) -> Counter[str]:
    """Those who are not told one by one: too far, without a contract, of the wider specialty only; each up to
    `MOST_COUNTED`, above which a number says only that there are more."""
    counted: Counter[str] = Counter()
    if looking.home is None or not looking.codes:
        return counted
    reach = farthest_to_look(looking.day)
    near = looking.question(looking.codes, reach, 1)
    counted[f"is more than {reach:g} miles away"] = how_many_besides(replace(near, miles=HALF_ROUND), near)
    if not complete:
        counted[NOT_LOOKED_AT] = not_looked_at(near, [row.miles for row, _ in told])
    counted[NO_CONTRACT] = how_many(replace(near, outside=True))
    if looking.wider:
        vouched = frozenset(n.professional_id for n in _attested(looking, reach))
        wider = replace(near, codes=tuple(looking.wider), leaving_out=vouched)
        counted[ONLY_WIDER] = how_many_besides(wider, near)
    return counted


def _rows(
    looking: Looking, considered: Sequence[Considered], openings: Mapping[str, date], see_by: date
) -> list[tuple[Looked, Availability]]:
    nears = [each.near for each in considered]
    spots = spots_of(nears, {each.near.professional_id: each.known for each in considered}, looking.day)
    ways = ways_to(looking, nears, spots)
    return [
        _look(looking, each, ways.get(each.near.professional_id), openings.get(each.known.who.npi), see_by)
        for each in considered
    ]


def _look(
    looking: Looking, each: Considered, way: Travel | None, opening: date | None, see_by: date
) -> tuple[Looked, Availability]:
    qualified, independent = _gates(each, looking)
    languages = each.near.languages or tuple(each.known.who.languages)
    tested = Availability(
        qualified=qualified, independent=independent, accepts=each.accepts,
        within_reach=is_within_reach(each.miles, way, looking.day),
        in_time=None if opening is None else opening <= see_by,
        accessible=is_accessible(looking.needs, each.near.accessible),
    )  # fmt: skip
    confirmed = each.known.verified_on
    row = Looked(
        npi=each.known.who.npi, code=each.near.code, level=None if each.held.level is None else int(each.held.level),
        miles=None if each.miles is None else round(each.miles, 1), minutes=way.minutes if way else None,
        estimated=way is not None and way.is_estimate, qualified=tested.qualified, independent=independent,
        accepts=tested.accepts, within_reach=tested.within_reach, in_time=tested.in_time,
        accessible=tested.accessible, speaks=speaks(looking.needs, languages), ties=each.ties,
        doubts=tuple(gate.unknown for gate in each.passed.open if gate.unknown),
        first_opening=opening.isoformat() if opening else "", verified_on=confirmed.isoformat() if confirmed else "",
        against=_against(each, tested, looking.day, see_by),
    )  # fmt: skip
    return row, tested


def _gates(each: Considered, looking: Looking) -> tuple[bool | None, bool]:
    """Whether the professional is qualified, and whether independent, by the gates of each kind."""
    qualified: bool | None = True
    independent = True
    for gate in GATES:
        passes = gate.passes(each.held, looking.sought)
        if gate.name in INDEPENDENCE:
            independent = independent and passes is not False
        elif passes is not True and qualified is not False:
            qualified = passes
    return qualified, independent


def _against(each: Considered, tested: Availability, day: date, see_by: date) -> str:
    """What failed first, to follow “This professional”; empty while nothing is known to fail."""
    if each.passed.is_no:
        return each.passed.against
    miles, minutes = value("access.distance", day), value("access.travel", day)
    tests = (
        (tested.accepts, ACCEPTS.fails),
        (tested.within_reach, f"is more than {miles} and {minutes} away"),
        (tested.in_time, f"has no appointment by {see_by:%A, %B %-d, %Y}"),
        (tested.accessible, "cannot be reached with a wheelchair, which the Member needs"),
    )
    return next((words for holds, words in tests if holds is False), "")


@dataclass(frozen=True, slots=True)
class Proof:
    """A search that was kept: where in the history, when, and what it found."""

    position: int
    at: datetime
    by: str
    search: Mapping[str, Any]

    @property
    def reference(self) -> dict[str, Any]:
        """What a decision that rests on it keeps: enough to find the very search and to see that it is unchanged."""
        left = sum(not row["against"] for row in self.search["looked"])
        return {
            "position": self.position, "at": self.at.isoformat(), "by": self.by, "sha256": self.search["sha256"],
            "looked": len(self.search["looked"]), "counted": sum(self.search["counted"].values()), "available": left,
        }  # fmt: skip


def counted_up_to(search: Mapping[str, Any]) -> float:
    """Up to which number a kept search counted those who are not told one by one; older searches counted them all."""
    return float(search.get("counted_up_to", inf))


def proof_of(before: Snapshot) -> Proof | None:
    """The last search that was kept on a referral, or none."""
    event = Event.objects.filter(referral_id=before.id, step="search").order_by("-position").first()
    if event is None or "sha256" not in event.details["search"]:
        return None
    return Proof(event.position, event.at, event.actor, event.details["search"])


def fresh_proof(before: Snapshot, now: datetime) -> Proof | None:
    """The last search, for a decision to rest on; none where nobody has searched yet. Raises Refused when too old."""
    proof = proof_of(before)
    today = now.astimezone(PACIFIC).date()
    good_for = value("access.search_good_for", today)
    if proof is not None and today > proof.at.astimezone(PACIFIC).date() + timedelta(days=good_for.number):
        raise Refused(
            f"The last search of the network is older than {good_for}, and offices fill up. Search the network again; "
            "the decision rests on the new search."
        )
    return proof


def attached(before: Snapshot) -> dict[str, Any]:
    """What a decision keeps of the search behind it: nothing where nobody has searched."""
    proof = proof_of(before)
    return {"search_proof": proof.reference} if proof else {}


@dataclass(frozen=True, slots=True)
class ForALimit:
    """What keeps a choice to the network: whom it leaves, by NPI, and what the decision keeps as proof."""

    npis: frozenset[str]
    details: Mapping[str, Any]


def search_for_a_limit(before: Snapshot, member: Member, now: datetime) -> ForALimit:
    """The proof that somebody in the network is qualified, independent, open and in reach (II.G; F17).

    It rests on the search that was kept, if one was, and on the network as it stands now in any case; a search made
    for the decision alone is kept whole with it. Raises Refused where either leaves nobody, or the kept one is old.
    """
    proof = fresh_proof(before, now)
    openings = openings_in(proof.search) if proof else {}
    found = search_for(before, member, openings, now)
    npis = frozenset(row.npi for row in found.looked if _is_shown(_fields_of(row)))
    if proof is not None:
        npis &= frozenset(row["npi"] for row in proof.search["looked"] if _is_shown(row))
    if not npis:
        raise Refused(NOBODY_IN_REACH)
    return ForALimit(npis, {"search_proof": proof.reference} if proof else {"search": found.as_details})


def openings_in(search: Mapping[str, Any]) -> dict[str, date]:
    """The first appointments that a kept search was told, by NPI."""
    return {x["npi"]: date.fromisoformat(x["first_opening"]) for x in search["looked"] if x.get("first_opening")}


def _is_shown(row: Mapping[str, Any]) -> bool:
    """Whether a professional is shown to be there for the Member, so that the choice may be kept to the network."""
    # Reading: against a Member's wish only what is known counts. The first appointment alone may still be open: it is
    # asked for when the Member chooses, and none in time opens the way outside (II.H).
    known = (row["qualified"], row["accepts"], row["within_reach"], row["accessible"])
    return not row["against"] and row["independent"] and all(known)
