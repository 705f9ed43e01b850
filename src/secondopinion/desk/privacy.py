"""What a Member can be shown: who looked at the record and why, and what left the house, to whom and why."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_privacy import DisclosureForm
from secondopinion.desk.looked_words import LOOKED
from secondopinion.desk.members import banner_of
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import now_of, person_of
from secondopinion.desk.representatives import ROLES, member_or_404
from secondopinion.people.disclosing import NotADisclosure, write_down
from secondopinion.people.doors import signed_in
from secondopinion.people.looking import MOST, looks_at
from secondopinion.people.models import Member
from secondopinion.people.plan import the_plan
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.privacy import accounted_from
from secondopinion.referrals.disclosures import disclosures_of, numbers_of

COLUMNS = ("Day", "To", "Address", "What", "Purpose", "Why", "Referral", "In the accounting")
# What a spreadsheet would take for a formula is written so that it does not.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@signed_in(*ROLES, why="show the Member who looked")
@require_safe
def looks(request: HttpRequest, member_id: str) -> HttpResponse:
    """Every look at a Member's record, in plain words; it prints."""
    member = _of_the_plan(request, member_id)
    since = accounted_from(_today(request))
    found = looks_at(numbers_of(member), since, the_plan().name)
    context = _frame(request, member, "looks") | {
        "looks": [(look, LOOKED.get(look.what, "Opened a page about the Member")) for look in found],
        "since": since,
        "most": MOST if len(found) == MOST else 0,
    }
    return render(request, "desk/looks.html", context)


@signed_in(*ROLES, why="account for disclosures")
@require_http_methods(["GET", "HEAD", "POST"])
def disclosures(request: HttpRequest, member_id: str) -> HttpResponse:
    """The accounting of disclosures, the rest of what left, and a form to write one down."""
    member = _of_the_plan(request, member_id)
    if request.method != "POST":
        return _disclosures(request, member, DisclosureForm(auto_id="left-%s"))
    form = DisclosureForm(request.POST, auto_id="left-%s")
    if not form.is_valid():
        return _disclosures(request, member, form, summary_of(form))
    try:
        write_down(member, **form.cleaned_data, person=person_of(request), now=now_of(request))
    except NotADisclosure as error:
        return _disclosures(request, member, form, [Line(str(error), "left-on")])
    messages.success(request, "Written down. It stands in the accounting from now on.")
    response = redirect("disclosures", member_id)
    response.status_code = 303
    return response


@signed_in(*ROLES, why="account for disclosures")
@require_safe
def disclosures_csv(request: HttpRequest, member_id: str) -> HttpResponse:
    """The same as a table."""
    member = _of_the_plan(request, member_id)
    file = StringIO()
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for each in disclosures_of(member, _today(request)):
        cells = (each.to, each.address, each.what, each.purpose.words, each.why, each.about)
        table.writerow([each.on.isoformat(), *map(_plain, cells), "yes" if each.accounted else "no"])
    return HttpResponse(
        file.getvalue(), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="disclosures.csv"'},
    )  # fmt: skip


def _disclosures(
    request: HttpRequest, member: Member, form: DisclosureForm, errors: list[Line] | None = None
) -> HttpResponse:
    today = _today(request)
    found = disclosures_of(member, today)
    context = _frame(request, member, "disclosures") | {
        "accounted": [each for each in found if each.accounted],
        "others": [each for each in found if not each.accounted],
        "since": accounted_from(today), "form": form, "errors": errors or (),
    }  # fmt: skip
    return render(request, "desk/disclosures.html", context, status=NOT_SO if errors else 200)


def _frame(request: HttpRequest, member: Member, tab: str) -> dict[str, object]:
    now = now_of(request)
    return {"member": member, "banner": banner_of(member, now), "now": now, "tab": tab, "plan": the_plan()}


def _of_the_plan(request: HttpRequest, member_id: str) -> Member:
    """The Member, for the plan alone: a Health Network sees its own people's looks and letters only."""
    if person_of(request).network is not None:
        raise PermissionDenied("The plan shows a Member who looked and who was told. Send the Member to the plan.")
    return member_or_404(member_id)


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell


def _today(request: HttpRequest) -> date:
    return now_of(request).astimezone(PACIFIC).date()
