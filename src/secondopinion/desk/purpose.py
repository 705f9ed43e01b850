"""Outside the own work a person says why a referral is opened: good for the day, and for the Member to be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from secondopinion.desk.errors import summary_of
from secondopinion.desk.forms_privacy import WhyForm
from secondopinion.people.doors import signed_in
from secondopinion.people.looking import NoPurpose, say_why
from secondopinion.referrals.access import one
from secondopinion.referrals.lifecycle import Refused

NOT_SO: Final = 422


class PurposeNeeded(Exception):
    """The person has not said today why this referral is opened."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class AsksWhy:
    """Middleware: leads whoever opens a referral outside the own work to the question why, and back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The question, in place of the page; a form that was sent is not taken before it is answered."""
        if not isinstance(exception, PurposeNeeded):
            return None
        back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
        address = reverse("say-why", args=[exception.number])
        response = redirect(f"{address}?{urlencode({'next': back})}" if back else address)
        response.status_code = 303
        return response


@signed_in(why="say why a referral is opened")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_why(request: HttpRequest, number: str) -> HttpResponse:
    """The question why, and the answer. The page shows nothing of the referral but its number."""
    person, now = request.person, request.now  # type: ignore[attr-defined]
    try:
        one(person, number)
    except Refused as refused:
        raise Http404(refused.sentence) from None
    form = WhyForm(request.POST if request.method == "POST" else None, auto_id="why-%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            say_why(number, said["purpose"], said["words"], person=person, now=now)
        except NoPurpose as error:
            form.add_error("words", str(error))
        else:
            response = redirect(_back(request, number))
            response.status_code = 303
            return response
    errors = summary_of(form)
    context = {
        "number": number, "form": form, "errors": errors,
        "next": request.POST.get("next", request.GET.get("next", "")),
    }  # fmt: skip
    return render(request, "desk/purpose.html", context, status=NOT_SO if errors else 200)


def _back(request: HttpRequest, number: str) -> str:
    """Where the person wanted to go: a page of this referral, and nowhere else."""
    own, wanted = reverse("referral", args=[number]), request.POST.get("next", "")
    return wanted if wanted.startswith(own) and "\\" not in wanted and ".." not in wanted else own
