"""Where a request stands, said to the office that asked: plain words and days, nothing about health."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.office_answers import Opened
from secondopinion.referrals.office_reading import Stands
from secondopinion.referrals.states import State

HEADLINES: Final[Mapping[State, tuple[str, str]]] = MappingProxyType(
    {
        State.RECEIVED: ("Received", "We have the request and are looking at it."),
        State.AWAITING_INFORMATION: ("We need something from you", "We wrote to you and asked for more information."),
        State.NURSE_REVIEW: ("With a nurse", "A nurse is reading the request."),
        State.PHYSICIAN_REVIEW: ("With a physician", "A physician is reading the request and decides."),
        State.VISIT_REVIEW: ("Being looked at", "We are looking at a visit that took place before it was authorized."),
        State.AUTHORIZED: ("Approved", "The second opinion is approved: one visit. The visit is being arranged."),
        State.SCHEDULED: ("Approved, visit set", "The second opinion is approved, and the visit has a day."),
        State.SEEN: ("Visit done", "The visit took place. The written report comes next."),
        State.REPORT_RECEIVED: ("Report received", "The written report is here."),
        State.DENIED: ("Not approved", "A physician decided not to approve the request."),
        State.DEEMED_DENIED: (
            "Not decided in time",
            "Nobody decided in time, so by law the request counts as denied. The patient can appeal at once. Call us.",
        ),
        State.DISMISSED: ("Dismissed", "The request was dismissed without a decision."),
        State.WITHDRAWN: ("Withdrawn", "The request was taken back."),
        State.NOT_COVERED: ("Not covered", "The visit that took place is not covered."),
        State.EXPIRED: ("Ended without a visit", "The approval ended and no visit took place. You can ask again."),
        State.CLOSED: ("Finished", "Nothing is open any more."),
    }
)
CALL_US: Final = ("Please call us", "We could not take the request in as it came. Call us, so that it is not lost.")


def headline_of(opened: Opened, stands: Stands | None) -> tuple[str, str]:
    """Where it stands: a few words, and a sentence."""
    if stands is not None:
        return HEADLINES[stands.state]
    if opened.request is not None and opened.request.ended_at is not None:
        return CALL_US
    return HEADLINES[State.RECEIVED]


def days_of(opened: Opened, stands: Stands | None) -> list[tuple[str, str]]:
    """The days that matter, in their order: what, and when in words. None that is not known."""
    if stands is None:
        return [("Received", instant(opened.received_at))]
    said: list[tuple[str, date | datetime | None, bool]] = [
        ("Received", stands.received_at, True),
        ("We asked you for information", stands.asked_at, True),
        ("We decide by", stands.decide_by, True),
        ("Decided", stands.decided_at, True),
        ("The visit is to be offered by", stands.visit_by, False),
        ("Visit set for", stands.appointment_at, True),
        ("Approval ends on", stands.valid_until if stands.visited_on is None else None, False),
        ("Visit took place on", stands.visited_on, False),
        ("The report is due by", stands.report_by, False),
        ("Report received", stands.report_at, True),
    ]
    return [(what, instant(at) if timed and isinstance(at, datetime) else day(at)) for what, at, timed in said if at]


def day(on: date | datetime) -> str:
    """A day with its weekday: `Wednesday, November 25, 2026`. An instant is read as its Pacific day."""
    here = on.astimezone(PACIFIC).date() if isinstance(on, datetime) else on
    return f"{here:%A, %B %-d, %Y}"


def instant(at: datetime) -> str:
    """An instant with weekday and zone: `Wednesday, November 25, 2026, 9:15 AM Pacific`."""
    here = at.astimezone(PACIFIC)
    return f"{day(at)}, {here:%-I:%M %p} Pacific"
