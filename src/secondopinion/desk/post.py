"""The post room: letters that are stuck, came back or are not answered for, and how the days add up."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.mailings import ROLES
from secondopinion.desk.referral import now_of, person_of
from secondopinion.letters.reconciling import as_rows, sum_of, week_before
from secondopinion.people.doors import signed_in
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.post_room import days, differences_of, not_taken_up, silent, stuck, undelivered

MOST_DAYS: Final = 92  # of one page of reconciliation


@signed_in(why="look after the post")
@require_safe
def post_room(request: HttpRequest) -> HttpResponse:
    """What wants a look: nothing of it is lost, and each piece says why, how often, since when and whose clock runs."""
    person, now = person_of(request), now_of(request)
    context = {
        "stuck": stuck(person, now),
        "undelivered": undelivered(person, now),
        "silent": silent(person, now),
        "may_act": person.is_a(*ROLES),
        "now": now,
    }
    return render(request, "desk/post.html", context)


@signed_in(why="reconcile the post")
@require_safe
def post_days(request: HttpRequest) -> HttpResponse:
    """Owed, printed, handed over and acknowledged, by day and carrier, with the letters behind each difference."""
    since, until, wrong = _days(request)
    found = days(since, until)
    begun = differences_of(person_of(request), since, until, now_of(request))
    untouched = not_taken_up(person_of(request), since, until)
    context = {
        "since": since,
        "until": until,
        "wrong": wrong,
        "tallies": sorted(found, key=lambda tally: not tally.differs),
        "sum": sum_of(found),
        "not_taken_up": untouched,
        "differing": len(begun) + len(untouched),
        "may_act": person_of(request).is_a(*ROLES),
        "open": begun,
        "now": now_of(request),
    }
    return render(request, "desk/post_days.html", context, status=422 if wrong else 200)


@signed_in(why="reconcile the post")
@require_safe
def post_days_csv(request: HttpRequest) -> HttpResponse:
    """The same table as CSV; it names no letter and no Member."""
    since, until, _ = _days(request)
    name = f"post-{since.isoformat()}-{until.isoformat()}.csv"
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    csv.writer(answer, lineterminator="\n").writerows(as_rows(days(since, until)))
    return answer


def _days(request: HttpRequest) -> tuple[date, date, str]:
    """The days in the address, or the last seven; a sentence where they are none."""
    today = now_of(request).astimezone(PACIFIC).date()
    week = week_before(today)
    since, until = (_day(request.GET.get(name, "")) for name in ("since", "until"))
    if not request.GET.get("since") and not request.GET.get("until"):
        return *week, ""
    if since is None or until is None:
        return *week, "Enter both days, as month, day and year. The last seven days are shown."
    if until < since:
        return *week, "The first day lies after the last. The last seven days are shown."
    if until - since > timedelta(days=MOST_DAYS):
        return *week, f"That is more than {MOST_DAYS} days. Choose fewer; the last seven are shown."
    return since, until, ""


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None
