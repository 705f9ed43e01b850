"""Where letters go besides the address on record: offices by fax and e-mail, Members who asked in confidence."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_post import ConfidentialForm, OfficeForm, PostForm
from secondopinion.desk.mailings import ROLES
from secondopinion.desk.members import banner_of
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import now_of, person_of
from secondopinion.letters.addresses import NotAnAddress, addresses_on, keep_address
from secondopinion.people.confidential import NotUnderstood, ask_in_confidence, end_request, request_of
from secondopinion.people.doors import signed_in
from secondopinion.people.find import NotMatched, member_by
from secondopinion.people.models import Member
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value


@signed_in(*ROLES, why="look after the post")
@require_http_methods(["GET", "HEAD", "POST"])
def offices(request: HttpRequest) -> HttpResponse:
    """The verified addresses of offices, and a form for another: the plan keeps them, for itself and its networks."""
    if request.method == "POST" and person_of(request).network is not None:
        raise PermissionDenied("The plan keeps the addresses of offices. Ask the plan to verify this one.")
    if request.method != "POST":
        return _offices(request, OfficeForm(auto_id="office-%s"))
    form = OfficeForm(request.POST, auto_id="office-%s")
    if not form.is_valid():
        return _offices(request, form, summary_of(form))
    said, today = form.cleaned_data, now_of(request).astimezone(PACIFIC).date()
    certificate = said["certificate"] if said["by"] == "email" else ""
    try:
        keep_address(said["npi"].strip(), said["by"], said["to"], certificate=certificate, verified_on=today,
                     verified_by=person_of(request).name)  # fmt: skip
    except NotAnAddress as error:
        return _offices(request, form, [Line(str(error), "office-to")])
    messages.success(request, "Written down. Letters to this office go there from today on.")
    return _back("post-offices")


def _offices(request: HttpRequest, form: PostForm, errors: list[Line] | None = None) -> HttpResponse:
    today = now_of(request).astimezone(PACIFIC).date()
    context = {
        "form": form,
        "errors": errors or (),
        "addresses": addresses_on(today),
        "may_write": person_of(request).network is None,
        "lasts": value("post.verified", today).number,
    }
    return render(request, "desk/post_offices.html", context, status=NOT_SO if errors else 200)


@signed_in(*ROLES, why="read or write a request for confidential communications")
@require_http_methods(["GET", "HEAD", "POST"])
def confidential(request: HttpRequest, member_id: str) -> HttpResponse:
    """A Member's standing request for confidential communications: what it is, to take one in, or to end it."""
    try:
        member = member_by(member_id)
    except NotMatched as error:
        raise Http404(error.sentence) from None
    if request.method != "POST":
        return _confidential(request, member, ConfidentialForm(auto_id="asked-%s"))
    if "end" in request.POST:
        end_request(member, now_of(request))
        messages.success(request, "The request is ended. Letters go to the address on record again.")
        return _back("post-confidential", member_id)
    form = ConfidentialForm(request.POST, auto_id="asked-%s")
    if not form.is_valid():
        return _confidential(request, member, form, summary_of(form))
    said = form.cleaned_data
    try:
        ask_in_confidence(
            member, said["how"], said["received_on"], said["address"].splitlines(), phone=said["phone"],
            person=person_of(request), now=now_of(request),
        )  # fmt: skip
    except NotUnderstood as error:
        return _confidential(request, member, form, [Line(str(error), "asked-address")])
    messages.success(request, "Written down. Every letter that has not left yet goes there too.")
    return _back("post-confidential", member_id)


def _confidential(
    request: HttpRequest, member: Member, form: PostForm, errors: list[Line] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "errors": errors or (),
        "member": member,
        "banner": banner_of(member, now_of(request)),
        "standing": request_of(member.pk),
        "now": now_of(request),
    }
    return render(request, "desk/post_confidential.html", context, status=NOT_SO if errors else 200)


def _back(name: str, *place: str) -> HttpResponse:
    response = redirect(name, *place)
    response.status_code = 303
    return response
