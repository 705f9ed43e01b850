"""What came of a step that a page asked for: done and on, or the page again as it stands now."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from secondopinion.desk.referral import referral_or_404
from secondopinion.desk.words import lowered
from secondopinion.referrals.change import Taken
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.referrals.models import Referral

MOVED_ON: Final = 409
NOT_SO: Final = 422
LINE: Final = 300  # characters
NEVER: Final = -1  # a position no referral has: a page without one is a stale page


def seen(request: HttpRequest) -> int:
    """The position that the person had on the screen."""
    try:
        return int(request.POST.get("seen", ""))
    except ValueError:
        return NEVER


def line_of(request: HttpRequest, name: str) -> str:
    """One typed line, without what no keyboard types: PostgreSQL keeps no NUL."""
    return "".join(c for c in request.POST.get(name, "") if c.isprintable()).strip()[:LINE]


def again(request: HttpRequest, found: Referral) -> tuple[Referral, int]:
    """The referral as it stands now, after a refusal, and the status that says whether it had moved on."""
    fresh = referral_or_404(request, found.number)
    return fresh, NOT_SO if fresh.position == seen(request) else MOVED_ON


def done(request: HttpRequest, taken: Taken, address: str, anchor: str = "") -> HttpResponse:
    """Back to the page by GET, with what was done."""
    letters = len(taken.letters)
    owed = f" {letters} letter{'' if letters == 1 else 's'} will be mailed." if letters else ""
    messages.success(request, f"Done: {lowered(STEPS[taken.step].words)}.{owed}")
    response = redirect(reverse(address, args=[taken.number]) + anchor)
    response.status_code = 303
    return response
