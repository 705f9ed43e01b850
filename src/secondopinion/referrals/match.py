"""Who may give this opinion: the candidates of III.A and III.B, sent through the gates, and why a choice is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf, isfinite
from uuid import UUID

from secondopinion.directory.find import is_contracted, miles_between, pcp_of, professional_with
from secondopinion.directory.known import Known, codes_held, known_of, rows_of, sites_of
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.nearest import Near, Question, everywhere, nearest, unplaced
from secondopinion.people.find import member_with, network_of
from secondopinion.people.models import Member
from secondopinion.people.plan import the_plan
from secondopinion.people.prepared import Prepared
from secondopinion.policy import relevance, specialties
from secondopinion.policy.availability import Needs, Place
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gates import ACCEPTS, Held, Passed, Sought, age_on, through_the_gates
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.edition_2024_12.section_iii import RESPONSIBLE_NETWORK, SAME_SPECIALTY
from secondopinion.policy.gg1538.questions import Choice
from secondopinion.policy.specialties import Level
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.snapshot import Snapshot

CCS = "ccs"  # how a panel of California Children's Services is written in the directory
AT_THE_PLACE = frozenset({"age", "ccs"})  # gates that another place or network of the same professional may pass
ATTESTED = Prepared(lambda given: Event.objects.filter(referral=given("referral"), step="attest_training"))


@dataclass(frozen=True, slots=True)
class Looking:
    """What is looked for, and everything about the referral that the gates ask.

    `codes` are those that fit, the nearest level first; None where no specialty is compared. `networks`: see
    `nearest.Question`; `widened` says that III.A would look in fewer. `wider` are the codes that fit only somebody
    for whom a Medical Director has attested, and `attested` are those for whom one has.
    """

    before: Snapshot
    member: Member
    day: date
    going: Choice
    sought: Sought
    needs: Needs
    codes: Mapping[str, Level | None]
    wider: Mapping[str, Level | None]
    networks: frozenset[UUID | None] | None
    widened: bool
    home: Place | None
    questioned: QualifiedProfessional | None
    questioned_sites: frozenset[int]
    gave: frozenset[UUID]
    pcp: UUID | None
    attested: frozenset[UUID]

    def question(
        self, codes: Iterable[str], miles: float, most: int, *, language: str = "", outside: bool = False
    ) -> Question:
        """The question to the directory. The Member's home must be placed."""
        home = self.home or Place(0, 0)
        return Question(
            self.day, home.latitude, home.longitude, tuple(codes), self.networks, outside, miles, most, language
        )


@dataclass(frozen=True, slots=True)
class Considered:
    """One professional who was looked at: at which place, what is known, and how the gates were passed.

    `ties` complete the sentence “This professional …”: what is shared with the clinician questioned (F19).
    """

    near: Near
    known: Known
    held: Held
    passed: Passed
    ties: tuple[str, ...]

    @property
    def miles(self) -> float | None:
        """Miles from the Member's home; None: not known."""
        return self.near.miles if isfinite(self.near.miles) else None

    @property
    def accepts(self) -> bool | None:
        """Whether new Members are taken there."""
        return self.held.accepts


def looking_for(
    before: Snapshot, member: Member, now: datetime, *, widen: bool = False, specialty: str = ""
) -> Looking:
    """What is looked for today. `widen`: III.A in the whole plan. `specialty`: a code the Member asks for in III.A.

    Raises Refused while nobody has said what kind of opinion it is.
    """
    day, going = now.astimezone(PACIFIC).date(), where_to(before)
    narrow = going.within == RESPONSIBLE_NETWORK and not widen
    network = network_of(member, day) if narrow else None
    codes, wider = _codes(before, going, day, specialty)
    pcp = pcp_of(member.pk, day) if going.clause == "III.A" else None
    placed = member.latitude is not None and member.longitude is not None
    return Looking(
        before=before, member=member, day=day, going=going, codes=codes, wider=wider,
        sought=Sought(
            age=age_on(member.birth_date, day), ccs=member.has_ccs_condition,
            specialists_only=going.candidates == SAME_SPECIALTY, same_license=going.same_license,
            excludes_pcp=going.clause == "III.A",
        ),
        needs=Needs(member.language, member.needs_wheelchair_access),
        networks=frozenset({network.pk if network else None}) if narrow else None,
        widened=going.within == RESPONSIBLE_NETWORK and widen,
        home=Place(member.latitude, member.longitude) if placed else None,  # type: ignore[arg-type]
        questioned=professional_with(before.clinician_id),
        questioned_sites=sites_of(before.clinician_id, day) if before.clinician_id else frozenset(),
        gave=frozenset(gave_an_opinion(before, going)), pcp=pcp.pk if pcp else None, attested=attested_for(before),
    )  # fmt: skip


def where_to(before: Snapshot) -> Choice:
    """Where the policy lets the Member go, from the recorded answers."""
    return questions.where_may_the_member_go(before.edition_in_force, before.asked, before.answers)


def gave_an_opinion(before: Snapshot, going: Choice) -> set[UUID]:
    """Who has seen the Member for an earlier opinion: none of them may give the next one (II.D, II.I)."""
    if questions.GAVE_SECOND_OPINION not in going.excludes:
        return set()
    seen = Referral.objects.filter(member_id=before.member_id, visited_on__isnull=False, professional__isnull=False)
    return set(seen.exclude(pk=before.id).values_list("professional_id", flat=True))


def attested_for(before: Snapshot) -> frozenset[UUID]:
    """The professionals for whom a Medical Director has attested training and expertise on this referral (E3)."""
    told = ATTESTED.all(referral=before.id)
    return frozenset(UUID(event.details["professional_id"]) for event in told)


def _codes(
    before: Snapshot, going: Choice, day: date, specialty: str
) -> tuple[dict[str, Level | None], dict[str, Level | None]]:
    """The codes that fit, and those that fit only with an attestation."""
    plan, index = the_plan().name, before.clinician_taxonomy
    if going.candidates == SAME_SPECIALTY:
        if not index:
            # Nobody knows the specialty questioned: those with the background for the condition, else any specialist.
            related = specialties_related(before, day)
            return dict.fromkeys(related or specialties.specialist_codes()), {}
        families = relevance.families_of(before.condition_code)
        fits = specialties.codes_that_fit(index, families, day, plan=plan, held=codes_held((index[:4],)))
        codes: dict[str, Level | None] = {code: level for code, level in fits.items() if level <= Level.E2}
        return codes, {code: level for code, level in fits.items() if level is Level.E3}
    if going.same_license:
        begins = specialties.license_prefixes(index) if index else ()
        known = (c for c in specialties.codes_known() if begins and c.startswith(begins))
        return dict.fromkeys((*known, *codes_held(begins))), {}
    primary = specialties.primary_care_codes(codes_held(specialties.primary_care_families()))
    asked_for = (specialty,) if specialty else ()
    return dict.fromkeys((*primary, *relevance.related_specialties(before.condition_code, day, plan), *asked_for)), {}


def specialties_related(before: Snapshot, day: date) -> list[str]:
    """The codes of Specialist Physicians with the background for the condition."""
    related = relevance.related_specialties(before.condition_code, day, the_plan().name)
    return [code for code in related if specialties.is_physician(code)]


def within(looking: Looking, codes: Iterable[str], miles: float, most: int, *, language: str = "") -> tuple[Near, ...]:
    """Who bears one of the codes, nearest first, at most `most`; those whose place nobody knows come last."""
    codes = tuple(codes)
    if looking.home is None:
        found = everywhere(looking.day, codes, looking.networks, most=most)
        return tuple(near for near in found if not language or language in near.languages)
    question = looking.question(codes, miles, most, language=language)
    placed = nearest(question)
    if len(placed) == most:
        return placed
    seen = {near.professional_id for near in placed}
    others = unplaced(replace(question, leaving_out=question.leaving_out | seen, most=most - len(placed)))
    return (*placed, *others)


def consider(looking: Looking, nears: Iterable[Near]) -> list[Considered]:
    """Send everybody through the gates, with what is known of each on the day. A handful of statements."""
    once = {near.professional_id: near for near in reversed(tuple(nears))}
    known = known_of(once, looking.day)
    found = {key: _through(looking, near, known[key]) for key, near in once.items() if key in known}
    # One place may turn a Member away whom another takes: look at the other places of those refused for that alone.
    again = [
        key for key, x in found.items()
        if x.accepts is False or (x.passed.refused_by is not None and x.passed.refused_by.name in AT_THE_PLACE)
    ]  # fmt: skip
    for near in _other_rows(looking, again, once):
        other = _through(looking, near, known[near.professional_id])
        if _better(other, found[near.professional_id]):
            found[near.professional_id] = other
    return [found[key] for key in reversed(once) if key in found]


def _better(one: Considered, other: Considered) -> bool:
    """Whether one place serves where the other does not, or serves as well and is nearer."""

    def serves(x: Considered) -> tuple[bool, bool]:
        return x.passed.refused_by is None, x.accepts is not False

    return serves(one) > serves(other) or (serves(one) == serves(other) and one.near.miles < other.near.miles)


def _other_rows(looking: Looking, again: Sequence[UUID], once: Mapping[UUID, Near]) -> list[Near]:
    if not again:
        return []
    home, rows = looking.home, []
    for near, latitude, longitude in rows_of(again, looking.codes, looking.networks, looking.day):
        miles = inf
        if home is not None and latitude is not None and longitude is not None:
            miles = miles_between(home.latitude, home.longitude, latitude, longitude)
        if near.site_id != once[near.professional_id].site_id or near != once[near.professional_id]:
            rows.append(replace(near, miles=miles))
    return rows


def _through(looking: Looking, near: Near, known: Known, *, contracted: bool = True) -> Considered:
    """One professional at one place."""
    who, index = known.who, looking.before.clinician_taxonomy
    borne = {near.code, who.taxonomy, *who.other_taxonomies} - {""}
    levels = {code: level for code in borne if (level := _level_of(looking, code)) is not None}
    level = min(levels.values(), default=Level.E4) if looking.sought.specialists_only and index else None
    fitting = [code for code in borne if level is None or levels.get(code) == level] or borne
    related = {
        relevance.is_related(code, looking.before.condition_code, looking.day, the_plan().name) for code in borne
    }
    held = Held(
        licensed=known.licensed, npi_is_alive=known.npi_is_alive, contracted=contracted, excluded=known.excluded,
        accepts=near.accepts, age_from=near.age_from, age_to=near.age_to,
        panel_is_ccs=None if not near.panel else CCS in near.panel.casefold(),
        is_questioned=who.pk == looking.before.clinician_id, gave_an_opinion=who.pk in looking.gave,
        is_the_pcp=who.pk == looking.pcp, is_physician=any(specialties.is_physician(code) for code in fitting),
        serves_as_pcp=who.serves_as_pcp,
        has_same_license=any(specialties.is_same_license(index, code) for code in borne) if index else None,
        level=level, related=True if True in related else None if None in related else False,
        attested=who.pk in looking.attested,
    )  # fmt: skip
    return Considered(near, known, held, through_the_gates(held, looking.sought), ties_between(looking, near, who))


def _level_of(looking: Looking, code: str) -> Level | None:
    level = looking.codes.get(code)
    return looking.wider.get(code) if level is None else level


def ties_between(looking: Looking, near: Near, who: QualifiedProfessional) -> tuple[str, ...]:
    """What a professional shares with the clinician questioned: practice or group, and place (F19)."""
    questioned = looking.questioned
    if questioned is None or questioned.pk == who.pk:
        return ()
    ties = []
    if who.group_tax_id and who.group_tax_id == questioned.group_tax_id:
        ties.append("is paid through the same practice as the clinician questioned")
    elif who.group_name and who.group_name.casefold() == questioned.group_name.casefold():
        ties.append("works in the same group as the clinician questioned")
    if near.site_id is None:
        same_place = who.address and _place(who) == _place(questioned)
    else:
        same_place = near.site_id in looking.questioned_sites
    if same_place:
        ties.append("works at the same place as the clinician questioned")
    return tuple(ties)


def _place(who: QualifiedProfessional) -> tuple[str, str]:
    return who.address.casefold(), who.zip_code[:5]


def one(before: Snapshot, who: QualifiedProfessional, now: datetime) -> tuple[Looking, Considered]:
    """One professional by the gates, whoever asks for one: in any network of the plan, or in none.

    Raises Refused while nobody has said what kind of opinion it is.
    """
    member = member_with(before.member_id)
    if member is None:
        raise Refused("The Member of this referral cannot be seen from here. Ask the entity that decides it.")
    looking = looking_for(before, member, now, widen=True)
    contracted = is_contracted(who, looking.day)
    known = known_of([who.pk], looking.day)[who.pk]
    codes = (who.taxonomy, *who.other_taxonomies, *looking.codes)
    rows = [near for near, _, _ in rows_of([who.pk], codes, None, looking.day)] if contracted else []
    # Who is entered by hand and was not made into candidates yet is taken as the entry stands.
    own = Near(who.pk, None, who.taxonomy, miles_or_inf(member, who), who.accepts_new_members, "", None, None,
               tuple(who.languages), None)  # fmt: skip
    places = [_through(looking, near, known, contracted=contracted) for near in rows or [own]]
    best = places[0]
    for place in places[1:]:
        best = place if _better(place, best) else best
    return looking, best


def why_not(before: Snapshot, who: QualifiedProfessional, now: datetime) -> str:
    """Why this professional may not give the opinion, in a sentence; empty when nothing speaks against it."""
    return judged(before, who, now)[0]


def judged(before: Snapshot, who: QualifiedProfessional, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Why this professional may not give the opinion (empty: may), and the ties to the clinician questioned."""
    looking, found = one(before, who, now)
    if who.pk == before.outside_professional_id:
        return refusal_of(replace(found.held, contracted=True), looking.sought), found.ties
    against = refusal_of(found.held, looking.sought)
    if not against and found.accepts is False:
        against = f"This professional {ACCEPTS.fails}. {ACCEPTS.instead}"
    return against, found.ties


def unfit(before: Snapshot, who: QualifiedProfessional, now: datetime) -> str:
    """Why this professional may not give the opinion, whatever the contract; empty when nothing speaks against it."""
    looking, found = one(before, who, now)
    return refusal_of(replace(found.held, contracted=True), looking.sought)


def refusal_of(held: Held, sought: Sought) -> str:
    """The sentence in which a step is refused: the gate, and what to do instead; empty: no gate refuses."""
    passed = through_the_gates(held, sought)
    return f"This professional {passed.against}. {passed.refused_by.instead}" if passed.refused_by else ""


def miles_or_inf(member: Member, who: QualifiedProfessional) -> float:
    """Miles from the Member's home to the address of the entry; infinite where a place is not known."""
    if member.latitude is None or member.longitude is None or who.latitude is None or who.longitude is None:
        return inf
    return miles_between(member.latitude, member.longitude, who.latitude, who.longitude)
