"""Letters that wait for a translation, and letters that somebody must read out: a list, the least time left first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.mailings import ROLES
from secondopinion.desk.referral import now_of, person_of
from secondopinion.people.doors import signed_in
from secondopinion.referrals.language_work import to_read_out, to_translate


@signed_in(why="look after translations")
@require_safe
def translations(request: HttpRequest) -> HttpResponse:
    """What waits for words, for a second pair of eyes, or for a voice."""
    person = person_of(request)
    context = {
        "to_translate": to_translate(person),
        "to_read_out": to_read_out(person),
        "may_act": person.is_a(*ROLES),
        "of_the_plan": person.network is None,
        "now": now_of(request),
    }
    return render(request, "desk/translations.html", context)
