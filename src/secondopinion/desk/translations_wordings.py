"""The wording of letters: every kind in every language, draft, proposed or approved, and by whom."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from secondopinion.desk.errors import Line
from secondopinion.desk.letters import inline
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import now_of, person_of
from secondopinion.letters.approving import WHO, NotSo, Standing, Wording, drafts_stay, propose, withdraw, wordings
from secondopinion.letters.gallery import picture
from secondopinion.letters.kinds import KINDS, examples
from secondopinion.letters.languages import LANGUAGES, Language
from secondopinion.people.doors import signed_in
from secondopinion.people.person import Person
from secondopinion.referrals.joining import Bookmark, Joined
from secondopinion.referrals.language_work import approve_wordings, unprinted

# Reading: who answers for the wording of notices is the plan's appeals coordinator or its Medical Director. There is no
# role of a compliance officer yet; one that comes is added here.
WORDERS: Final = ("appeals", "physician")


@dataclass(frozen=True, slots=True)
class Row:
    """One wording as the page shows it: how many letters wait for it, and what this person may do."""

    wording: Wording
    waits: int
    may_propose: bool
    may_approve: bool

    @property
    def choosable(self) -> bool:
        """Is there something for this person to tick?"""
        return self.may_propose or self.may_approve


@dataclass(frozen=True, slots=True)
class Sheet:
    """All wordings of a language."""

    language: Language
    rows: Sequence[Row]
    approved: int


@signed_in(why="look after the wording of letters")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_wordings(request: HttpRequest) -> HttpResponse:
    """The matrix of kinds and languages; sent, it proposes, approves or takes back what was ticked."""
    person, now = person_of(request), now_of(request)
    if request.method != "POST":
        return _page(request)
    if not _may_word(person):
        raise PermissionDenied(WHO)
    keys = request.POST.getlist("wording")
    try:
        if "approve" in request.POST:
            approved, tried = approve_wordings(keys, person=person, now=now)
            left = f" {tried} letters that waited are tried now." if tried else ""
            messages.success(request, f"Approved: {_letters(len(approved))}.{left}")
        elif "take_back" in request.POST:
            key = request.POST["take_back"]
            withdraw(key, request.POST.get(f"why-{key}", ""), person, now)
            messages.success(request, "Taken back: this wording is a draft again.")
        else:
            messages.success(request, f"Proposed: {_letters(len(propose(keys, person, now)))}. Somebody else approves.")
    except NotSo as error:
        return _page(request, [Line(str(error), "wordings")])
    response = redirect("wordings")
    response.status_code = 303
    return response


@signed_in(why="look after the wording of letters")
@require_safe
def wording_pdf(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Every example of a kind of letter in a language, one after the other, to be read before it is approved."""
    if kind not in KINDS or language not in KINDS[kind].languages:
        raise Http404("There is no such letter in this language.")
    bookmarks = []
    with Joined() as joined:
        for example in examples(kind):
            bookmarks.append(Bookmark(example.name.replace("-", " "), len(joined) + 1))
            joined.add(picture(kind, example.name, language).pdf)
        whole = io.BytesIO()
        joined.write_to(whole, title=f"{kind.replace('_', ' ')}, {LANGUAGES[language].name}", bookmarks=bookmarks)
    return inline(whole.getvalue(), f"{kind}.{language}.pdf")


def _page(request: HttpRequest, errors: Sequence[Line] = ()) -> HttpResponse:
    person = person_of(request)
    waits = unprinted()
    may = _may_word(person)
    sheets: dict[str, list[Row]] = {}
    for each in wordings():
        mine = each.approval is not None and each.approval.proposed_staff == person.staff_id
        row = Row(
            each,
            waits.get((each.kind, each.language), 0),
            may and each.standing is Standing.DRAFT,
            may and each.standing is Standing.PROPOSED and not mine,
        )
        sheets.setdefault(each.language, []).append(row)
    context = {
        "errors": errors,
        "sheets": [
            Sheet(LANGUAGES[tag], rows, sum(row.wording.standing is Standing.APPROVED for row in rows))
            for tag, rows in sheets.items()
        ],
        "drafts_stay": drafts_stay(),
        "may_word": may,
    }
    return render(request, "desk/translations_wordings.html", context, status=NOT_SO if errors else 200)


def _may_word(person: Person) -> bool:
    return person.network is None and person.is_a(*WORDERS)


def _letters(number: int) -> str:
    return "1 letter" if number == 1 else f"{number} letters"
