"""The page a Member chooses on: a code that opens it, a second proof, few tries, and an end.

The code has eighty bits and is told once; what is kept is its SHA-256. The date of birth is the second proof. Both
the tries and the lock are rows, so that no second browser starts afresh. Nothing here reads a clock.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid4

from secondopinion.people import own_page
from secondopinion.people.codes import ALPHABET as ALPHABET  # the page's code is told in these signs
from secondopinion.people.codes import digest_of as digest_of
from secondopinion.people.codes import new_code, spaced
from secondopinion.people.find import member_with
from secondopinion.people.models import AccessEntry, AuthorizedRepresentative, Member, OwnPage
from secondopinion.people.person import Person
from secondopinion.people.rls import set_key, set_one_member
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import ChoicePage, Referral
from secondopinion.referrals.states import By
from secondopinion.referrals.told_choosing import GivePage

THE_MEMBER: Final = Person("The Member, on a page of the Member’s own", frozenset({By.MEMBER.value}))
THE_REPRESENTATIVE: Final = Person("The Member’s representative, on a page of their own", THE_MEMBER.roles)


class Closed(Exception):
    """A page that does not open. `why` is one of: wrong, locked, expired, taken-back."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Given:
    """A page that was just given: its code, to be told now or never, and its last instant."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """An open page: whose, and on which referral. `representative`: who came by a page of their own, to choose."""

    page: ChoicePage | OwnPage
    member: Member
    referral: Referral
    representative: AuthorizedRepresentative | None = None

    @property
    def is_from_own_page(self) -> bool:
        """Did the visit begin on the Member's own page, and can it go back there?"""
        return isinstance(self.page, OwnPage)


def give(referral: Referral, person: Person, now: datetime, seen: int | None = None) -> Given:
    """Give the Member a page to choose on; one given before is closed by it. Raises Refused."""
    code = new_code()
    told = GivePage(uuid4(), digest_of(code))
    advance(referral.id, told, person=person, now=now, seen=seen)
    page = ChoicePage.objects.get(pk=told.page_id)
    return Given(spaced(code), page.expires_at)


def standing_of(referral: Referral, now: datetime) -> ChoicePage | None:
    """The Member's page that stands on a referral, locked or not; none when there is none or its time is over."""
    found = ChoicePage.objects.filter(pk=referral.choice_page_id).first() if referral.choice_page_id else None
    return found if found is not None and found.expires_at >= now else None


def open_page(code: str, born_on: date | None, now: datetime) -> str:
    """Open a page with its code and the Member's date of birth; the secret of this visit. Raises Closed.

    Runs in a transaction without a scope, which must be committed either way: a wrong try is written down.
    """
    today = now.astimezone(PACIFIC).date()
    digest = digest_of(code)
    set_key(digest)
    page = ChoicePage.objects.select_for_update().filter(code_sha256=digest).first()
    if page is None:
        raise Closed("wrong")
    set_one_member(page.member_id, page.referral_id, today)
    _check_open(page, now)
    member = member_with(page.member_id)
    if member is None or born_on is None or member.birth_date != born_on:
        page.tries += 1
        if page.tries >= value("choosing.page_tries", today).number:
            page.locked_at = now
        page.save(update_fields=["tries", "locked_at"])
        raise Closed("locked" if page.locked_at else "wrong")
    secret = secrets.token_urlsafe(32)
    page.tries, page.visit_sha256, page.opened_at = 0, hashlib.sha256(secret.encode()).hexdigest(), now
    page.save(update_fields=["tries", "visit_sha256", "opened_at"])
    return secret


def visit_of(secret: str, now: datetime) -> Visit:
    """The open page that a visit's secret leads to; the transaction then sees that Member alone. Raises Closed."""
    today = now.astimezone(PACIFIC).date()
    digest = hashlib.sha256(secret.encode()).hexdigest()
    set_key(digest)
    page = ChoicePage.objects.filter(visit_sha256=digest).first()
    if page is None:
        return _from_own_page(digest, now)
    if page.opened_at is None:
        raise Closed("wrong")
    set_one_member(page.member_id, page.referral_id, today)
    referral = _check_open(page, now)
    if now - page.opened_at > timedelta(minutes=value("choosing.page_minutes", today).number):
        raise Closed("wrong")
    return Visit(page, referral.member, referral)


def _from_own_page(digest: str, now: datetime) -> Visit:
    """The same, where the list was opened from the Member's own page. Raises Closed."""
    try:
        own = own_page.choosing_of(digest, now)
    except own_page.Closed as closed:
        raise Closed("taken-back" if closed.why == "may-not-act" else closed.why) from None
    if own is None or own.page.choosing_referral_id is None:
        raise Closed("wrong")
    referral = Referral.objects.select_related("member", "network", "professional").get(
        pk=own.page.choosing_referral_id
    )
    return Visit(own.page, own.member, referral, own.representative)


def log(what: str, about: str, why: str, now: datetime, person: Person = THE_MEMBER) -> None:
    """Leave the trace of a look or a try at a Member's page. The scope must be the plan's."""
    AccessEntry.objects.create(at=now, person=person.name, what=what, about=about, why=why)


def number_of(code: str) -> str:
    """The number of the referral that a code belongs to, for the trace of a try; empty for no code of ours."""
    found = ChoicePage.objects.filter(code_sha256=digest_of(code)).values_list("referral__number", flat=True).first()
    return found or ""


def _check_open(page: ChoicePage, now: datetime) -> Referral:
    """The referral of a page that is open. Raises Closed."""
    referral = Referral.objects.select_related("member", "network", "professional").get(pk=page.referral_id)
    if referral.choice_page_id != page.pk:
        raise Closed("taken-back")
    if page.locked_at is not None:
        raise Closed("locked")
    if page.expires_at < now:
        raise Closed("expired")
    return referral
