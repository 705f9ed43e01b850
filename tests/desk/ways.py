"""A referral brought to where a step can be taken, and the browser of the one who may take it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import TODAY, County
from desk.life import again
from referrals.brought import Brought
from referrals.ways import way_to
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event, Referral

Browser = Callable[[str], Client]
Clock = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """A referral, and somebody who looks at its page."""

    referral: Referral
    client: Client

    def page(self, name: str = "referral") -> str:
        """What the page says, as text."""
        return text(self.client.get(reverse(name, args=[self.referral.number])))

    def take(self, step: str, **said: object) -> HttpResponse:
        """Press the button of a step's form."""
        now = again(self.referral)
        address = reverse("take-step", args=[now.number, step])
        return self.client.post(address, {"seen": now.position, "page": "referral", **said})

    def now(self) -> Referral:
        """The referral as it stands now."""
        return again(self.referral)

    def last(self) -> Event:
        """The last event."""
        with plan_scope(TODAY):
            return Event.objects.filter(referral=self.referral).order_by("-position")[0]


def stage_for(step: str, place: County, signed_in_as: Browser, at: Clock) -> Stage:
    """Everything stands ready for a step: the referral, the hour, and the person of that role."""
    with plan_scope(TODAY):
        way = way_to(step, place)
    name = next(name for name, staff in place.staff.items() if staff.pk == way.person.staff_id)
    at(way.now)
    return staged(way.referral, name, signed_in_as)


def brought(place: County, way: Callable[[County], Brought], who: str, signed_in_as: Browser) -> Stage:
    """A referral on its way, looked at by somebody."""
    with plan_scope(TODAY):
        referral = way(place).referral
    return staged(referral, who, signed_in_as)


def staged(referral: UUID, who: str, signed_in_as: Browser) -> Stage:
    """The referral with this key, and a browser of somebody."""
    with plan_scope(TODAY):
        found = Referral.objects.select_related("member", "network").get(pk=referral)
    return Stage(found, signed_in_as(who))


def text(response: HttpResponse) -> str:
    """What a page says, without its marks."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))
