"""The Member's own list: whom to choose, the choice, none of these, and what happens next by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from secondopinion.directory import mapping
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models_representing import Scope
from secondopinion.people.representing import acting, acts
from secondopinion.policy.asked import About
from secondopinion.policy.calendar import PACIFIC
from secondopinion.portal.door import PATH, cookie_of, now_of, opened, to_anybody, visit_of
from secondopinion.portal.entering import closed, frame
from secondopinion.portal.reasons import plainly, reasons_of
from secondopinion.portal.words import as_written, day_in_words, instant_in_words, words_in
from secondopinion.referrals import reading
from secondopinion.referrals.advance import advance
from secondopinion.referrals.choosing import UNSUITED, Chooser, Way
from secondopinion.referrals.clockwork import running
from secondopinion.referrals.lifecycle import Refused, steps_from
from secondopinion.referrals.listing import FIRST, MOST, WITHIN, Filters, Listed, Numbered, filters_of, list_for
from secondopinion.referrals.match import judged
from secondopinion.referrals.notices import professional
from secondopinion.referrals.offering import by_number, number_in_words, sentence
from secondopinion.referrals.pages import THE_MEMBER, THE_REPRESENTATIVE, Visit
from secondopinion.referrals.sensitive import segments
from secondopinion.referrals.shown import sealed, unsealed
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Choose, Told
from secondopinion.referrals.told_choosing import ChooseAgain, NoneSuits

NOT_SO: Final = 422
CHOICES: Final = {Choose.step, ChooseAgain.step}
NAME: Final = 120  # characters
LONGEST: Final = 1000  # characters of a Member's own words


@opened(closed)
@require_safe
def doctors(request: HttpRequest) -> HttpResponse:
    """The list and the map."""
    return show(request, filters_of(request.GET))


def show(request: HttpRequest, filters: Filters, trouble: str = "", status: int = 200) -> HttpResponse:
    """The list as it stands now, with a sentence when something was not taken."""
    visit, now = visit_of(request), now_of(request)
    words = words_in(visit.member.language)
    before = reading.snapshot_of(visit.referral)
    listed = list_for(before, visit.member, filters, now)
    may, chosen = allowed(visit), visit.referral.professional
    winds, more_than = words["winds"], words["more_than"]
    context = frame(words) | {
        "hello": words["hello"].format(name=visit.member.first_name),
        "trouble": trouble,
        "may_choose": bool(CHOICES & may),
        "may_say_none": NoneSuits.step in may,
        "chosen_line": words["chosen_now"].format(who=chosen) if chosen else "",
        "asked": before.search_asked_at is not None,
        "lines": [line(each, words, visit) for each in listed.in_sight],
        "listed": listed,
        "filtered": bool(filters.said),
        "considered": words["considered"].format(count=number_in_words(listed.considered, more_than=more_than)),
        "left_out": [(plainly(why, words), count) for why, count in by_number(listed.left_out, more_than=more_than)],
        "wider": words["wider"].format(count=number_in_words(listed.wider_network, more_than=more_than))
        if listed.wider_network
        else "",
        "bearings": [mapping.in_words(b, winds) for b in listed.map.bearings] if listed.map else [],
        "filters": filters,
        "filters_said": filters.said | {"show": str(filters.show)},
        "may_widen": before.about == About.PCP_CARE.value,
        "languages": words["spoken"].items(),
        "within": [(miles, words["miles_most"].format(miles=miles)) for miles in WITHIN],
        "more_links": more_links(filters, listed, words),
        "sealed": sealed(listed.shown),
        "outside_button": words["choose"].format(who=listed.outside) if listed.outside else "",
    }
    return render(request, "portal/doctors.html", context, status=status)


@opened(closed)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """One professional, to be looked at once more before the choice is sent."""
    return ask_again(request)


def ask_again(request: HttpRequest, trouble: str = "", status: int = 200) -> HttpResponse:
    """The question whether this is the choice, with what speaks against independence."""
    visit = visit_of(request)
    words = words_in(visit.member.language)
    who = professional(key_of(request))
    if who is None or not CHOICES & allowed(visit):
        return show(request, filters_of(request.POST), words["gone"], NOT_SO)
    at = visit.referral.appointment_at
    context = frame(words) | {
        "who": who,
        "ties": ties_of(visit, who, now_of(request), words),
        "sealed": request.POST.get("shown", ""),
        "filters_said": filters_of(request.POST).said,
        "for_name": for_name(request),
        "is_representative": visit.representative is not None,
        "visit_set": words["check_visit"].format(at=instant_in_words(at, visit.member.language)) if at else "",
        "trouble": trouble,
    }
    return render(request, "portal/check.html", context, status=status)


@opened(closed)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Take the choice, through the one door, as the Member."""
    visit, now = visit_of(request), now_of(request)
    words, key = words_in(visit.member.language), key_of(request)
    who = professional(key)
    knowing = request.POST.get("knowing") == "yes"
    if key is None or who is None:
        return show(request, filters_of(request.POST), words["gone"], NOT_SO)
    if not knowing and ties_of(visit, who, now, words):
        return ask_again(request, words["check_knowing_missing"], NOT_SO)
    if not is_on_file(request, visit):
        return ask_again(request, words["not_on_file"], NOT_SO)
    try:
        shown = unsealed(request.POST.get("shown", ""), visit.referral.id, now)
        kind = ChooseAgain if ChooseAgain.step in allowed(visit) else Choose
        take(visit, kind(key, *whose_word(request), shown=shown, knowing=knowing), now)
    except Refused:
        # The rooms' sentences are written for staff; a Member is told what to do, in plain words.
        return show(request, filters_of(request.POST), words["gone"], NOT_SO)
    return on_to("member-done")


@opened(closed)
@require_POST
def none_of_these(request: HttpRequest) -> HttpResponse:
    """Ask why none of these works; once it is sent, keep it and begin the search outside the list (II.H)."""
    visit, now = visit_of(request), now_of(request)
    words = words_in(visit.member.language)
    if request.POST.get("send") != "yes":
        return why_none(request)
    reasons = tuple(reason for reason in UNSUITED if reason in request.POST.getlist("reasons"))
    said = "".join(c for c in request.POST.get("words", "") if c.isprintable() or c == "\n").strip()[:LONGEST]
    if not reasons:
        return why_none(request, words["none_missing"], NOT_SO)
    if "other" in reasons and not said:
        return why_none(request, words["none_other_missing"], NOT_SO)
    if not is_on_file(request, visit):
        return why_none(request, words["not_on_file"], NOT_SO)
    try:
        shown = unsealed(request.POST.get("shown", ""), visit.referral.id, now)
        take(visit, NoneSuits(reasons, said, *whose_word(request), shown=shown), now)
    except Refused:
        return show(request, filters_of(request.POST), words["gone"], NOT_SO)
    return on_to("member-done")


def why_none(request: HttpRequest, trouble: str = "", status: int = 200) -> HttpResponse:
    """The question why none of these works, as it was answered so far."""
    words = words_in(visit_of(request).member.language)
    marked = request.POST.getlist("reasons")
    context = frame(words) | {
        "reasons": [(key, words[f"reason_{key}"], key in marked) for key in UNSUITED],
        "typed": request.POST.get("words", "")[:LONGEST],
        "sealed": request.POST.get("shown", ""),
        "filters_said": filters_of(request.POST).said,
        "for_name": for_name(request),
        "is_representative": visit_of(request).representative is not None,
        "trouble": trouble,
    }
    return render(request, "portal/none.html", context, status=status)


@opened(closed)
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """What was taken, what happens next, and by when."""
    visit = visit_of(request)
    words = words_in(visit.member.language)
    context = frame(words) | {
        "headline": headline(visit, words),
        "steps": next_steps(visit, words),
        "again": words["next_again"].format(until=day_in_words(visit.page.expires_at, visit.member.language))
        if allowed(visit)
        else "",
        "from_own_page": visit.is_from_own_page,
    }
    return render(request, "portal/done.html", context)


@to_anybody
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page on this device."""
    response = on_to("member-page")
    response.delete_cookie(cookie_of(request), path=PATH, samesite="Strict")
    return response


def take(visit: Visit, told: Told, now: datetime) -> None:
    """Through the one door, as the Member, or as the representative whose own page it is."""
    advance(visit.referral.id, told, person=THE_REPRESENTATIVE if visit.representative else THE_MEMBER, now=now)


def allowed(visit: Visit) -> set[str]:
    """The steps that the Member may take now, by the lifecycle table."""
    return {step.name for step in steps_from(State(visit.referral.state), THE_MEMBER.roles)}


def headline(visit: Visit, words: Mapping[str, Any]) -> str:
    """What the Member has said so far."""
    if visit.referral.search_asked_at is not None:
        return str(words["done_none"])
    if visit.referral.professional is not None:
        return str(words["done_chosen"].format(who=visit.referral.professional))
    return str(words["done_nothing"])


def next_steps(visit: Visit, words: Mapping[str, Any]) -> list[str]:
    """What happens next, each with its day where one is known."""
    referral, own = visit.referral, visit.member.language
    clocks = running(reading.snapshot_of(referral))
    due = {clock.kind: clock.due_at for clock in clocks if clock.due_at is not None}
    steps = []
    if "search" in due:
        steps.append(words["next_search"].format(by=day_in_words(due["search"], own)))
    elif referral.appointment_at is not None:
        steps.append(words["next_visit"].format(at=instant_in_words(referral.appointment_at, own)))
    elif referral.professional is not None and State(referral.state) is State.AUTHORIZED:
        by, phone = due.get("appointment"), as_written(referral.professional.phone, own)
        steps.append(words["next_letter"])
        if by is not None:
            steps += [words["next_call"].format(phone=phone, by=day_in_words(by, own)), words["next_help"]]
        else:
            steps.append(words["next_call_anytime"].format(phone=phone))
    if "decision" in due:
        decide_by = min(c.due_at for c in clocks if c.kind == "decision" and c.due_at is not None)
        steps.append(words["next_waiting"].format(by=day_in_words(decide_by, own)))
    elif not steps:
        steps.append(words["next_waiting_anytime"])
    return steps


def line(each: Numbered, words: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    """One professional on the list, in the page's words."""
    offer, not_known = each.offer, words["not_known"]
    own = visit.member.language
    spoken = sorted(offer.languages, key=lambda code: (code != own, code))
    languages = ", ".join(words["spoken"].get(code, code) for code in spoken) or not_known
    where = ", ".join(offer.address_lines)
    yes_no = {True: words["yes"], False: words["no"], None: not_known}
    return {
        "number": each.number,
        "who": offer.who,
        "specialty": offer.specialty,
        "reasons": reasons_of(offer, words),
        "button": words["choose"].format(who=offer.who.full_name),
        "is_chosen": offer.who.pk == visit.referral.professional_id,
        "facts": [
            (words["where"], where if each.on_the_map else f"{where} ({words['off_map']})"),
            (words["phone"], offer.phone or not_known),
            (words["languages"], f"{languages} ({words['interpreter']})" if offer.speaks is False else languages),
            (words["access"], yes_no[offer.accessible]),
            (words["new_members"], yes_no[offer.accepts]),
            (words["opening"], day_in_words(offer.next_opening, own) if offer.next_opening else not_known),
        ],
    }


def more_links(filters: Filters, listed: Listed, words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where more of the list is: a few more, or all of it."""
    if not listed.more:
        return []
    here, shown = reverse("member-doctors"), len(listed.in_sight)
    every = min(shown + listed.more, MOST)
    links = [(words["all"].format(count=every), "all")]
    if listed.more > FIRST:
        links.insert(0, (words["more"].format(count=FIRST), str(shown + FIRST)))
    return [(label, f"{here}?{urlencode({**filters.said, 'show': to})}#doctor-{shown + 1}") for label, to in links]


def ties_of(visit: Visit, who: QualifiedProfessional, now: datetime, words: Mapping[str, Any]) -> list[str]:
    """What ties a doctor to the one in question, in sentences for the Member."""
    _, ties = judged(reading.snapshot_of(visit.referral), who, now)
    return [plainly(sentence(tie), words) for tie in ties]


def for_name(request: HttpRequest) -> str:
    """The name typed by somebody who chooses for the Member; empty: the Member chooses."""
    return "".join(c for c in request.POST.get("for_name", "") if c.isprintable()).strip()[:NAME]


def whose_word(request: HttpRequest) -> tuple[str, str, str]:
    """Whose word it is, how it came, and the name where somebody chooses for the Member; as `Choose` takes them."""
    visit = visit_of(request)
    name = visit.representative.name if visit.representative else for_name(request)
    return (Chooser.REPRESENTATIVE if name else Chooser.MEMBER).value, Way.PAGE.value, name


def is_on_file(request: HttpRequest, visit: Visit) -> bool:
    """May the one who chooses do so today: the Member, the holder of the page, or whose name was typed?"""
    name, today = for_name(request), now_of(request).astimezone(PACIFIC).date()
    known = segments(visit.referral.pk, visit.referral.condition_code, today)
    if visit.representative:
        return acts(visit.representative, Scope.CHOOSE, known, today)
    return not name or acting(visit.member.pk, name, Scope.CHOOSE, known, today) is not None


def key_of(request: HttpRequest) -> UUID | None:
    """Which professional a button names; None for what is no key."""
    try:
        return UUID(request.POST.get("professional", ""))
    except ValueError:
        return None


def on_to(name: str) -> HttpResponse:
    """On to a page by GET."""
    response = redirect(name)
    response.status_code = 303
    return response
