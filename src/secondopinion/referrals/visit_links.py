"""The consulting professional's link: it opens one authorized visit to one professional, with a second proof.

Its code has eighty bits and is told once; what is kept is its SHA-256. It is bound to the professional and to the
authorization: where the Member chooses somebody else, the authorization is taken back, or staff take the link back, it
opens nothing. Nothing here reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from secondopinion.directory.find import professional_with
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.codes import digest_of, new_code, new_secret, secret_sha256, spaced
from secondopinion.people.find import member_with
from secondopinion.people.models import AccessEntry, Member
from secondopinion.people.person import Person
from secondopinion.people.rls import set_key, set_one_member
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.policy.parameters import value
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Taken
from secondopinion.referrals.lifecycle import Refused, steps_from
from secondopinion.referrals.models import Paper, Referral, VisitLink
from secondopinion.referrals.states import GOING_ON, PROFESSIONAL, State
from secondopinion.referrals.told import Report, See, Told

MAY: Final = frozenset(role.value for role in PROFESSIONAL)
OPEN_STATES: Final = frozenset({*(state.value for state in GOING_ON), State.CLOSED.value})
LAST_FOUR: Final = 4
WHO: Final = "The consulting professional, by the link to the visit"


class LinkClosed(Exception):
    """A link that does not open. `why` is one of: wrong, locked, expired, taken-back, over."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A link that was just given: its code, to be told now or never, for whom, and its last instant."""

    code: str
    professional: QualifiedProfessional
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Consult:
    """An open link: the visit it is for, whose, and with whom."""

    link: VisitLink
    referral: Referral
    member: Member
    professional: QualifiedProfessional


@dataclass(frozen=True, slots=True)
class Written:
    """The structured report as the professional wrote it. `visited_on`: the day of the visit, where it is not known."""

    need: str
    found: str
    differs: bool | None
    differs_why: str
    recommended: str
    follow_up: str
    other_disparity: str
    signed_on: date
    visited_on: date
    file_name: str
    content: bytes


def give_link(referral: Referral, person: Person, now: datetime) -> GivenLink:
    """Give the chosen professional a link to the visit; one given before is closed by it. Raises Refused."""
    if person.only_honours(referral.network_id):
        raise Refused("Another Health Network answers for this referral; you can read it, and give no link to it.")
    who = professional_with(referral.professional_id)
    if referral.state not in OPEN_STATES - {State.CLOSED.value} or referral.authorization_number is None:
        raise Refused("There is no authorized visit on this referral, so there is nothing for a link to open.")
    if who is None or referral.valid_until is None:
        raise Refused("No professional is chosen yet. Record the Member’s choice first; then give the link.")
    take_back_link(referral, person, now)
    code = new_code()
    after = value("offices.link_days_after", now.astimezone(PACIFIC).date()).number
    expires_at = business_calendar().end_of_day(referral.valid_until + timedelta(days=after))
    VisitLink.objects.create(
        referral=referral, network_id=referral.network_id, member_id=referral.member_id, professional=who,
        authorization_number=referral.authorization_number, code_sha256=digest_of(code), given_at=now,
        given_by=person.name, expires_at=expires_at,
    )  # fmt: skip
    return GivenLink(spaced(code), who, expires_at)


def take_back_link(referral: Referral, person: Person, now: datetime) -> int:
    """Close every link of a referral. Returns how many were open."""
    rows = VisitLink.objects.filter(referral=referral, taken_back_at=None)
    return rows.update(taken_back_at=now, taken_back_by=person.name)


def link_of(referral: Referral, now: datetime) -> VisitLink | None:
    """The link that stands on a referral, locked or not; none when there is none, or it opens nothing any more."""
    rows = VisitLink.objects.filter(referral=referral, taken_back_at=None, expires_at__gte=now)
    found = rows.order_by("-given_at").first()
    return found if found is not None and _bound(found, referral) else None


def open_link(code: str, proof: str, now: datetime) -> str:
    """Open a link with its code and a second proof; the secret of this visit. Raises LinkClosed.

    `proof`: the NPI and the last four digits of the office's phone, or the licence number. Runs in a transaction
    without a scope, which must be committed either way: a wrong try is written down.
    """
    today = now.astimezone(PACIFIC).date()
    digest = digest_of(code)
    set_key(digest)
    link = VisitLink.objects.select_for_update().filter(code_sha256=digest).first()
    if link is None:
        raise LinkClosed("wrong")
    set_one_member(link.member_id, link.referral_id, today)
    _check_open(link, now)
    who = professional_with(link.professional_id)
    if who is None or not _proves(proof, who):
        link.tries += 1
        if link.tries >= value("offices.link_tries", today).number:
            link.locked_at = now
        link.save(update_fields=["tries", "locked_at"])
        raise LinkClosed("locked" if link.locked_at else "wrong")
    secret, link.visit_sha256 = new_secret()
    link.tries, link.opened_at = 0, now
    link.save(update_fields=["tries", "visit_sha256", "opened_at"])
    return secret


def consult_of(secret: str, now: datetime) -> Consult:
    """The visit that a secret leads to; the transaction then sees that Member's referral alone. Raises LinkClosed."""
    today = now.astimezone(PACIFIC).date()
    digest = secret_sha256(secret)
    set_key(digest)
    link = VisitLink.objects.filter(visit_sha256=digest).first()
    if link is None or link.opened_at is None:
        raise LinkClosed("over")
    set_one_member(link.member_id, link.referral_id, today)
    referral = _check_open(link, now)
    if now - link.opened_at > timedelta(minutes=value("offices.link_minutes", today).number):
        raise LinkClosed("over")
    member, who = member_with(link.member_id), professional_with(link.professional_id)
    if member is None or who is None:
        raise LinkClosed("taken-back")
    return Consult(link, referral, member, who)


def open_until(consult: Consult, now: datetime) -> datetime:
    """The instant at which an opened link asks for the second proof again."""
    opened_at = consult.link.opened_at or now
    minutes = value("offices.link_minutes", now.astimezone(PACIFIC).date()).number
    return opened_at + timedelta(minutes=minutes)


def close_visit(consult: Consult) -> None:
    """Close an opened link until the second proof is given again."""
    consult.link.visit_sha256, consult.link.opened_at = "", None
    consult.link.save(update_fields=["visit_sha256", "opened_at"])


def log(what: str, number: str, now: datetime) -> None:
    """Leave the trace of a look or a try at a professional's page. The scope must be the plan's."""
    AccessEntry.objects.create(at=now, person=WHO, what=what, about=number[:40], why="give the opinion")


def number_of(code: str) -> str:
    """The number of the referral that a code belongs to, for the trace of a try; empty for no code of ours."""
    rows = VisitLink.objects.filter(code_sha256=digest_of(code)).values_list("referral__number", flat=True)
    return rows.first() or ""


def the_professional(consult: Consult) -> Person:
    """The consulting professional, as the history names them."""
    return Person(
        f"{consult.professional.full_name}, by the link to the visit"[:120], MAY, npi=consult.professional.npi
    )


def steps_open(consult: Consult) -> frozenset[str]:
    """The steps that the professional may take now."""
    return frozenset(step.name for step in steps_from(State(consult.referral.state), MAY))


def take(consult: Consult, told: Told, now: datetime) -> Taken:
    """Take one step as the professional. Raises Refused."""
    return advance(consult.referral.pk, told, person=the_professional(consult), now=now)


def accept(consult: Consult, now: datetime) -> None:
    """Keep that the professional will see the Member, while no day is set yet."""
    if consult.referral.state != State.AUTHORIZED.value:
        raise Refused("This visit is under way or over already. The page shows where it stands.")
    consult.link.accepted_at = now
    consult.link.save(update_fields=["accepted_at"])


def write_report(consult: Consult, written: Written, now: datetime) -> Taken:
    """Record the visit, where nobody has yet, and file the report. Raises Refused; then neither is written."""
    said = [written.recommended.strip()]
    if written.follow_up.strip():
        said.append(f"Follow-up: {written.follow_up.strip()}")
    report = Report(
        need=written.need, summary=written.found, recommended="\n".join(part for part in said if part),
        signed_on=written.signed_on, file_name=written.file_name, content=written.content, differs=written.differs,
        differs_why=written.differs_why, other_disparity=written.other_disparity,
    )  # fmt: skip
    with transaction.atomic():
        if "see" in steps_open(consult):
            take(consult, See(written.visited_on), now)
        return take(consult, report, now)


def record_of(consult: Consult, paper_id: UUID) -> Paper | None:
    """One of the Member's records, or the professional's own report, with its bytes; none for any other."""
    return Paper.objects.filter(pk=paper_id, referral=consult.referral).first()


def _proves(proof: str, who: QualifiedProfessional) -> bool:
    """The NPI with the last four digits of the office's phone, or the licence number; nothing shorter."""
    typed = "".join(sign for sign in proof.upper() if sign.isalnum())
    phone = "".join(sign for sign in who.phone if sign.isdigit())
    license_number = "".join(sign for sign in who.license_number.upper() if sign.isalnum())
    with_phone = bool(phone) and typed == who.npi + phone[-LAST_FOUR:]
    return with_phone or (len(license_number) >= LAST_FOUR and typed == license_number)


def _bound(link: VisitLink, referral: Referral) -> bool:
    """Is the link still for this referral's professional, under this authorization?"""
    same = referral.professional_id == link.professional_id
    return (
        same
        and referral.authorization_number == link.authorization_number
        and referral.state in OPEN_STATES
        and referral.rescinded_at is None
    )


def _check_open(link: VisitLink, now: datetime) -> Referral:
    """The referral of a link that is open. Raises LinkClosed."""
    referral = Referral.objects.select_related("member", "network", "professional").get(pk=link.referral_id)
    if link.taken_back_at is not None or not _bound(link, referral):
        raise LinkClosed("taken-back")
    if link.locked_at is not None:
        raise LinkClosed("locked")
    if link.expires_at < now:
        raise LinkClosed("expired")
    return referral
