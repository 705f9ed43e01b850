"""Choosing a professional: whom the Member may choose and why, on a list and a map; and who chose, how and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from secondopinion.desk.choosing_forms import ChooseAgainForm, ChooseForm, NoneSuitsForm, PickForm, TakeBackPageForm
from secondopinion.desk.errors import Line as ErrorLine
from secondopinion.desk.outcome import again, seen
from secondopinion.desk.referral import Refusal, head_of, now_of, person_of, referral_or_404, setting_of
from secondopinion.desk.step_fields import Setting, StepForm
from secondopinion.desk.words import WORDS, words_of
from secondopinion.directory import mapping
from secondopinion.people.doors import signed_in
from secondopinion.people.find import representatives_of
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals import pages, reading
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.listing import FIRST, MOST, WITHIN, Filters, Listed, Numbered, filters_of, list_for
from secondopinion.referrals.models import Referral
from secondopinion.referrals.offering import Offer, by_number
from secondopinion.referrals.shown import sealed

Form = TypeVar("Form", bound=StepForm)
MAP_WORDS: Final = {
    "title": "Where they are, seen from the Member’s home",
    "caption": "The numbers are those of the list. The home is drawn to the nearest two thirds of a mile.",
    "no_home": "The Member’s home has no place on record. The numbers are those of the list.",
    "north": "N",
    "mile": "mile",
    "miles": "miles",
    "in_words": "The map in words",
}
BY_CLAUSE: Final = {
    "III.A": "An opinion about the PCP’s care comes from any qualified professional in the network (GG.1538 III.A).",
    "III.B": (
        "An opinion about a specialist’s care comes from a Specialist Physician of the same or an equivalent "
        "specialty, anywhere in the plan’s networks (GG.1538 III.B)."
    ),
}
SAME_LICENSE: Final = "The opinion comes from a professional with the same licence (GG.1538 II.F)."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: its number, the professional, and what the page says besides."""

    number: int
    offer: Offer
    reasons: tuple[tuple[str, bool], ...]  # true: a tie, and the Member may choose knowing it
    languages: tuple[str, ...]  # the Member's own first
    on_the_map: bool
    chosen: bool
    ticked: bool


@signed_in(why="help the Member choose a professional")
@require_safe
def choose_professional(request: HttpRequest, number: str) -> HttpResponse:
    """The list, the map, and the forms that record what the Member says."""
    return show(request, referral_or_404(request, number))


def show(request: HttpRequest, found: Referral, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    """The list of those the Member may choose; after a refusal with its sentence and everything that was typed."""
    now, person = now_of(request), person_of(request)
    setting = setting_of(request, found)
    before = setting.before
    allowed = {step.name for step in reading.steps_for(found, person, now)}
    filters = filters_of(request.POST or request.GET)
    listed: Listed | None = None
    guide, unready = "", ""
    try:
        choice = questions.where_may_the_member_go(before.edition_in_force, before.asked, before.answers)
        guide = BY_CLAUSE.get(choice.clause, SAME_LICENSE)
        listed = list_for(before, found.member, filters, now)
    except Refused as refused:
        unready = refused.sentence
    chooser = ChooseAgainForm if "choose_again" in allowed else ChooseForm
    forms = {form.step: _form(form, setting, refusal) for form in (chooser, PickForm, NoneSuitsForm, TakeBackPageForm)}
    typed = next((f for f in forms.values() if f.is_bound and "professional" in f.fields), forms[chooser.step])
    ticked = str(typed.data.get("professional", ""))
    language = found.member.language
    context = head_of(request, found) | {
        "errors": refusal.errors if refusal else (),
        "guide": guide,
        "unready": unready,
        "listed": listed,
        "lines": [_line(each, found, language, ticked) for each in listed.in_sight] if listed else [],
        "left_out": by_number(listed.left_out) if listed else [],
        "map_words": MAP_WORDS,
        "bearings": [mapping.in_words(b) for b in listed.map.bearings] if listed and listed.map else [],
        "sealed": sealed(listed.shown) if listed else "",
        "filters": filters,
        "filters_said": {**filters.said, "show": str(filters.show)},
        "more_links": _more_links(found, filters, listed),
        "languages": WORDS["language"].items(),
        "within": WITHIN,
        "specialties": setting.choices["clinician_taxonomy"],
        "representatives": representatives_of(found.member_id, setting.today),
        "page_given": pages.standing_of(found, now),
        "clause": choice.clause if not unready else "",
        "ticked": ticked,
        "open_form": refusal.step if refusal else "",
        **{f"{name}_form": form for name, form in forms.items()},
        "choose_form": forms[chooser.step],
        "may_choose": chooser.step in allowed and not unready,
        **{f"may_{name}": name in allowed and not unready for name in ("pick", "none_suits", "give_page")},
        "may_take_back_page": "take_back_page" in allowed,
    }
    return render(request, "desk/referral_choose.html", context, status=status)


@signed_in(why="give the Member a page to choose")
@require_POST
def give_page(request: HttpRequest, number: str) -> HttpResponse:
    """Give the Member a page to choose on: its code is shown here, once."""
    found = referral_or_404(request, number)
    try:
        given = pages.give(found, person_of(request), now_of(request), seen(request))
    except Refused as refused:
        fresh, status = again(request, found)
        return show(request, fresh, Refusal("give_page", (ErrorLine(refused.sentence, "step-give_page"),)), status)
    fresh = referral_or_404(request, number)
    address = request.build_absolute_uri(reverse("member-page"))
    told = {"errors": (), "given": given, "address": address, "link": f"{address}{given.code}"}
    context = head_of(request, fresh) | told
    return render(request, "desk/choice_page_given.html", context)


def _form(form: type[Form], setting: Setting, refusal: Refusal | None) -> Form:
    """The form as it was typed, when it is the one that was refused; else empty."""
    typed = refusal.form if refusal else None
    return typed if isinstance(typed, form) else form(setting)


def _line(each: Numbered, found: Referral, language: str, ticked: str) -> Line:
    key = each.offer.who.pk
    spoken = sorted(each.offer.languages, key=lambda code: (code != language, code))
    return Line(
        number=each.number,
        offer=each.offer,
        reasons=each.reasons,
        languages=tuple(words_of(code, "language") for code in spoken),
        on_the_map=each.on_the_map,
        chosen=key == found.professional_id,
        ticked=str(key) == ticked,
    )


def _more_links(found: Referral, filters: Filters, listed: Listed | None) -> list[tuple[str, str]]:
    """Where more of the list is: five more, or all of it."""
    if listed is None or not listed.more:
        return []
    here = reverse("choose-professional", args=[found.number])
    shown = len(listed.in_sight)
    links = [(f"Show {listed.more} more", "all")]
    if listed.more > FIRST:
        links = [(f"Show {FIRST} more", str(shown + FIRST)), (f"Show all {min(shown + listed.more, MOST)}", "all")]
    return [(words, f"{here}?{urlencode({**filters.said, 'show': show})}#offer-{shown + 1}") for words, show in links]
