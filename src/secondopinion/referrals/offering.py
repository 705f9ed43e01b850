"""The Member's list: who may give the opinion, in which order, and why each one stands where he or she stands.

The order is the Member's own interest, one thing after another: the same specialty before an equivalent one, nobody
tied to the clinician questioned before somebody who is, lately confirmed before stale, the Member's language before
another, near before far. `why` says these five things in that order, so that the words explain the place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from secondopinion.directory.known import Spot, spots_of
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.nearest import MOST_COUNTED, Near, Question, how_many, how_many_besides, how_many_unplaced
from secondopinion.directory.verifying import fresh_within, open_tasks
from secondopinion.people.models import Member
from secondopinion.people.prepared import Prepared
from secondopinion.policy.availability import Place, Travel, speaks
from secondopinion.policy.gates import ACCEPTS
from secondopinion.policy.parameters import value
from secondopinion.policy.specialties import SAME, Level, plain_name
from secondopinion.referrals.match import Considered, Looking, consider, looking_for, within
from secondopinion.referrals.models import Event
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.travelling import travel_time

MOST_LOOKED_AT = 2000  # professionals sent through the gates for one list, however many of them fail
ONLY_WIDER = "has only the wider specialty, and no Medical Director has attested the training"
FURTHER_DOWN = "stands further down than the list reaches"
MORE_THAN = "more than {count}"
LAST_SEARCH = Prepared(
    lambda given: Event.objects.filter(referral=given("referral"), step="search").order_by("-position")[:1]
)
OTHER_NETWORK = "belongs to another Health Network of the plan, where the Member may look too (III.A)"


@dataclass(frozen=True, slots=True)
class Offer:
    """One professional on the Member's list, and why, in words. None: not known.

    `level` is None where no specialty is compared (III.A). `ties` are sentences about what the professional shares
    with the clinician questioned; the Member may choose one so tied knowingly. `why` holds the reasons in the order
    in which they decide the rank. `minutes` is an estimate unless `minutes_are_known`. `doubts` are sentences about
    what the gates could not find out.
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
    specialty: str = ""
    minutes_are_known: bool = False
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """The list, and what is not on it: how many were considered, and how many each gate kept off, by its sentence.

    `considered` is the number of offers and of all those left out together. `wider_network`: how many more there are
    in the plan's other networks, where III.A looks only in one of them first. A number above `MOST_COUNTED` says only
    that there are more (`number_in_words`).
    """

    offers: tuple[Offer, ...]
    considered: int
    left_out: Mapping[str, int]
    most_miles: float
    widened: bool
    wider_network: int = 0


Rank = tuple[int, bool, bool, int, float, str, str]


def rank(offer: Offer) -> Rank:
    """The place of an offer among others, from the very things that `why` tells; names settle what is left."""
    nearness = 0 if offer.level is None or offer.level in SAME else int(offer.level)
    tongue = {True: 0, None: 1, False: 2}[offer.speaks]
    miles = float("inf") if offer.miles is None else offer.miles
    return nearness, bool(offer.ties), offer.stale, tongue, miles, offer.who.last_name, offer.who.npi


def offers_for(
    before: Snapshot,
    member: Member,
    now: datetime,
    *,
    most: int = 60,
    widen: bool = False,
    miles: float | None = None,
    specialty: str = "",
) -> Offered:
    """Whom the Member may choose, best first, at most `most` of them.

    `widen` looks in the whole plan where III.A would look in the network of the entity that answers for the Member
    first; it looks there by itself when nobody is found in that network. `miles`: how far to look from the Member's
    home; without it, as far as the plan's dated value says. `specialty`: a code the Member asks for besides (III.A).
    Raises Refused while nobody has said what kind of opinion it is.
    """
    looking = looking_for(before, member, now, widen=widen, specialty=specialty)
    found = _offered(looking, most, miles)
    if not found.offers and looking.networks is not None:
        # Reading: a network in which nobody can give the opinion is no place to keep the Member in (III.A, II.H).
        wide = replace(looking, networks=None, widened=True)
        return _offered(wide, most, miles)
    return found


def _offered(looking: Looking, most: int, miles: float | None) -> Offered:
    reach = float(value("access.offered_within", looking.day).number) if miles is None else miles
    looked_at = _pool(looking, reach, most)
    left_out: Counter[str] = Counter()
    able = []
    for each in looked_at:
        against = each.passed.against or (ACCEPTS.fails if each.accepts is False else "")
        if against:
            left_out[sentence(against)] += 1
        else:
            able.append(each)
    offers = sorted(_described(looking, able), key=rank)
    left_out[sentence(FURTHER_DOWN)] += max(0, len(offers) - most)
    counted = 0
    if looking.home is not None:
        near = looking.question(looking.codes, reach, 1)
        left_out[sentence(FURTHER_DOWN)] += not_looked_at(near, [each.miles for each in looked_at])
        if looking.wider:
            seen = frozenset(each.near.professional_id for each in looked_at)
            wider = replace(near, codes=tuple(looking.wider), leaving_out=seen)
            left_out[sentence(ONLY_WIDER)] += how_many_besides(wider, near)
        if looking.networks is not None:
            counted = how_many_besides(replace(near, networks=None), near)
    return Offered(
        offers=tuple(offers[:most]), considered=min(len(offers), most) + left_out.total(), left_out=dict(+left_out),
        most_miles=reach, widened=looking.widened, wider_network=counted,
    )  # fmt: skip


def not_looked_at(near: Question, looked_at: Sequence[float | None]) -> int:
    """How many are within the limits of a question, or nobody knows where, besides those looked at, given as miles."""
    placed = sum(miles is not None for miles in looked_at)
    unplaced = len(looked_at) - placed
    more = max(0, how_many(near, placed + MOST_COUNTED) - placed)
    if more > MOST_COUNTED:
        return more
    return more + max(0, how_many_unplaced(near, unplaced + MOST_COUNTED) - unplaced)


def _pool(looking: Looking, reach: float, most: int) -> list[Considered]:
    """Those who are looked at: of the same specialty the nearest, then of equivalent ones, each until enough can.

    Of each kind, those who speak the Member's language are looked for besides, however many are nearer.
    """
    # Reading: the same specialty is filled first and by itself, so that no equivalent one ever takes its place (7.3).
    kinds = (
        [code for code, level in looking.codes.items() if level is None or level in SAME],
        [code for code, level in looking.codes.items() if level is Level.E2],
    )
    found: dict[UUID, Considered] = {}
    for codes in kinds:
        ask = most
        while codes:
            near = within(looking, codes, reach, ask)
            new = [n for n in near if n.professional_id not in found]
            found |= {each.near.professional_id: each for each in consider(looking, new)}
            able = sum(_can(found[n.professional_id]) for n in near if n.professional_id in found)
            if len(near) < ask or able >= most or len(found) >= MOST_LOOKED_AT:
                break
            ask *= 3
        if codes and looking.needs.language != "en":
            tongue = within(looking, codes, reach, most, language=looking.needs.language)
            new = [n for n in tongue if n.professional_id not in found]
            found |= {each.near.professional_id: each for each in consider(looking, new)}
    if looking.wider and looking.attested:
        attested = within(looking, looking.wider, reach, MOST_LOOKED_AT)
        vouched = [n for n in attested if n.professional_id in looking.attested and n.professional_id not in found]
        found |= {each.near.professional_id: each for each in consider(looking, vouched)}
    return list(found.values())


def _can(each: Considered) -> bool:
    return not each.passed.against and each.accepts is not False


def ways_to(looking: Looking, nears: Iterable[Near], spots: Mapping[UUID, Spot]) -> dict[UUID, Travel]:
    """How long the way to each takes, from the plan's source of travel times, or estimated; asked all at once."""
    if looking.home is None:
        return {}
    going = []
    for near in nears:
        spot = spots[near.professional_id]
        if spot.latitude is not None and spot.longitude is not None and near.miles != float("inf"):
            going.append((near, Place(spot.latitude, spot.longitude)))
    ways = travel_time().ways(
        looking.home, [place for _, place in going], [near.miles for near, _ in going], looking.day
    )
    return {near.professional_id: way for (near, _), way in zip(going, ways, strict=True) if way is not None}


def _described(looking: Looking, able: list[Considered]) -> list[Offer]:
    """The offers, each in words."""
    nears = [each.near for each in able]
    spots = spots_of(nears, {each.near.professional_id: each.known for each in able}, looking.day)
    ways = ways_to(looking, nears, spots)
    openings = last_openings(looking.before)
    oldest, doubted = fresh_within(looking.day).number, open_tasks(each.known.who.pk for each in able)
    offers = []
    for each in able:
        who, near = each.known.who, each.near
        spot, way = spots[who.pk], ways.get(who.pk)
        confirmed = each.known.verified_on
        old = confirmed is None or (looking.day - confirmed).days > oldest
        checked = _checked(confirmed, old=old, doubted=who.pk in doubted)
        languages = near.languages or tuple(who.languages)
        tongue = speaks(looking.needs, languages)
        specialty = plain_name(_code_shown(looking, each))
        offers.append(
            Offer(
                who=who, address_lines=spot.address_lines, phone=spot.phone, latitude=spot.latitude,
                longitude=spot.longitude, level=each.held.level, miles=each.miles,
                minutes=way.minutes if way else None, languages=languages, speaks=tongue, accessible=near.accessible,
                accepts=each.accepts, ties=tuple(sentence(tie) for tie in each.ties), verified_on=confirmed,
                stale=old or who.pk in doubted, next_opening=openings.get(who.npi), specialty=specialty,
                minutes_are_known=way is not None and not way.is_estimate,
                doubts=tuple(sentence(gate.unknown) for gate in each.passed.open if gate.unknown),
                why=reasons(specialty, each, checked, tongue),
            )
        )  # fmt: skip
    return offers


def _code_shown(looking: Looking, each: Considered) -> str:
    """The code by which the professional is on the list: the nearest of those borne, the first one where it is."""
    who = each.known.who
    if each.held.level is None:
        return who.taxonomy if who.taxonomy in looking.codes else each.near.code
    levels = {**looking.wider, **looking.codes}
    borne = (who.taxonomy, *who.other_taxonomies, each.near.code)
    return next((code for code in borne if levels.get(code) == each.held.level), each.near.code)


def last_openings(before: Snapshot) -> dict[str, date]:
    """The first appointments that offices gave at the last search, by NPI."""
    last = LAST_SEARCH.first(referral=before.id)
    looked = last.details.get("search", {}).get("looked", ()) if last else ()
    return {x["npi"]: date.fromisoformat(x["first_opening"]) for x in looked if x.get("first_opening")}


def number_in_words(number: int, up_to: float = MOST_COUNTED, more_than: str = MORE_THAN) -> str:
    """How many professionals, as far as they were counted: `more than 1,000` above `up_to`. `more_than`: these words
    in the reader's language."""
    return more_than.format(count=f"{up_to:,.0f}") if number > up_to else f"{number:,}"


def by_number(
    counted: Mapping[str, int], up_to: float = MOST_COUNTED, more_than: str = MORE_THAN
) -> list[tuple[str, str]]:
    """Those who are not told one by one: the reason and how many in words, the most first."""
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(reason, number_in_words(number, up_to, more_than)) for reason, number in ordered]


def sentence(phrase: str) -> str:
    """A phrase that follows “This professional”, as a sentence of its own."""
    return f"{phrase[:1].upper()}{phrase[1:]}."


def reasons(specialty: str, each: Considered, checked: str, tongue: bool | None) -> tuple[str, str, str, str, str]:
    """The five sentences that explain a place on the list, in the order in which they decide it."""
    field = {
        None: "Has the training for this opinion",
        Level.E0: "Has the same specialty",
        Level.E1: "Has the same specialty, in a narrower field",
        Level.E2: "Has an equivalent specialty",
        Level.E3: "Has the wider specialty, and a Medical Director vouches for the training",
        Level.E4: "Has another specialty",
    }[each.held.level]
    tied = " ".join(sentence(tie) for tie in each.ties)
    spoken = {
        True: "Speaks the Member’s language.",
        None: "The languages spoken there are not known; an interpreter is free.",
        False: "Does not speak the Member’s language; an interpreter is free.",
    }[tongue]
    place = "How far away is not known." if each.miles is None else f"Is about {each.miles:.1f} miles from home."
    return (
        f"{field}: {specialty}.",
        tied or "Shares no group and no office with the clinician questioned, as far as is known.",
        checked,
        spoken,
        place,
    )


def _checked(confirmed: date | None, *, old: bool, doubted: bool) -> str:
    """When a person last confirmed the entry, or why somebody should call before the Member goes there (F24)."""
    if doubted:
        return "An office said that this entry may be wrong, and nobody has settled it yet: call first."
    if confirmed is None:
        return "Nobody has checked this entry yet: call first."
    if old:
        return f"This entry was last checked long ago, on {confirmed:%B %-d, %Y}: call first."
    return f"This entry was last checked on {confirmed:%B %-d, %Y}."


def candidates_for(before: Snapshot, member: Member, now: datetime, *, most: int = 60) -> list[QualifiedProfessional]:
    """Who stands on the Member's list, in its order."""
    return [offer.who for offer in offers_for(before, member, now, most=most).offers]
