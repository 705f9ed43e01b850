"""Asking for a second opinion, one thing a page: answers are kept as they are given, looked over, and sent once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from secondopinion.policy.specialties import plain_name
from secondopinion.portal.door import now_of
from secondopinion.portal.entering import frame
from secondopinion.portal.own_door import acts_as, mine, own_of, words_of
from secondopinion.portal.own_entering import NOT_SO, closed, gone, on_to
from secondopinion.portal.questions import (
    BY_NAME,
    LONGEST,
    MAIN,
    NO,
    NONE,
    NOT_SURE,
    OTHER,
    UNSURE,
    YES,
    Asking,
    Page,
)
from secondopinion.portal.words import day_in_words, number_in_words
from secondopinion.referrals import asking
from secondopinion.referrals.following import due_of, like_it, referral_of
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Draft, Referral
from secondopinion.referrals.reading import snapshot_of

Words = Mapping[str, Any]
Field = tuple[str, str]  # the field's id, and what is wrong with it
SIGNS: Final = re.compile(r"[\W_]+")


@mine(closed, gone)
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """What is asked, how long it takes, and the way back to what was kept."""
    words, draft = words_of(request), asking.draft_of(own_of(request))
    context = frame(words) | {
        "draft": draft,
        "kept": words["ask_kept"].format(until=day_in_words(draft.gone_on, words["language"])) if draft else "",
        "lasts": words["ask_start_kept"].format(until=day_in_words(asking.gone_on(now_of(request)), words["language"])),
    }
    return render(request, "portal/ask.html", context)


@mine(closed, gone)
@require_POST
def ask_begin(request: HttpRequest) -> HttpResponse:
    """On to the first question that is not answered yet."""
    so_far = of_request(request)
    return on_to("ask-page", page=so_far.first_open.name) if so_far.first_open else on_to("ask-check")


@mine(closed, gone)
@require_POST
def ask_throw_away(request: HttpRequest) -> HttpResponse:
    """Delete what was kept."""
    asking.throw_away(own_of(request))
    return on_to("ask")


@mine(closed, gone)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_page(request: HttpRequest, page: str) -> HttpResponse:
    """One question (GET); its answer, kept (POST)."""
    found, so_far = BY_NAME.get(page), of_request(request)
    if found is None or found not in so_far.pages:
        return on_to("ask")
    if request.method != "POST":
        return question(request, found, so_far, so_far.of(found.name))
    said = typed(request, found, so_far)
    wrong = faults(found, said, so_far, words_of(request))
    if wrong:
        return question(request, found, so_far, said, wrong)
    stale = {"which": None} if found.name == "doctor" else {}  # another name finds other doctors
    asking.keep(own_of(request), {**stale, found.name: said}, now_of(request))
    after = of_request(request)
    back = "check" if request.POST.get("back") == "check" else ""
    if is_urgent(found, said, words_of(request)) and not so_far.of("called"):
        asking.keep(own_of(request), {"called": {"shown": True}}, now_of(request))
        return on_to("ask-call", page=found.name)
    follows = after.first_open if back else after.after(found)
    return on_to("ask-page", page=follows.name) if follows else on_to("ask-check")


@mine(closed, gone)
@require_safe
def ask_call(request: HttpRequest, page: str) -> HttpResponse:
    """Waiting could do harm: whom to call now, and that the request can go on here all the same."""
    so_far = of_request(request)
    follows = so_far.after(BY_NAME[page]) if page in BY_NAME else so_far.first_open
    context = frame(words_of(request))
    phone = context["plan"].phone[so_far.program or "medi-cal"]
    return render(request, "portal/ask_call.html", context | {"follows": follows, "phone": phone})


@mine(closed, gone)
@require_safe
def ask_check(request: HttpRequest) -> HttpResponse:
    """Every answer once more, each with a way to change it, and the button that sends."""
    return check(request)


@mine(closed, gone)
@require_POST
def ask_send(request: HttpRequest) -> HttpResponse:
    """Receive the request as intake does; a second press makes no second referral."""
    own, now = own_of(request), now_of(request)
    words = words_of(request)
    try:
        key = UUID(request.POST.get("draft", ""))
    except ValueError:
        return on_to("ask")
    draft = asking.draft_of(own)
    if draft is not None and draft.pk == key:
        if of_request(request).first_open is not None:
            return on_to("ask-check")
        if like_it(own, now) and request.POST.get("another") != YES:
            return check(request, [("another", words["ask_same_missing"])], NOT_SO)
    try:
        with transaction.atomic():
            number = asking.send(
                own, key, lambda kept: Asking(own, kept.answers, now).request(), person=acts_as(own), now=now
            )
    except Draft.DoesNotExist:
        return on_to("ask")
    except Refused:
        # The rooms' sentences are written for staff; the Member is told that nothing was sent, and whom to call.
        return check(request, [("send", words["ask_not_sent"])], NOT_SO)
    return on_to("ask-sent", number=number)


@mine(closed, gone)
@require_safe
def ask_sent(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt: the number, and by when the answer is there."""
    words, found = words_of(request), referral_of(own_of(request), number)
    due = due_of(snapshot_of(found))
    if found.decided_at is not None:
        said = words["ask_sent_yes"]
    elif "decision" in due:
        said = words["ask_sent_by"].format(by=day_in_words(due["decision"], words["language"]))
    else:
        said = words["ask_sent_waits"]
    return render(request, "portal/ask_sent.html", frame(words) | {"found": found, "said": said})


def of_request(request: HttpRequest) -> Asking:
    """The request so far."""
    draft = asking.draft_of(own_of(request))
    return Asking(own_of(request), draft.answers if draft else {}, now_of(request))


def question(
    request: HttpRequest, page: Page, so_far: Asking, said: Mapping[str, Any], wrong: list[Field] | None = None
) -> HttpResponse:
    """The page of one question, as it was answered before or typed just now."""
    words, pages = words_of(request), so_far.pages
    before = pages[pages.index(page) - 1] if pages.index(page) else None
    context = frame(words) | {
        "page": page,
        "asks": words["ask_page"][page.name],
        "help": words["ask_help"].get(page.name, ""),
        "text_label": words["ask_text"].get(page.text, ""),
        "text": said.get(page.text, ""),
        "text_most": LONGEST.get(page.text, 0),
        "phone": said.get("phone", ""),
        "options": options(page, so_far, words),
        "choice": said.get("choice", ""),
        "marked": said.get("marked", ()),
        "faults": wrong or [],
        "wrong": {"choice": "", "marked": "", **dict(wrong or ())},
        "text_wrong": page.text in dict(wrong or ()),
        "progress": words["ask_progress"].format(
            number=number_in_words(pages.index(page) + 1, words["language"]),
            count=number_in_words(len(pages), words["language"]),
        ),
        "before": before,
        "back": "check" if "check" in (request.GET.get("back"), request.POST.get("back")) else "",
    }
    return render(request, "portal/ask_page.html", context, status=NOT_SO if wrong else 200)


def options(page: Page, so_far: Asking, words: Words) -> list[tuple[str, str]]:
    """What may be chosen, or marked, on a page: the value and its words."""
    if page.kind == "boxes":
        marks = [(fact, words["ask_fact"][fact]) for fact in so_far.facts_of(page)]
        return [*marks, (NONE, words["ask_none"]), (UNSURE, words["ask_unsure"])]
    if page.kind == "doctor":
        main = so_far.main_doctor
        first = [(MAIN, words["ask_doctor_main"].format(who=main.full_name))] if main else []
        return [*first, (OTHER, words["ask_doctor_other"]), (NOT_SURE, words["ask_unsure"])]
    if page.kind == "which":
        found = [(str(who.pk), f"{who.full_name}, {plain_name(who.taxonomy)}, {who.city}") for who in so_far.found]
        return [*found, (NONE, words["ask_which_none"])]
    if page.name == "program":
        return [(name, words["ask_programs"][name]) for name in words["ask_programs"]]
    return [(YES, words["ask_yes"]), (NO, words["ask_no"]), (UNSURE, words["ask_unsure"])]


def typed(request: HttpRequest, page: Page, so_far: Asking) -> dict[str, Any]:
    """What was answered on a page, tidied: no sign that is not printed, no more than its most characters."""
    allowed = [value for value, _ in options(page, so_far, words_of(request))]
    said: dict[str, Any] = {}
    if page.kind == "boxes":
        said["marked"] = [value for value in allowed if value in request.POST.getlist("marked")]
    elif page.kind in ("choice", "doctor", "which"):
        choice = request.POST.get("choice", "")
        said["choice"] = choice if choice in allowed else ""
    if page.text:
        said[page.text] = line_of(request, page.text)
    if page.kind == "reach":
        said["phone"] = line_of(request, "phone")
    return said


def line_of(request: HttpRequest, name: str) -> str:
    """Words as they were typed, without signs that are not printed, and not longer than they may be."""
    kept = "".join(c for c in request.POST.get(name, "").replace("\r\n", "\n") if c.isprintable() or c == "\n")
    return kept.strip()[: LONGEST[name]]


def faults(page: Page, said: Mapping[str, Any], so_far: Asking, words: Words) -> list[Field]:
    """What is missing of an answer, or cannot be."""
    marked = said.get("marked", ())
    if page.kind == "boxes" and not marked:
        return [("marked", words["ask_mark_one"])]
    if page.kind == "boxes" and len(marked) > 1 and {NONE, UNSURE}.intersection(marked):
        return [("marked", words["ask_mark_either"])]
    if page.kind in ("choice", "doctor", "which") and not said.get("choice"):
        return [("choice", words["ask_choose_one"])]
    needs_text = {
        "urgent": said.get("choice") == YES,
        "doctor": said.get("choice") in (OTHER, NOT_SURE),
        "condition": True,
        "surgery": said.get("choice") == YES,
    }.get(page.name, False)
    if needs_text and not said.get(page.text):
        return [(page.text, words["ask_missing"][page.text])]
    return []


def is_urgent(page: Page, said: Mapping[str, Any], words: Words) -> bool:
    """Does an answer say that waiting could do harm: by its choice, or by words of danger?"""
    if page.name == "urgent" and said.get("choice") == YES:
        return True
    text = SIGNS.sub(" ", " ".join(value for value in said.values() if isinstance(value, str)).casefold())
    # Reading: a word of danger too many costs a look at a telephone number; one too few may cost more.
    return any(SIGNS.sub(" ", danger) in text for danger in words["ask_danger"].casefold().split(", "))


def check(request: HttpRequest, wrong: list[Field] | None = None, status: int = 200) -> HttpResponse:
    """The page of all answers; on to the first open question where one is missing."""
    own, words, so_far = own_of(request), words_of(request), of_request(request)
    draft, missing = asking.draft_of(own), so_far.first_open
    if draft is None:
        return on_to("ask")
    if missing is not None:
        return on_to("ask-page", page=missing.name)
    context = frame(words) | {
        "draft": draft,
        "lines": [line_on(page, so_far, words) for page in so_far.pages],
        "known": [(one.number, same_line(one, words)) for one in like_it(own, now_of(request))],
        "faults": wrong or [],
        "wrong": {"another": "", **dict(wrong or ())},
    }  # fmt: skip
    return render(request, "portal/ask_check.html", context, status=status)


def same_line(one: Referral, words: Words) -> str:
    """A request that there is already, by its number and day."""
    day = day_in_words(one.received_at, words["language"])
    return str(words["ask_same_line"].format(number=one.number, day=day))


def line_on(page: Page, so_far: Asking, words: Words) -> dict[str, Any]:
    """One answer on the page that checks them all: the question, the answer, and the way to change it."""
    asks = words["ask_page"][page.name]
    return {"asks": asks, "said": said_on(page, so_far, words), "page": page.name,
            "change": words["ask_change_what"].format(what=asks)}  # fmt: skip


def said_on(page: Page, so_far: Asking, words: Words) -> list[str]:
    """What was answered on a page, in words, a line each."""
    said, labels = so_far.of(page.name), dict(options(page, so_far, words))
    lines = [labels[value] for value in (said.get("choice"), *said.get("marked", ())) if value in labels]
    extra = (said.get(page.text), said.get("phone"))
    return [*lines, *(line for line in extra if line)] or [words["ask_nothing"]]
