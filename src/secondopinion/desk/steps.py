"""Taking a step from a page: read the form, go through the one door, and say what came of it.

A refusal shows the page again, as it stands now, with the sentence and everything that was typed: 422, or 409
when the referral has moved on since the page was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from secondopinion.desk import choosing, choosing_forms, consultation, decision, referral, search_network
from secondopinion.desk.beside import VALUES
from secondopinion.desk.errors import Line as ErrorLine
from secondopinion.desk.outcome import NOT_SO, again, done, line_of, seen
from secondopinion.desk.referral import Refusal, now_of, person_of, referral_or_404, refusal_of_form, setting_of
from secondopinion.desk.step_fields import StepForm
from secondopinion.desk.step_forms import FORMS
from secondopinion.letters.refusal import Incomplete
from secondopinion.people.doors import signed_in
from secondopinion.referrals import reading
from secondopinion.referrals.advance import advance
from secondopinion.referrals.chain import move_to_appeal
from secondopinion.referrals.change import Taken
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral
from secondopinion.referrals.told import Answer, Told
from secondopinion.referrals.told_objections import IsAppeal

Show = Callable[..., HttpResponse]
PAGES: Final[Mapping[str, tuple[str, Show]]] = MappingProxyType(
    {
        "referral": ("referral", referral.show),
        "choose": ("choose-professional", choosing.show),
        "consultation": ("consultation", consultation.show),
        "decide": ("referral", decision.show_refusal),
        "search": ("search-network", search_network.show),
    }
)
OWN_PAGES: Final[Mapping[str, tuple[type[StepForm], str, Show]]] = MappingProxyType(
    {
        "choose": (choosing_forms.ChooseForm, "referral", choosing.show),
        "choose_again": (choosing_forms.ChooseAgainForm, "referral", choosing.show),
        "pick": (choosing_forms.PickForm, "referral", choosing.show),
        "none_suits": (choosing_forms.NoneSuitsForm, "choose-professional", choosing.show),
        "take_back_page": (choosing_forms.TakeBackPageForm, "choose-professional", choosing.show),
        "search": (search_network.SearchForm, "search-network", search_network.show),
        "agree_outside": (search_network.AgreeOutsideForm, "search-network", search_network.show),
        "attest_training": (search_network.AttestTrainingForm, "search-network", search_network.show),
    }
)


@signed_in(why="take a step on a referral")
@require_POST
def take_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Take one step with its form."""
    found = referral_or_404(request, number)
    shown_on = request.POST.get("page", "referral")
    address, show = PAGES.get(shown_on, PAGES["referral"])
    if step == "answer":
        return _answer(request, found)
    maker = FORMS.get(step)
    if step in OWN_PAGES:
        maker, address, show = OWN_PAGES[step]
    if maker is None:
        raise Http404("There is no such step here. Open the referral's page.")
    form = maker(setting_of(request, found), request.POST, request.FILES)
    if not form.is_valid():
        return show(request, found, refusal_of_form(step, form), NOT_SO)
    try:
        taken = _taken(request, found, form.told())
    except (Refused, Incomplete) as refused:
        fresh, status = again(request, found)
        typed = maker(setting_of(request, fresh), request.POST, request.FILES)
        return show(request, fresh, Refusal(step, (ErrorLine(str(refused), f"step-{step}"),), typed), status)
    return done(request, taken, address)


def _taken(request: HttpRequest, found: Referral, told: Told) -> Taken:
    """Through the one door; an appeal touches two referrals, so it goes by way of the chain. Raises Refused."""
    person, now, position = person_of(request), now_of(request), seen(request)
    if isinstance(told, IsAppeal):
        return move_to_appeal(found, told, person=person, now=now, seen=position)
    return advance(found.id, told, person=person, now=now, seen=position)


def _answer(request: HttpRequest, found: Referral) -> HttpResponse:
    """Record the answers that differ from those the page showed."""
    typed = {
        name.removeprefix("fact-"): str(value)
        for name, value in request.POST.items()
        if name.startswith("fact-") and value in VALUES
    }
    before = reading.snapshot_of(found).answers
    told = Answer(
        {name: VALUES[value] for name, value in typed.items() if before.get(name) is not VALUES[value]},
        line_of(request, "source"),
    )
    try:
        taken = advance(found.id, told, person=person_of(request), now=now_of(request), seen=seen(request))
    except Refused as refused:
        fresh, status = again(request, found)
        refusal = Refusal("answer", (ErrorLine(str(refused), "facts"),), None, typed)
        return referral.show(request, fresh, refusal, status)
    return done(request, taken, "referral", "#facts")
