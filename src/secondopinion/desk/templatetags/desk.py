"""What every page of the desk shows the same way: due clocks, days, stored words, icons."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from secondopinion.desk import words
from secondopinion.policy.specialties import plain_name
from secondopinion.referrals.offering import number_in_words

register = template.Library()


@register.inclusion_tag("desk/due.html")
def due(due_at: datetime | None, now: datetime, kind: str = "", stopped_at: datetime | None = None) -> dict[str, Any]:
    """`{% due referral.due_at request.now referral.due_kind %}`: the clock in words, number, icon and colour.

    A fourth argument, the instant at which the clock stopped, shows it as met or missed.
    """
    return {"due": words.due(due_at, now, kind, stopped_at)}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """`{% icon "clock" %}`: a small drawing that says nothing by itself (hidden from screen readers)."""
    return render_to_string("desk/icon.html", {"name": name})


@register.inclusion_tag("desk/state.html")
def state(value: str) -> dict[str, Any]:
    """`{% state referral.state %}`: the state of a referral as a tag."""
    return {"value": value, "words": words.words_of(value, "state")}


@register.filter
def pacific(at: datetime | None) -> str:
    """An instant with weekday and zone; see `words.pacific`."""
    return words.pacific(at)


@register.filter
def day(on: date | datetime | None) -> str:
    """A day with its weekday; see `words.day`."""
    return words.day(on)


@register.filter
def words_of(value: str | None, kind: str = "") -> str:
    """`{{ referral.program|words_of }}`, or `|words_of:"requester"` where one word means two things."""
    return words.words_of(value, kind)


@register.filter
def specialty(code: str) -> str:
    """A NUCC taxonomy code in plain words."""
    return plain_name(code) if code else ""


@register.filter
def counted(number: int) -> str:
    """How many professionals, as far as they were counted: `more than 1,000`."""
    return number_in_words(number)
