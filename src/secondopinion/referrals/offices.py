"""A request that an office sends on the page for offices: kept at once, answered with its number, then taken in.

The page answers the same for every form that is filled in rightly, whoever it names: it keeps what came, draws the
number, and leaves the rest to a job. So neither its words nor the time it takes say whether there is such a Member.
What the job cannot take in for certain waits for a person, with the clock of its receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from secondopinion.directory.find import professional_by
from secondopinion.people.codes import digest_of, new_code, spaced
from secondopinion.people.find import NotMatched, match_member, programs_of
from secondopinion.people.kept.sealing import DoesNotOpen
from secondopinion.people.models import Member
from secondopinion.people.person import Person
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Taken
from secondopinion.referrals.forwarding import strictest
from secondopinion.referrals.ledger import have_taken_in
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Channel, OfficeKey, OfficePaper, OfficeRequest, Referral
from secondopinion.referrals.papers import pages_of
from secondopinion.referrals.receive import next_number, receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.states import By
from secondopinion.referrals.told import FileRecord
from secondopinion.referrals.tries import Counted, failed, locked, place_of

LATE: Final = timedelta(minutes=2)  # by then the queue has taken it in, or lost it
LONGEST_NAME: Final = 80  # characters of the name of whoever asks; the history adds where it was said
GONE: Final = "This request was taken in or ended already. Go back to the work list."


@dataclass(frozen=True, slots=True)
class Sent:
    """What the office is told: its number, and the code that opens the whole answer. Without a code: told before."""

    number: str
    received_at: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class OfficeForm:
    """The form as an office filled it in. `told` are the fields that no record is looked up by."""

    entry: UUID
    card: str
    birth_date: date
    first_name: str
    last_name: str
    told: Mapping[str, Any]
    paper_name: str = ""
    paper: bytes = b""
    answers: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A request of an office that waits for a person, and by when it must be decided."""

    request: OfficeRequest
    due_at: datetime | None


def the_office(name: str) -> Person:
    """The office that asked, as the history names it: whoever asked there, by name, on the page for offices."""
    return Person(f"{name[:LONGEST_NAME]}, on the page for offices", frozenset({By.OFFICE.value}))


def send(form: OfficeForm, address: str, now: datetime) -> Sent:
    """Keep a request as it came, draw its number and its code, and have it taken in. Raises Refused.

    The same form sent twice makes one request, and its code is told once. The scope must be the plan's.
    """
    today = now.astimezone(PACIFIC).date()
    asked = _asked(address, today)
    too_many = locked(asked, now)  # from here on the address sends one at a time, so a form pressed twice is seen
    before = OfficeRequest.objects.filter(entry=form.entry).first()
    if before is not None:
        return Sent(before.number, before.received_at)
    if form.paper:
        pages_of(form.paper_name, form.paper)
    if too_many or failed(asked, now):
        raise Refused("Many requests have come from your network within the hour. Send this one by phone or fax.")
    code, number = new_code(), next_number(today)
    kept = OfficeRequest.objects.create(
        number=number, entry=form.entry, received_at=now, card=form.card, birth_date=form.birth_date,
        first_name=form.first_name, last_name=form.last_name,
        told={**form.told, "answers": dict(form.answers)},
        paper_name=form.paper_name[:120],
    )  # fmt: skip
    if form.paper:
        OfficePaper.sealed(form.paper, id=uuid4(), request=kept).save(force_insert=True)
    _keep_code(number, code, the_office(form.told["requester_name"]), None, now, confirmed=False)
    have_taken_in(kept.pk)
    return Sent(number, now, spaced(code))


def take_in(request_id: UUID, now: datetime) -> str:
    """Take in what an office sent, where one Member agrees for certain; else leave it to a person.

    Returns what became of it: taken, held, or done before. Safe to run again.
    """
    with plan_scope(now.astimezone(PACIFIC).date()):
        kept = _locked(pk=request_id)
        if kept is None or kept.held_at is not None:
            return "done before"
        try:
            member = match_member(card=kept.card, birth_date=kept.birth_date)
            _check_name(kept, member)
            _received(kept, member, _program(kept, member), the_office(kept.told["requester_name"]), now)
        except (NotMatched, Refused) as why:
            kept.held_at, kept.held_why = now, why.sentence[:400]
            kept.save(update_fields=["held_at", "held_why"])
            return "held"
    return "taken"


def held_for(person: Person) -> list[Held]:
    """The requests of offices that wait for a person: the plan's own people only, the first received first."""
    if person.network is not None or not person.takes_in:
        return []
    return [Held(each, strictest(each.received_at, each.told["urgency"])) for each in _waiting()]


def held(number: str, person: Person) -> Held:
    """One request of an office that waits for a person. Raises Refused."""
    found = _waiting().filter(number=number).first() if person.network is None and person.takes_in else None
    if found is None:
        raise Refused(GONE)
    return Held(found, strictest(found.received_at, found.told["urgency"]))


def take_for(number: str, member: Member, program: str, person: Person, now: datetime) -> Taken:
    """Take a waiting request in for a Member whom a person found. Its receipt and its number stay. Raises Refused."""
    kept = _to_settle(number, person)
    return _received(kept, member, program, person, now)


def end(number: str, why: str, person: Person, now: datetime) -> None:
    """Say that a waiting request cannot be taken in, and why; the office is asked to call. Raises Refused."""
    if not why.strip():
        raise Refused("Say in a few words why it cannot be taken in, for whoever answers the office’s call.")
    kept = _to_settle(number, person)
    kept.ended_at, kept.ended_by, kept.ended_why = now, person.name, why.strip()[:300]
    kept.save(update_fields=["ended_at", "ended_by", "ended_why"])
    OfficePaper.objects.filter(request=kept).delete()


def give_code(referral: Referral, person: Person, now: datetime) -> Sent:
    """A new code for the office that asked; those told before open nothing any more. Raises Refused."""
    if referral.requester not in ("physician", "provider"):
        raise Refused("No office asked for this referral, so there is nobody to give a code to.")
    if person.only_honours(referral.network_id):
        raise Refused("Another Health Network answers for this referral; you can read it, and give no code to it.")
    take_back_codes(referral, person, now)
    code = new_code()
    _keep_code(referral.number, code, person, referral.network_id, now, confirmed=True)
    return Sent(referral.number, referral.received_at, spaced(code))


def confirm_office(referral: Referral, person: Person, now: datetime) -> None:
    """Say that the office was called back: its own code now opens the whole answer. Raises Refused."""
    # Reading: whoever types an office's public number and phone into a page is not known to be that office. What is
    # told of a Member's health waits until a person has called back, at the directory's number (45 CFR 164.514(h)).
    key = code_of(referral, now)
    if key is None or key.confirmed_at is not None:
        raise Refused("No code of the office waits to be confirmed. Give the office a code, or tell it to use its own.")
    key.confirmed_at, key.confirmed_by = now, person.name
    key.save(update_fields=["confirmed_at", "confirmed_by"])


def phone_on_file(referral: Referral) -> str:
    """The phone that the directory has for the office's NPI, to call back at; empty where it knows none."""
    who = professional_by(referral.requester_npi) if referral.requester_npi else None
    return who.phone if who else ""


def take_back_codes(referral: Referral, person: Person, now: datetime) -> int:
    """Close every code of an office on a referral. Returns how many were open."""
    rows = OfficeKey.objects.filter(number=referral.number, taken_back_at=None)
    return rows.update(taken_back_at=now, taken_back_by=person.name)


def code_of(referral: Referral, now: datetime) -> OfficeKey | None:
    """The office's code that opens the answer now, or none."""
    rows = OfficeKey.objects.filter(number=referral.number, taken_back_at=None, expires_at__gte=now)
    return rows.order_by("-given_at").first()


def _keep_code(number: str, code: str, by: Person, network: UUID | None, now: datetime, *, confirmed: bool) -> None:
    days = value("offices.code_days", now.astimezone(PACIFIC).date()).number
    OfficeKey.objects.create(
        number=number, network_id=network, code_sha256=digest_of(code), given_at=now, given_by=by.name[:120],
        expires_at=now + timedelta(days=days), confirmed_at=now if confirmed else None,
        confirmed_by=by.name[:120] if confirmed else "",
    )  # fmt: skip


def _asked(address: str, today: date) -> Counted:
    most = value("offices.asks_an_hour", today).number
    return Counted("requests of an office", place_of(address), most + 1)


def _check_name(kept: OfficeRequest, member: Member) -> None:
    # Reading: a wrong Member is worse than a late one. Where the name on the form is another's, a person looks.
    def plain(name: str) -> str:
        return "".join(sign for sign in name.casefold() if sign.isalpha())

    if plain(kept.last_name) != plain(member.last_name) or plain(kept.first_name) != plain(member.first_name):
        raise NotMatched("Number and birth date agree with one Member, whose name is written otherwise. Compare them.")


def _program(kept: OfficeRequest, member: Member) -> str:
    """The program the request is under: the one named, or the only one there is. Raises Refused."""
    named = str(kept.told["program"])
    if named:
        return named
    on_that_day = programs_of(member, kept.received_at.astimezone(PACIFIC).date())
    if len(on_that_day) != 1:
        raise Refused("The office did not know the program, and the Member is in more than one, or in none. Choose it.")
    return on_that_day[0]


def _received(kept: OfficeRequest, member: Member, program: str, person: Person, now: datetime) -> Taken:
    """The referral that a request becomes, with its record filed. Raises Refused; then nothing is written."""
    told = dict(kept.told)
    answers = told.pop("answers")
    clinician = professional_by(told.pop("clinician_npi", "")) if told.get("clinician_npi") else None
    told.pop("clinician_npi", None)
    request = Request(
        **{**told, "program": program}, member=member, channel=Channel.OFFICE.value, received_at=kept.received_at,
        answers=answers, clinician=clinician, number=kept.number,
    )  # fmt: skip
    with transaction.atomic():
        taken = receive(request, person=person, now=now)
        _file_record(kept, taken.referral_id, person, now)
        kept.referral_id = taken.referral_id
        kept.save(update_fields=["referral_id"])
        network = Referral.objects.values_list("network_id", flat=True).get(pk=taken.referral_id)
        OfficeKey.objects.filter(number=kept.number).update(network=network)
    return taken


def _file_record(kept: OfficeRequest, referral_id: UUID, person: Person, now: datetime) -> None:
    """File the record that came along, where one did. Raises Refused where it does not open."""
    paper = OfficePaper.objects.filter(request=kept).first()
    if paper is None:
        return
    try:
        record = FileRecord(kept.paper_name, paper.plain(), "Came with the request")
    except DoesNotOpen as lost:
        raise Refused(lost.sentence) from lost
    advance(referral_id, record, person=person, now=now)
    paper.delete()


def _waiting() -> QuerySet[OfficeRequest]:
    return OfficeRequest.objects.filter(referral=None, ended_at=None, held_at__isnull=False)


def _to_settle(number: str, person: Person) -> OfficeRequest:
    held(number, person)
    kept = _locked(number=number)
    if kept is None:
        raise Refused(GONE)
    return kept


def _locked(**which: Any) -> OfficeRequest | None:
    rows = OfficeRequest.objects.select_for_update().filter(referral=None, ended_at=None)
    return rows.filter(**which).first()


def take_in_what_waits(now: datetime) -> int:
    """Take in the requests that no job has looked at within minutes of their receipt. Returns how many there were."""
    with plan_scope(now.astimezone(PACIFIC).date()):
        late = OfficeRequest.objects.filter(referral=None, ended_at=None, held_at=None, received_at__lt=now - LATE)
        keys = list(late.order_by("received_at").values_list("pk", flat=True))
    for key in keys:
        take_in(key, now)
    return len(keys)
