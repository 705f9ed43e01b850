"""A request that came to the wrong desk: sending it on, and taking in what others have sent here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_forwarding import Forward, SendOn
from secondopinion.desk.forms_members import MemberSearch
from secondopinion.desk.members import banner_of
from secondopinion.desk.words import pacific
from secondopinion.people.doors import signed_in
from secondopinion.people.find import health_network, health_networks, log_found
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.forwarding import Waiting, forward, forward_again, sent_by, sent_here, waiting
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models_forwarding import Forwarded

ROLES = ("intake", "nurse", "physician")


@signed_in(*ROLES, why="forward a misdirected request")
def send(request: HttpRequest) -> HttpResponse:
    """The form that sends a misdirected request on, and what was sent from here and nobody has taken in yet."""
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    form = Forward(
        request.POST if request.method == "POST" else None,
        person=person,
        networks=health_networks(),
        initial={"urgency": "standard"},
    )
    lines = summary_of(form)
    if form.is_bound and form.is_valid():
        try:
            sent = forward(form.said(), to=form.target, person=person, now=now)
        except Refused as refusal:
            lines = [Line(refusal.sentence, "")]
        else:
            messages.success(request, _told(sent))
            return redirect("work-list")
    context = {"form": form, "summary": lines, "sent": sent_by(person), "now": now}
    return render(request, "desk/forward.html", context)


@signed_in(*ROLES, why="take in a forwarded request")
def forwarded(request: HttpRequest, forwarded_id: UUID) -> HttpResponse:
    """One request that was forwarded here: find its Member and take it in, or send it on."""
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    try:
        here = waiting(forwarded_id, person)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("work-list")
    do = request.POST.get("do", "") if request.method == "POST" else ""
    search = MemberSearch(request.POST if do == "find" else None)
    on = SendOn(request.POST if do == "send" else None, person=person, networks=health_networks())
    lines = summary_of(search) + summary_of(on)
    banner = None
    if do == "find" and search.is_valid() and search.member is not None:
        banner = banner_of(search.member, now)
        log_found(search.member, person, now)
    if do == "send" and on.is_valid():
        try:
            sent = forward_again(forwarded_id, to=on.target, person=person, now=now)
        except Refused as refusal:
            lines = [Line(refusal.sentence, "")]
        else:
            messages.success(request, _told(sent))
            return redirect("work-list")
    take_in = ""
    if banner is not None:
        take_in = f"{reverse('intake', args=[banner.member.member_id])}?{urlencode({'forwarded': forwarded_id})}"
    context = {"here": here, "form": search, "send_on": on, "banner": banner, "take_in": take_in, "summary": lines,
               "now": now}  # fmt: skip
    return render(request, "desk/forwarded.html", context)


def came_with(request: HttpRequest) -> Waiting | None:
    """The forwarded request that an intake form takes in; none when it takes in none, or one not sent here.

    A form that is sent may name one that is taken in by now: the door of `take` says so, in a sentence.
    """
    person: Person = request.person  # type: ignore[attr-defined]
    sent = request.method == "POST"
    named = (request.POST if sent else request.GET).get("forwarded", "")
    try:
        return (sent_here if sent else waiting)(UUID(named), person) if named else None
    except (ValueError, Refused):
        return None


def receipt_of(came: Forwarded) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What a forwarded request brings to the intake form: what may not be changed there, and what may."""
    here = came.received_at.astimezone(PACIFIC)
    fixed = {"channel": came.channel, "received_on": here.date(), "received_time": here.time()}
    told = {"forwarded": came.pk, "received_at": came.received_at, "urgency": came.urgency, "request_words": came.words}
    return fixed, told


def _told(sent: Forwarded) -> str:
    """What became of the request, in a sentence."""
    network = health_network(sent.to_network_id)
    name = network.name if network else the_plan().name
    return f"Sent on to {name}. Its clock has been running since {pacific(sent.received_at)}."
