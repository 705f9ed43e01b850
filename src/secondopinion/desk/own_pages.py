"""The Member's own page, at the desk: give the Member or a representative a code to it, and take one back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_post import PostForm
from secondopinion.desk.members import banner_of
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import now_of, person_of
from secondopinion.people import own_page
from secondopinion.people.doors import signed_in
from secondopinion.people.find import NotMatched, member_by, representatives_of
from secondopinion.people.models import Member, OwnPage
from secondopinion.people.own_page import NotGiven
from secondopinion.policy.calendar import PACIFIC

ROLES = ("intake", "nurse", "physician")
MEMBER = "member"
STANDS = {
    "open": "Opens",
    "locked": "Locked: the date of birth was wrong too many times",
    "expired": "Its time is over",
    "taken-back": "Taken back",
    "may-not-act": "Does not open: the person may not act for the Member today",
}


class OwnPageForm(PostForm):
    """Who gets a code, and how it is told."""

    who = forms.ChoiceField(label="Who gets the code")
    how = forms.ChoiceField(label="How it is told", choices=OwnPage.How.choices)

    def __init__(self, member: Member, today: date, data: object = None) -> None:
        super().__init__(data, auto_id="own-page-%s")
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)
        acting = [(str(who.pk), f"{who.name}, who may act") for who in representatives_of(member.pk, today)]
        field.choices = [(MEMBER, "The Member"), *acting]

    @property
    def representative(self) -> int | None:
        """Who gets it; none: the Member."""
        who = self.cleaned_data["who"]
        return None if who == MEMBER else int(who)


@signed_in(*ROLES, why="give the Member a page of the Member’s own")
@require_http_methods(["GET", "HEAD", "POST"])
def member_page_codes(request: HttpRequest, member_id: str) -> HttpResponse:
    """Every code to the Member's page (GET); another one (POST), which is shown once."""
    member = _member_or_404(member_id)
    if request.method != "POST":
        return _show(request, member, OwnPageForm(member, _today(request)))
    form = OwnPageForm(member, _today(request), request.POST)
    if not form.is_valid():
        return _show(request, member, form, summary_of(form))
    how = form.cleaned_data["how"]
    try:
        given = own_page.give(member, form.representative, how, person=person_of(request), now=now_of(request))
    except NotGiven as refused:
        return _show(request, member, form, [Line(refused.sentence, "own-page-who")])
    address = request.build_absolute_uri(reverse("own-enter"))
    context = {
        "member": member,
        "given": given,
        "address": address,
        "link": f"{address}{given.code}",
        "by_letter": how == OwnPage.How.LETTER,
        "for_somebody": form.representative is not None,
    }
    return render(request, "desk/own_page_given.html", context)


@signed_in(*ROLES, why="take the Member’s page back")
@require_POST
def member_page_code_close(request: HttpRequest, member_id: str, page_id: UUID) -> HttpResponse:
    """Close a code before its time."""
    member = _member_or_404(member_id)
    try:
        own_page.take_back(member, page_id, request.POST.get("why", ""), person=person_of(request), now=now_of(request))
    except NotGiven as refused:
        form = OwnPageForm(member, _today(request))
        return _show(request, member, form, [Line(refused.sentence, f"why-{page_id}")])
    messages.success(request, "The code opens the page no more.")
    response = redirect(reverse("member-page-codes", args=[member_id]))
    response.status_code = 303
    return response


def _show(request: HttpRequest, member: Member, form: OwnPageForm, errors: list[Line] | None = None) -> HttpResponse:
    codes = own_page.holders(member, now_of(request))
    context = {
        "form": form,
        "errors": errors or (),
        "member": member,
        "banner": banner_of(member, now_of(request)),
        "codes": [(code, STANDS[code.stands], code.page.taken_back_at is None) for code in codes],
    }
    return render(request, "desk/own_pages.html", context, status=NOT_SO if errors else 200)


def _member_or_404(member_id: str) -> Member:
    try:
        return member_by(member_id)
    except NotMatched as error:
        raise Http404(error.sentence) from None


def _today(request: HttpRequest) -> date:
    return now_of(request).astimezone(PACIFIC).date()
