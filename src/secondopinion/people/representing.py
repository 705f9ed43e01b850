"""Who may act for a Member, on that day and for that: recorded with its paper, ended by another row.

Medi-Cal: whoever a competent Member appointed in writing, for what the paper names. OneCare: whoever has legal
authority for health decisions; an appointment on Medicare's form is taken as well. A parent or guardian of a minor,
but for care that the minor may consent to alone (glossary; 45 CFR 164.502(g); HH.3009).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from secondopinion.people.find import member_with, representatives_of
from secondopinion.people.kept.kinds import Kind
from secondopinion.people.kept.taking import examined
from secondopinion.people.models import AuthorizedRepresentative, Member
from secondopinion.people.models_representing import RepresentativeEnd, RepresentativePaper, Scope
from secondopinion.people.person import Person
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.policy.privacy import Authority, Segment, is_hidden_from, is_of_age, years_from

PAPERS = (Kind.PDF, Kind.JPEG, Kind.PNG, Kind.TIFF)
LARGEST = 10 * 1024 * 1024  # bytes of a paper
LONGEST = 300  # characters of a reason

Basis = AuthorizedRepresentative.Basis
AUTHORITY = {
    Basis.APPOINTMENT: Authority.IN_WRITING,
    Basis.MEDICARE_FORM: Authority.IN_WRITING,
    Basis.POWER_OF_ATTORNEY: Authority.LEGAL,
    Basis.COURT_ORDER: Authority.LEGAL,
    Basis.SURROGATE: Authority.LEGAL,
    Basis.PARENT: Authority.PARENT,
    Basis.GUARDIAN: Authority.PARENT,
}


class NotAnAuthority(ValueError):
    """An authority, or an end of one, that cannot be recorded as it was told: the sentences say what is missing."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody at the desk says of a representative, with the paper. `signed_on`: the paper's own day."""

    name: str
    basis: str
    scopes: tuple[str, ...]
    signed_on: date | None
    from_on: date | None
    to_on: date | None
    phone: str
    address: str
    paper_name: str
    paper: bytes


def record(
    member: Member, told: Told, programs: Collection[str], *, person: Person, now: datetime
) -> AuthorizedRepresentative:
    """Record an authority with its paper. Raises NotAnAuthority with all that is missing, or NotTaken for the paper."""
    today = now.astimezone(PACIFIC).date()
    lacking = missing(member, told, programs, today)
    if lacking:
        raise NotAnAuthority(lacking)
    kind = examined(told.paper, PAPERS, largest=LARGEST)
    authority = AUTHORITY[Basis(told.basis)]
    assert told.signed_on is not None
    with transaction.atomic():
        made = AuthorizedRepresentative.objects.create(
            member=member, name=" ".join(told.name.split()), authority=authority.value, basis=told.basis,
            scopes=list(told.scopes) if authority is Authority.IN_WRITING else [s.value for s in Scope],
            evidence=f"{Basis(told.basis).label}, signed {told.signed_on.isoformat()}, kept here",
            signed_on=told.signed_on, from_on=told.from_on or told.signed_on, to_on=last_day(told, programs),
            phone=told.phone.strip(), address=told.address.strip(), recorded_at=now, recorded_by=person.name,
        )  # fmt: skip
        RepresentativePaper.sealed(
            told.paper, id=uuid4(), member=member, representative=made, name=told.paper_name[:120] or "paper",
            kind=kind.ending, added_at=now, added_by=person.name,
        ).save(force_insert=True)  # fmt: skip
    return made


def missing(member: Member, told: Told, programs: Collection[str], today: date) -> list[str]:
    """What an authority lacks, a sentence each; none when it can be recorded."""
    lacking: list[str] = []
    if not told.name.strip():
        lacking.append("The name of the representative is missing.")
    if told.basis not in Basis.values:
        return [*lacking, "Say what the authority rests on."]
    basis = Basis(told.basis)
    authority = AUTHORITY[basis]
    if not told.paper:
        lacking.append(f"The paper is missing: {_PAPER_OF[basis]}. Scan it and choose the file.")
    if told.signed_on is None:
        lacking.append("The day on the paper is missing: when it was signed, or issued.")
    elif told.signed_on > today:
        lacking.append("The paper cannot be signed in the future. Check its day.")
    elif told.from_on is not None and told.from_on < told.signed_on and authority is Authority.IN_WRITING:
        lacking.append("An appointment holds from the day it was signed, and from no day before.")
    if told.from_on and told.to_on and told.to_on < told.from_on:
        lacking.append("The last day lies before the first day.")
    if authority is Authority.IN_WRITING:
        if not set(told.scopes) - {Scope.SENSITIVE} or not set(told.scopes) <= set(Scope.values):
            lacking.append("Say what the Member appointed the person for: the paper names it.")
        if not is_of_age(member.birth_date, today):
            # Reading: a minor appoints nobody in writing; a parent or guardian acts, or the minor alone.
            lacking.append("A minor appoints nobody in writing. Record a parent or guardian, with the paper.")
    if authority is Authority.PARENT and is_of_age(member.birth_date, today):
        lacking.append("The Member is of age, so nobody acts as a parent or guardian. Ask for an appointment instead.")
    if basis is Basis.MEDICARE_FORM and Program.ONECARE.value not in programs:
        lacking.append("The Medicare form appoints for OneCare only. For Medi-Cal, ask for an appointment in writing.")
    return lacking


def last_day(told: Told, programs: Collection[str]) -> date | None:
    """The last day of an authority: the one the paper names, and for a OneCare appointment never after its year."""
    # Reading: one paper serves both programs of a Member in OneCare, so the shorter life holds.
    if AUTHORITY[Basis(told.basis)] is not Authority.IN_WRITING or Program.ONECARE.value not in programs:
        return told.to_on
    assert told.signed_on is not None
    years = value("privacy.appointment.onecare", told.signed_on).number
    end = years_from(told.signed_on, years)
    return min(told.to_on, end) if told.to_on else end


def end(
    representative: AuthorizedRepresentative, how: str, from_on: date, why: str, *, person: Person, now: datetime
) -> RepresentativeEnd:
    """Write down that somebody may not act any more, from a day on. Raises NotAnAuthority."""
    lacking: list[str] = []
    why = " ".join(why.split())
    if how not in RepresentativeEnd.How.values:
        lacking.append("Say how the authority ends.")
    if not why or len(why) > LONGEST:
        lacking.append(f"Say why in a sentence of at most {LONGEST} characters.")
    if from_on > now.astimezone(PACIFIC).date():
        lacking.append("An end counts from today, or from a day before. Come back on that day, or say today.")
    if how == RepresentativeEnd.How.REFUSED and not person.is_a("nurse", "physician"):
        # Reading: the regulation asks for professional judgment that it is in the Member's best interest.
        lacking.append("A nurse or a physician refuses a representative, in professional judgment. Ask one today.")
    if lacking:
        raise NotAnAuthority(lacking)
    return RepresentativeEnd.objects.create(
        member_id=representative.member_id, representative=representative, how=how, from_on=from_on, why=why,
        recorded_at=now, recorded_by=person.name,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """One authority on record, and how it stands on a day. `scopes` in words."""

    row: AuthorizedRepresentative
    may_act: bool
    ends: tuple[RepresentativeEnd, ...]
    papers: tuple[RepresentativePaper, ...]
    scopes: tuple[str, ...]
    stands: str


def on_record(member: Member, today: date) -> list[Standing]:
    """Everybody who may act, ever might, or is to, the newest first, with papers and ends."""
    rows = AuthorizedRepresentative.objects.filter(member=member).order_by("-from_on", "-pk")
    may = {who.pk for who in representatives_of(member.pk, today)}
    ends = list(RepresentativeEnd.objects.filter(member=member))
    papers = list(RepresentativePaper.objects.filter(member=member).defer("content", "data_key"))
    return [
        Standing(
            row, row.pk in may, own := tuple(e for e in ends if e.representative_id == row.pk),
            tuple(p for p in papers if p.representative_id == row.pk),
            tuple(Scope(s).label for s in Scope if s in row.scopes), _stands(row, own, row.pk in may, today),
        )
        for row in rows
    ]  # fmt: skip


def _stands(row: AuthorizedRepresentative, ends: Sequence[RepresentativeEnd], may: bool, today: date) -> str:
    if may:
        return "May act today"
    if row.from_on > today:
        return "Not yet"
    if any(e.from_on <= today for e in ends):
        return "Refused" if any(e.how == RepresentativeEnd.How.REFUSED for e in ends) else "Ended"
    return "Over"


def paper_with(member: Member, key: UUID) -> RepresentativePaper | None:
    """One paper of a Member's representatives."""
    return RepresentativePaper.objects.filter(member=member, pk=key).first()


def readers_of(member_id: UUID, segments: Collection[Segment] | None, on: date) -> tuple[AuthorizedRepresentative, ...]:
    """Who gets copies of letters about care of these segments on a day. None: not known yet."""
    return tuple(who for who in representatives_of(member_id, on) if acts(who, Scope.LETTERS, segments, on))


def acting(
    member_id: UUID, name: str, scope: str, segments: Collection[Segment] | None, on: date
) -> AuthorizedRepresentative | None:
    """The representative of this name who may do this for the Member on a day, for care of these segments."""
    wanted = " ".join(name.split()).casefold()
    found = (who for who in representatives_of(member_id, on) if who.name.casefold() == wanted)
    return next((who for who in found if acts(who, scope, segments, on)), None)


def acts(who: AuthorizedRepresentative, scope: str, segments: Collection[Segment] | None, on: date) -> bool:
    """Does the authority of somebody on record reach this far on a day?"""
    member = member_with(who.member_id)
    if member is None or scope not in who.scopes:
        return False
    return not is_hidden_from(
        Authority(who.authority), names_sensitive=Scope.SENSITIVE in who.scopes, born_on=member.birth_date,
        segments=segments, on=on,
    )  # fmt: skip


_PAPER_OF = {
    Basis.APPOINTMENT: "the appointment that the Member signed",
    Basis.MEDICARE_FORM: "Medicare's form CMS-1696, signed by the Member and by the representative",
    Basis.POWER_OF_ATTORNEY: "the power of attorney for health care",
    Basis.COURT_ORDER: "the order of the court, with the letters of conservatorship or guardianship",
    Basis.SURROGATE: "the record of the Member's word, or of the law, that names the surrogate",
    Basis.PARENT: "the birth certificate, or another paper that names the parent",
    Basis.GUARDIAN: "the paper that names the guardian",
}
