"""Who was told of the right to a second opinion, when and how; who is owed it, and who is overdue (GG.1538 II.A)."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.letters.languages import LANGUAGES
from secondopinion.people.doors import signed_in
from secondopinion.people.find import NotMatched, member_by
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.right_owed import SHOWN, files_read, overdue_on, owed_on, standings, told_to
from secondopinion.referrals.right_telling import mailings_of

ROLES = ("intake", "nurse", "physician", "appeals")


@signed_in(*ROLES, why="see who was told of the right")
@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    """The standing of telling by program, whom the plan owes a statement, and the papers that say the right.

    Members stand here by their number alone: a name is not needed to see what is owed.
    """
    now: datetime = request.now  # type: ignore[attr-defined]
    today = now.astimezone(PACIFIC).date()
    context = {
        "today": today,
        "standings": standings(today),
        "overdue": overdue_on(today),
        "owed": owed_on(today),
        "most": SHOWN,
        "files": files_read(),
        "languages": LANGUAGES.values(),
        "programs": list(Program),
    }
    return render(request, "desk/right_told.html", context)


@signed_in(*ROLES, why="see how a Member was told of the right")
@require_safe
def one_member(request: HttpRequest, member_id: str) -> HttpResponse:
    """Each statement to one Member: owed since when, due when, told when and how, and what the print house said."""
    try:
        member = member_by(member_id)
    except NotMatched as nobody:
        raise Http404 from nobody
    now: datetime = request.now  # type: ignore[attr-defined]
    statements = told_to(member)
    mailings = mailings_of(statements)
    context = {
        "member": member,
        "today": now.astimezone(PACIFIC).date(),
        "rows": [(each, mailings.get(each.pk, [])) for each in statements],
    }
    return render(request, "desk/right_told_member.html", context)
