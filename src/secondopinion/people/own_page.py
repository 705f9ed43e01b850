"""The way to a Member's own page: a code and a date of birth, few tries, an end, and whoever acts checked each day.

It is the page of one person: the Member, or a representative, who has a code of their own and whose authority is looked
up each time. Nothing here reads a clock.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from secondopinion.people.codes import digest_of, new_code, spaced
from secondopinion.people.find import member_with, representatives_of
from secondopinion.people.models import AuthorizedRepresentative, Member
from secondopinion.people.models_own_page import OwnPage
from secondopinion.people.person import Person
from secondopinion.people.rls import set_key, set_one_member
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.policy.parameters import value

LONGEST: Final = 200  # characters of a reason


class Closed(Exception):
    """A page that does not open. `why` is one of: wrong, locked, expired, taken-back, may-not-act."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotGiven(ValueError):
    """A page that cannot be given, or taken back: why, and what to do instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was just given: to be told now or never, and the last instant it opens at."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Own:
    """An open page: the Member's, and the representative who has it open; none, the Member."""

    page: OwnPage
    member: Member
    representative: AuthorizedRepresentative | None
    on: date


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a code, and how it stands: open, locked, over or taken back."""

    page: OwnPage
    who: str  # empty: the Member
    stands: str


def give(member: Member, representative: int | None, how: str, *, person: Person, now: datetime) -> Code:
    """Give the Member, or a representative who may act today, a code. One given to the same person before is closed.

    Raises NotGiven.
    """
    today = _day(now)
    if how not in OwnPage.How.values:
        raise NotGiven("Say how the code is told: on the phone, in a letter, or in person.")
    holder = None
    if representative is not None:
        holder = next((one for one in representatives_of(member.pk, today) if one.pk == representative), None)
        if holder is None:
            raise NotGiven(
                "This person may not act for the Member today, so there is no page to give. Record the authority with "
                "its paper first, or give the page to the Member."
            )
    same = OwnPage.objects.filter(member=member, representative=holder, taken_back_at__isnull=True)
    same.update(taken_back_at=now, taken_back_by=person.name, taken_back_why="Another code was given")
    code = new_code()
    days = business_calendar()
    ends = days.end_of_day(today + timedelta(days=value("own_page.days", today).number))
    OwnPage.objects.create(
        member=member, representative=holder, code_sha256=digest_of(code), how=how, given_at=now,
        given_by=person.name, expires_at=ends,
    )  # fmt: skip
    return Code(spaced(code), ends)


def take_back(member: Member, key: UUID, why: str, *, person: Person, now: datetime) -> None:
    """Close a code before its time. Raises NotGiven."""
    why = " ".join(why.split())
    if not why or len(why) > LONGEST:
        raise NotGiven(f"Say why the page is taken back, in at most {LONGEST} characters.")
    open_ = OwnPage.objects.filter(pk=key, member=member, taken_back_at__isnull=True)
    if not open_.update(taken_back_at=now, taken_back_by=person.name, taken_back_why=why):
        raise NotGiven("This page is closed already, or is another Member's. Nothing was changed.")


def holders(member: Member, now: datetime) -> list[Holder]:
    """Every code a Member's page ever had, the newest first."""
    found = OwnPage.objects.filter(member=member).select_related("representative").order_by("-given_at")
    may = {one.pk for one in representatives_of(member.pk, _day(now))}
    return [Holder(page, page.representative.name if page.representative else "", _stands(page, may, now))
            for page in found]  # fmt: skip


def _stands(page: OwnPage, may_act: set[int], now: datetime) -> str:
    if page.taken_back_at is not None:
        return "taken-back"
    if page.representative_id is not None and page.representative_id not in may_act:
        return "may-not-act"
    if page.expires_at < now:
        return "expired"
    return "locked" if page.locked_at is not None else "open"


def open_page(code: str, born_on: date | None, now: datetime) -> str:
    """Open a page with its code and the Member's date of birth; the secret of this visit. Raises Closed.

    Runs in a transaction without a scope, which must be committed either way: a wrong try is written down.
    """
    today, digest = _day(now), digest_of(code)
    set_key(digest)
    page = OwnPage.objects.select_for_update().filter(code_sha256=digest).first()
    if page is None:
        raise Closed("wrong")
    set_one_member(page.member_id, None, today)
    _check_open(page, now)
    member = member_with(page.member_id)
    if member is None or born_on is None or member.birth_date != born_on:
        page.tries += 1
        if page.tries >= value("own_page.tries", today).number:
            page.locked_at = now
        page.save(update_fields=["tries", "locked_at"])
        raise Closed("locked" if page.locked_at else "wrong")
    secret = secrets.token_urlsafe(32)
    page.tries, page.visit_sha256, page.opened_at, page.seen_at = 0, _sha256(secret), now, now
    page.choosing_sha256, page.choosing_referral_id, page.choosing_at = "", None, None
    page.save(update_fields=[
        "tries", "visit_sha256", "opened_at", "seen_at", "choosing_sha256", "choosing_referral_id", "choosing_at",
    ])  # fmt: skip
    return secret


def visit_of(secret: str, now: datetime) -> Own:
    """The open page that a visit's secret leads to; the transaction then sees that Member alone. Raises Closed."""
    digest = _sha256(secret)
    set_key(digest)
    page = OwnPage.objects.filter(visit_sha256=digest).first() if secret else None
    if page is None or page.opened_at is None or page.seen_at is None:
        raise Closed("wrong")
    set_one_member(page.member_id, None, _day(now))
    representative = _check_open(page, now)
    if now - page.seen_at > timedelta(minutes=value("own_page.minutes", _day(now)).number):
        raise Closed("wrong")
    if now - page.opened_at > timedelta(hours=value("own_page.hours", _day(now)).number):
        raise Closed("wrong")
    member = member_with(page.member_id)
    if member is None:
        raise Closed("wrong")
    return Own(page, member, representative, _day(now))


def seen(own: Own, now: datetime) -> None:
    """The page is in use: its minutes count from now."""
    OwnPage.objects.filter(pk=own.page.pk).update(seen_at=now)


def leave(secret: str, now: datetime) -> None:
    """Close a visit, on every device that has its cookie. Says nothing of one that is over."""
    try:
        own = visit_of(secret, now)
    except Closed:
        return
    OwnPage.objects.filter(pk=own.page.pk).update(visit_sha256="", choosing_sha256="", choosing_referral_id=None)


def begin_choosing(own: Own, referral: UUID, now: datetime) -> str:
    """Open the list of doctors of one referral beside the page; the secret of that visit."""
    secret = secrets.token_urlsafe(32)
    OwnPage.objects.filter(pk=own.page.pk).update(
        choosing_sha256=_sha256(secret), choosing_referral_id=referral, choosing_at=now
    )
    return secret


def choosing_of(digest: str, now: datetime) -> Own | None:
    """The page whose list of doctors a secret's SHA-256 opens; none where it is no such secret. Raises Closed.

    The key must be set; the transaction then sees that Member and the one referral.
    """
    page = OwnPage.objects.filter(choosing_sha256=digest).first()
    if page is None or page.choosing_at is None:
        return None
    set_one_member(page.member_id, page.choosing_referral_id, _day(now))
    representative = _check_open(page, now)
    if now - page.choosing_at > timedelta(minutes=value("own_page.minutes", _day(now)).number):
        raise Closed("wrong")
    member = member_with(page.member_id)
    return None if member is None else Own(page, member, representative, _day(now))


def about(code: str) -> str:
    """The card number of the Member a code belongs to, for the trace of a try; empty for no code of ours."""
    found = OwnPage.objects.filter(code_sha256=digest_of(code)).values_list("member__member_id", flat=True).first()
    return found or ""


def _check_open(page: OwnPage, now: datetime) -> AuthorizedRepresentative | None:
    """Who holds the page, where it is open; none, the Member. Raises Closed."""
    if page.taken_back_at is not None:
        raise Closed("taken-back")
    if page.locked_at is not None:
        raise Closed("locked")
    if page.expires_at < now:
        raise Closed("expired")
    if page.representative_id is None:
        return None
    acting = next((r for r in representatives_of(page.member_id, _day(now)) if r.pk == page.representative_id), None)
    if acting is None:
        raise Closed("may-not-act")
    return acting


def _day(now: datetime) -> date:
    return now.astimezone(PACIFIC).date()


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
