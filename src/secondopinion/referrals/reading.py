"""Reading a referral for a page: its history, clocks, letters and papers. Nothing here writes.

Every function takes a referral that came through `access`, so whoever reads it may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery

from secondopinion.directory.known import codes_borne
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.people.models import Period
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.people.prepared import OneOf, Prepared
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.specialties import Level, plain_name
from secondopinion.referrals import notices
from secondopinion.referrals.change import Owed
from secondopinion.referrals.deciding import check_denial
from secondopinion.referrals.lifecycle import Refused, Step, steps_from
from secondopinion.referrals.models import ConsultationReport, Event, Notice, Paper, Referral, RunningClock
from secondopinion.referrals.offering import Offer, offers_for
from secondopinion.referrals.outcomes import OFFERED, in_reach, limited, named_for_a_part, parted
from secondopinion.referrals.responsible import may_decide
from secondopinion.referrals.searching import Found, Proof, proof_of, search_for, search_for_a_limit
from secondopinion.referrals.snapshot import COLUMNS, Snapshot
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Deny
from secondopinion.referrals.told_outcomes import GrantInPart, Limit

LAST = Prepared(
    lambda given: Event.objects.filter(OneOf("step", given("steps")), referral=given("referral")).order_by("-position")[
        :1
    ]
)


@dataclass(frozen=True, slots=True)
class Given:
    """Who gave an answer, and when."""

    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A professional who may give the opinion, and why: the nearness of the specialty and of the place."""

    who: QualifiedProfessional
    specialty: str
    level: Level | None  # None: III.A sets no specialty
    network: str
    miles: float | None
    speaks_the_language: bool


def snapshot_of(referral: Referral) -> Snapshot:
    """The referral as the policy reads it."""
    return Snapshot(**{name: getattr(referral, name) for name in COLUMNS})


def is_honoured(referral: Referral, person: Person) -> bool:
    """Is this another network's referral, which the person may read because the Member is with theirs today?"""
    return person.only_honours(referral.network_id)


def steps_for(referral: Referral, person: Person, now: datetime) -> tuple[Step, ...]:
    """The steps this person may take now: by state, by role, and by who decides. None on another network's referral."""
    if is_honoured(referral, person):
        return ()
    table = steps_from(State(referral.state), person.roles)
    decides = may_decide(referral, person, now)
    return tuple(s for s in table if decides or not s.decider_only)


def events_of(referral: Referral) -> list[Event]:
    """The history, oldest first."""
    return list(Event.objects.filter(referral=referral).order_by("position"))


def last_of(referral: Referral, steps: Iterable[str]) -> Event | None:
    """The last event of the referral that is one of these steps, or none."""
    return LAST.first(referral=referral.pk, steps=list(steps))


def clocks_of(referral: Referral) -> list[RunningClock]:
    """Every clock that was ever started on the referral, earliest due first."""
    return list(RunningClock.objects.filter(referral=referral).order_by("due_at", "rule"))


def notices_of(referral: Referral) -> list[Notice]:
    """What was owed in writing, in the order it was owed, without the letters' bytes.

    `postmarked_on` is the first postmark of the letter, `lost` whether it came back or was not carried, and was not
    sent again since.
    """
    found = Notice.objects.filter(referral=referral).select_related("letter").defer("letter__pdf", "letter__data")
    sent = Mailing.objects.filter(letter=OuterRef("letter")).exclude(carrier=By.PORTAL)
    ended = Q(stands__in=(Stands.FAILED, Stands.RETURNED))
    first = sent.filter(postmarked_on__isnull=False).order_by("postmarked_on").values("postmarked_on")[:1]
    found = found.annotate(
        postmarked_on=Subquery(first), lost=Exists(sent.filter(ended)) & ~Exists(sent.exclude(ended))
    )
    return list(found.order_by("position", "id"))


def letter_of(referral: Referral, letter_id: UUID) -> Letter:
    """One letter of the referral. Raises Refused."""
    found = Letter.objects.filter(pk=letter_id, notice__referral=referral).first()
    if found is None:
        raise Refused("There is no such letter on this referral. Open it from the referral's page.")
    return found


def papers_of(referral: Referral) -> list[Paper]:
    """The papers that came with the referral, without their bytes."""
    return list(Paper.objects.filter(referral=referral).defer("content").order_by("added_at", "id"))


def paper_of(referral: Referral, paper_id: UUID) -> Paper:
    """One paper of the referral. Raises Refused."""
    found = Paper.objects.filter(pk=paper_id, referral=referral).first()
    if found is None:
        raise Refused("There is no such paper on this referral. Open it from the referral's page.")
    return found


def report_of(referral: Referral) -> ConsultationReport | None:
    """The consultation report, once it has come."""
    found = ConsultationReport.objects.filter(referral=referral).select_related("paper").defer("paper__content")
    return found.first()


def pcp_of(referral: Referral, now: datetime) -> QualifiedProfessional | None:
    """The Member's PCP on the day."""
    return notices.pcp_of(snapshot_of(referral), now)


def answers_given(events: Iterable[Event]) -> dict[str, Given]:
    """Who last gave each answer, by fact."""
    given: dict[str, Given] = {}
    for event in events:
        for fact in event.details.get("answers") or ():
            given[fact] = Given(event.actor, event.at)
    return given


def candidates_of(referral: Referral, now: datetime) -> list[Candidate]:
    """Everyone on the Member's list, in its order (III.A, III.B)."""
    offers = offers_for(snapshot_of(referral), referral.member, now).offers
    return _described(offers, now)


def named_in_the_letter(referral: Referral, step: str, now: datetime) -> list[Candidate]:
    """Whom the letter of a limited yes would name: for a limit those in reach, for a part the nearest."""
    before = snapshot_of(referral)
    if step == Limit.step:
        try:
            npis = search_for_a_limit(before, referral.member, now).npis
        except Refused:
            return []  # signing says why
        able = in_reach(before, referral.member, npis, now)
        able = [offer for offer in able if offer.who.pk == before.professional_id] or able[:OFFERED]
    else:
        named = named_for_a_part(before, now)
        able = [o for o in offers_for(before, referral.member, now, most=OFFERED).offers if o.who in named]
    return _described(able, now)


def _described(offers: Iterable[Offer], now: datetime) -> list[Candidate]:
    offers = list(offers)
    networks = networks_of([offer.who for offer in offers], now.astimezone(PACIFIC).date())
    return [
        Candidate(
            who=offer.who,
            specialty=offer.specialty,
            level=offer.level,
            network=networks.get(offer.who.pk) or the_plan().name,
            miles=offer.miles,
            speaks_the_language=offer.speaks is True,
        )
        for offer in offers
    ]


def networks_of(professionals: Iterable[QualifiedProfessional], day: date) -> dict[UUID, str]:
    """The Health Networks through which professionals are contracted on a day, in one question."""
    contracts = Contract.objects.filter(
        Period.covering(day), professional__in=list(professionals), network__isnull=False
    ).select_related("network")
    return {c.professional_id: c.network.name for c in contracts if c.network}


def specialties_held() -> list[tuple[str, str]]:
    """The specialties of the directory: code and plain name, by name."""
    return sorted(((code, plain_name(code)) for code in codes_borne()), key=lambda pair: pair[1])


def names_of(npis: Iterable[str]) -> dict[str, str]:
    """The names behind the numbers that a history holds."""
    wanted = set(npis)
    return {who.npi: who.full_name for who in QualifiedProfessional.objects.filter(npi__in=wanted)} if wanted else {}


def denial_drafts(before: Snapshot, told: Deny, person: Person, now: datetime) -> tuple[Frozen, ...]:
    """The letters that this denial would owe, frozen as signing would freeze them; the Member's first.

    Raises Refused or Incomplete as the signing itself would.
    """
    check_denial(before, told)
    owed = [Owed(*letter) for letter in notices.denial(before, told, person, now)]
    return tuple(freeze(o.kind, before.program, o.language, o.data) for o in owed)


def modification_drafts(
    before: Snapshot, told: Limit | GrantInPart, person: Person, now: datetime
) -> tuple[Frozen, ...]:
    """The letters that this limited yes would owe, frozen as signing would freeze them; the Member's first.

    Raises Refused or Incomplete as the signing itself would.
    """
    made = limited(before, told, person, now) if isinstance(told, Limit) else parted(before, told, person, now)
    owed = [Owed(*letter) for letter in made.letters]
    return tuple(freeze(o.kind, before.program, o.language, o.data) for o in owed)


def suspected(referral: Referral) -> Referral | None:
    """The earlier referral whose decision this request may appeal, or none."""
    return Referral.objects.filter(pk=referral.maybe_appeal_of_id).first() if referral.maybe_appeal_of_id else None


def last_search(referral: Referral) -> Proof | None:
    """The last search of the network as the history keeps it, or none."""
    return proof_of(snapshot_of(referral))


def search_now(referral: Referral, openings: Mapping[str, date], now: datetime) -> Found:
    """What a search would find now, before it is kept. Raises Refused while the opinion is not classified."""
    return search_for(snapshot_of(referral), referral.member, openings, now)


def outside_of(referral: Referral) -> QualifiedProfessional | None:
    """The Non-Contracted Provider that a physician agreed to, or none (II.H)."""
    return notices.professional(referral.outside_professional_id)
