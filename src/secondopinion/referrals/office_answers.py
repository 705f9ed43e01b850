"""What an office is told of its request without an account: by number and proofs, within limits, a little at a time.

Two proofs open two things. The Member's date of birth with the office's NPI or phone on record opens where the request
stands: words and dates, nothing about health. The date of birth with the code opens the whole answer, once a person
has made sure whose code it is: the reason of a denial with the physician's direct phone, what we asked for, the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from secondopinion.people.codes import digest_of, looks_like_a_code, new_secret, secret_sha256
from secondopinion.people.models import AccessEntry, Member
from secondopinion.people.rls import Scope, set_key, set_one_member, set_scope
from secondopinion.policy.asked import Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused, steps_from
from secondopinion.referrals.models import OfficeKey, OfficeRequest, OfficeVisit, Referral
from secondopinion.referrals.offices import the_office
from secondopinion.referrals.states import OFFICE, UNDECIDED, State
from secondopinion.referrals.told import FileRecord, Supply, TellRequester
from secondopinion.referrals.tries import Counted, failed, forgotten, locked, place_of

OFFICES: Final = (Requester.PHYSICIAN.value, Requester.PROVIDER.value)
MAY: Final = frozenset(role.value for role in OFFICE)
PHONE_DIGITS: Final = 10
WHO: Final = "The office that asked, on the page for offices"


class NotOpened(Exception):
    """An answer that does not open. `why` is one of: wrong, locked, over."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Said:
    """What an office says to open an answer. `proof`: its NPI, its phone on record, or the code told to it."""

    number: str
    born_on: date | None
    proof: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An open answer. No referral: the request has not been taken in yet.

    `whole`: opened by a code of an office that is known to be the one that asked. `waits`: by a code that nobody has
    confirmed yet.
    """

    visit: OfficeVisit
    number: str
    whole: bool
    waits: bool
    referral: Referral | None
    request: OfficeRequest | None

    @property
    def office(self) -> str:
        """Whoever asked, by name."""
        return self.referral.requester_name if self.referral else str(self._told["requester_name"])

    @property
    def received_at(self) -> datetime:
        """When the request reached us."""
        if self.referral is not None:
            return self.referral.received_at
        assert self.request is not None
        return self.request.received_at

    @property
    def _told(self) -> dict[str, Any]:
        assert self.request is not None
        return dict(self.request.told)


def enter(said: Said, address: str, now: datetime) -> str:
    """Open an answer; returns the secret of this visit. Raises NotOpened.

    Runs in a transaction of its own that must be committed either way: a wrong try is counted. A number nobody has,
    another's date of birth and a wrong proof are one and the same answer.
    """
    today = now.astimezone(PACIFIC).date()
    set_scope(Scope(None, today))
    number = said.number.strip().upper()[:20]
    here = Counted("office, address", place_of(address), value("offices.address_tries", today).number)
    this = Counted("office, number", number, value("offices.tries", today).number)
    # The number first: whoever tries many numbers at once from one place must not wait for each other's address.
    if locked(this, now) or locked(here, now):
        raise NotOpened("locked")
    found = _found(number, said, now)
    if found is None:
        too_many = [failed(one, now) for one in (this, here)]
        raise NotOpened("locked" if any(too_many) else "wrong")
    forgotten(this, now)
    secret, digest = new_secret()
    key, referral = found
    OfficeVisit.objects.create(
        number=number, referral=referral, network_id=referral.network_id if referral else None,
        member_id=referral.member_id if referral else None, key=key, visit_sha256=digest, opened_at=now,
    )  # fmt: skip
    return secret


def visit_of(secret: str, now: datetime) -> Opened:
    """The open answer that a visit's secret leads to; the transaction then sees that referral alone. Raises NotOpened.

    A request that was taken in since it was opened shows as the referral it has become.
    """
    today = now.astimezone(PACIFIC).date()
    set_key(secret_sha256(secret))
    visit = OfficeVisit.objects.filter(visit_sha256=secret_sha256(secret)).first()
    minutes = value("offices.visit_minutes", today).number
    if visit is None or visit.left_at is not None or now - visit.opened_at > timedelta(minutes=minutes):
        raise NotOpened("over")
    set_scope(Scope(None, today))
    key = None
    if visit.key_id:
        key = OfficeKey.objects.filter(pk=visit.key_id, taken_back_at=None, expires_at__gte=now).first()
        if key is None:
            raise NotOpened("over")
    whole = key is not None and key.confirmed_at is not None
    waits = key is not None and not whole
    request = OfficeRequest.objects.filter(number=visit.number).first()
    referral = Referral.objects.filter(number=visit.number).first()
    if referral is None:
        if request is None:
            raise NotOpened("over")
        return Opened(visit, visit.number, False, waits, None, request)
    set_one_member(referral.member_id, referral.pk, today)
    return Opened(visit, visit.number, whole, waits, referral, None)


def open_until(opened: Opened, now: datetime) -> datetime:
    """The instant at which an open answer closes by itself."""
    minutes = value("offices.visit_minutes", now.astimezone(PACIFIC).date()).number
    return opened.visit.opened_at + timedelta(minutes=minutes)


def leave(opened: Opened, now: datetime) -> None:
    """Close an answer before its time."""
    opened.visit.left_at = now
    opened.visit.save(update_fields=["left_at"])


def log(what: str, number: str, now: datetime) -> None:
    """Leave the trace of a look or a try at an office's answer. The scope must be the plan's."""
    AccessEntry.objects.create(at=now, person=WHO, what=what, about=number[:40], why="answer the office that asked")


def may_add(opened: Opened) -> bool:
    """May a record be added now: while the request is undecided?"""
    if opened.referral is None:
        return False
    state = State(opened.referral.state)
    return state in UNDECIDED and "file_record" in {step.name for step in steps_from(state, MAY)}


def add_record(opened: Opened, name: str, content: bytes, now: datetime) -> None:
    """File a record with the referral. Where we waited for information, the nurse gets it back. Raises Refused."""
    referral = opened.referral
    if referral is None or not may_add(opened):
        raise Refused("Nothing more can be added to this request now. Call us, and we tell you what can be done.")
    office = the_office(opened.office)
    advance(referral.pk, FileRecord(name, content, "Added by the office that asked"), person=office, now=now)
    if referral.state == State.AWAITING_INFORMATION.value:
        # Reading: whether all that is needed has come is for a nurse to say, not for whoever sends it; so the State's
        # five business days do not start by an upload (HSC 1367.01(h)(1)).
        advance(referral.pk, Supply(now, complete=False, note="Sent by the office"), person=office, now=now)


def tell_if_decided(opened: Opened, now: datetime) -> bool:
    """Write down that the office has read the decision, where nobody had told it yet (HSC 1367.01(h)(3))."""
    # Reading: the decision is communicated to the requesting provider when the provider opens it whole, with the
    # reason and the phone; that it could be opened is not enough.
    referral = opened.referral
    if referral is None or not opened.whole or referral.decided_at is None or referral.provider_told_at is not None:
        return False
    if "tell_requester" not in {step.name for step in steps_from(State(referral.state), MAY)}:
        return False
    told = TellRequester("on the page for offices, opened with the office’s code", opened.office)
    advance(referral.pk, told, person=the_office(opened.office), now=now)
    return True


def _found(number: str, said: Said, now: datetime) -> tuple[OfficeKey | None, Referral | None] | None:
    """What the proofs open: with a code the key, and the referral if there is one yet. None: they do not fit."""
    referral = Referral.objects.filter(number=number, requester__in=OFFICES).first()
    born_on = Member.objects.filter(pk=referral.member_id).values_list("birth_date", flat=True) if referral else None
    request = OfficeRequest.objects.filter(number=number).first()
    key = OfficeKey.objects.filter(
        number=number, code_sha256=digest_of(said.proof), taken_back_at=None, expires_at__gte=now
    ).first()
    # Where the office mistyped it and a person found the Member all the same, what the office typed opens too.
    born = {*(born_on or ()), *([request.birth_date] if request else ())}
    if said.born_on not in born:
        return None
    if looks_like_a_code(said.proof):
        return (key, referral) if key else None
    on_record = (
        (referral.requester_npi, referral.requester_phone)
        if referral
        else (request.told.get("requester_npi", ""), request.told.get("requester_phone", ""))
        if request
        else ("", "")
    )
    return (None, referral) if _proves(said.proof, *on_record) else None


def _proves(proof: str, npi: str, phone: str) -> bool:
    given = _digits(proof)
    if len(given) < PHONE_DIGITS:
        return False
    return given == npi or (
        len(_digits(phone)) >= PHONE_DIGITS and given[-PHONE_DIGITS:] == _digits(phone)[-PHONE_DIGITS:]
    )


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")
