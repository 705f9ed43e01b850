"""Reading a referral for a page: its history, clocks, letters and papers. Nothing here writes.

Every function takes a referral that came through `access`, so whoever reads it may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery

from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.people.models import Period
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538.edition_2024_12.section_iii import SAME_SPECIALTY
from secondopinion.policy.specialties import Level, plain_name
from secondopinion.referrals import notices
from secondopinion.referrals.change import Owed
from secondopinion.referrals.deciding import check_denial
from secondopinion.referrals.lifecycle import Refused, Step, steps_from
from secondopinion.referrals.match import candidates_for, level_of, miles_from, reachable_for, where_to
from secondopinion.referrals.models import ConsultationReport, Event, Notice, Paper, Referral, RunningClock
from secondopinion.referrals.outcomes import OFFERED, limited, named_for_a_part, parted
from secondopinion.referrals.responsible import may_decide
from secondopinion.referrals.searching import Found, search_for
from secondopinion.referrals.snapshot import COLUMNS, Snapshot
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Deny
from secondopinion.referrals.told_outcomes import GrantInPart, Limit


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
    return person.network is not None and referral.network_id not in person.networks


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
    """Everyone in the plan's networks who may give the opinion, nearest first (III.A, III.B)."""
    before = snapshot_of(referral)
    return _described(before, referral, candidates_for(before, referral.member, now), now)


def named_in_the_letter(referral: Referral, step: str, now: datetime) -> list[Candidate]:
    """Whom the letter of a limited yes would name: for a limit those in reach, for a part the nearest."""
    before = snapshot_of(referral)
    if step == Limit.step:
        able = reachable_for(before, referral.member, now)
        able = [who for who in able if who.pk == before.professional_id] or able[:OFFERED]
    else:
        able = named_for_a_part(before, now)
    return _described(before, referral, able, now)


def _described(
    before: Snapshot, referral: Referral, able: Iterable[QualifiedProfessional], now: datetime
) -> list[Candidate]:
    able, choice = list(able), where_to(before)
    networks = networks_of(able, now.astimezone(PACIFIC).date())
    compared = choice.candidates == SAME_SPECIALTY and bool(before.clinician_taxonomy)
    return [
        Candidate(
            who=who,
            specialty=plain_name(who.taxonomy),
            level=level_of(before, who) if compared else None,
            network=networks.get(who.pk) or the_plan().name,
            miles=miles_from(referral.member, who),
            speaks_the_language=referral.member.language in who.languages,
        )
        for who in able
    ]


def networks_of(professionals: Iterable[QualifiedProfessional], day: date) -> dict[UUID, str]:
    """The Health Networks through which professionals are contracted on a day, in one question."""
    contracts = Contract.objects.filter(
        Period.covering(day), professional__in=list(professionals), network__isnull=False
    ).select_related("network")
    return {c.professional_id: c.network.name for c in contracts if c.network}


def specialties_held() -> list[tuple[str, str]]:
    """The specialties of the directory: code and plain name, by name."""
    codes = QualifiedProfessional.objects.order_by().values_list("taxonomy", flat=True).distinct()
    return sorted(((code, plain_name(code)) for code in codes), key=lambda pair: pair[1])


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


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """The last search of the network as the history keeps it. `looked` are rows of `searching.Looked`."""

    at: datetime
    by: str
    looked: tuple[Mapping[str, Any], ...]


def last_search(referral: Referral) -> KeptSearch | None:
    """The last search of the network, or none."""
    event = Event.objects.filter(referral=referral, step="search").order_by("-position").first()
    return KeptSearch(event.at, event.actor, tuple(event.details["search"]["looked"])) if event else None


def search_now(referral: Referral, openings: Mapping[str, date], now: datetime) -> Found:
    """What a search would find now, before it is kept. Raises Refused while the opinion is not classified."""
    return search_for(snapshot_of(referral), referral.member, openings, now)


def outside_of(referral: Referral) -> QualifiedProfessional | None:
    """The Non-Contracted Provider that a physician agreed to, or none (II.H)."""
    return notices.professional(referral.outside_professional_id)
