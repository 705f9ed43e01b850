"""Choosing a professional: whom the Member may choose, why each is on the list, and who chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.referral import Refusal, head_of, now_of, person_of, referral_or_404, setting_of
from secondopinion.desk.referral_words import NEARNESS
from secondopinion.desk.step_fields import StepForm, choice_field
from secondopinion.desk.words import words_of
from secondopinion.people.doors import signed_in
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals import reading
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral
from secondopinion.referrals.told import Choose, Told

FIRST: Final = 5
MOST: Final = 60
CHOOSERS: Final = (
    "The Member",
    "The Member’s Authorized Representative",
    "The Member, with the office that asked",
)
WAYS: Final = ("by phone", "in writing", "by fax", "in person", "in the portal")
PICK_ONE: Final = "Choose a professional from the list."


class ChooseForm(StepForm):
    """Record whom the Member chose."""

    step = "choose"
    title = "Record the Member’s choice"
    verb = "Record the choice"
    professional = forms.UUIDField(label="Professional", error_messages={"required": PICK_ONE, "invalid": PICK_ONE})
    by = choice_field("Who chose?", tuple((w, w) for w in CHOOSERS))
    how = choice_field("How did the choice reach us?", tuple((w, w.capitalize()) for w in WAYS))

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Choose(said["professional"], said["by"], said["how"])


@dataclass(frozen=True, slots=True)
class Offer:
    """One professional on the list, with the reasons in words."""

    who: reading.Candidate
    nearness: str
    languages: tuple[str, ...]
    chosen: bool
    ticked: bool


@signed_in(why="help the Member choose a professional")
@require_safe
def choose_professional(request: HttpRequest, number: str) -> HttpResponse:
    """The list, and the form that records the choice."""
    return show(request, referral_or_404(request, number))


def show(request: HttpRequest, found: Referral, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    """The list of those the Member may choose; after a refusal with its sentence."""
    setting = setting_of(request, found)
    before = setting.before
    allowed = {step.name for step in reading.steps_for(found, person_of(request), now_of(request))}
    candidates: list[reading.Candidate] = []
    choice, unready = None, ""
    try:
        choice = questions.where_may_the_member_go(before.edition_in_force, before.asked, before.answers)
        candidates = reading.candidates_of(found, now_of(request))
    except Refused as refused:
        unready = refused.sentence
    form = refusal.form if refusal and refusal.form else ChooseForm(setting)
    offers = [offer(c, found, str(form.data.get("professional", ""))) for c in candidates[:MOST]]
    context = head_of(request, found) | {
        "errors": refusal.errors if refusal else (),
        "first": offers[:FIRST],
        "more": offers[FIRST:],
        "more_open": any(o.ticked for o in offers[FIRST:]),
        "left_out": max(len(candidates) - MOST, 0),
        "choice": choice,
        "unready": unready,
        "form": form,
        "may_choose": "choose" in allowed,
    }
    return render(request, "desk/referral_choose.html", context, status=status)


def offer(candidate: reading.Candidate, found: Referral, ticked: str) -> Offer:
    """One candidate as the list shows it."""
    nearness = NEARNESS[candidate.level] if candidate.level is not None else "Any qualified professional may be chosen"
    return Offer(
        who=candidate,
        nearness=nearness,
        languages=tuple(words_of(code, "language") for code in candidate.who.languages),
        chosen=candidate.who.pk == found.professional_id,
        ticked=str(candidate.who.pk) == ticked,
    )
