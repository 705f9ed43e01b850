"""What a Member does on the page about a request: send papers, stop it, ask for another opinion, object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from secondopinion.people.kept.kinds import LARGEST
from secondopinion.policy.calendar import PACIFIC
from secondopinion.portal.door import now_of
from secondopinion.portal.entering import frame
from secondopinion.portal.home import show
from secondopinion.portal.own_door import acts_as, asker_of, mine, own_of, words_of
from secondopinion.portal.own_entering import NOT_SO, closed, gone, on_to
from secondopinion.portal.tracker import appeal_until, is_appealable, standing_of
from secondopinion.portal.words import day_in_words
from secondopinion.referrals.advance import advance
from secondopinion.referrals.chain import ask_for_another
from secondopinion.referrals.following import referral_of
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Channel, Referral
from secondopinion.referrals.photographs import as_pdf
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.states import State
from secondopinion.referrals.told import FileRecord, Supply, Told, Withdraw
from secondopinion.referrals.told_objections import Contact
from secondopinion.referrals.way import Way

Words = Mapping[str, Any]
MEGABYTE: Final = 1024 * 1024
MOST: Final = 2000  # characters of the Member's own words
GET_AND_POST: Final = ["GET", "HEAD", "POST"]
WANTS: Final = {"decision": (True, False), "other": (False, True), "both": (True, True), "unsure": (None, None)}


@mine(closed, gone)
@require_http_methods(GET_AND_POST)
def own_papers(request: HttpRequest, number: str) -> HttpResponse:
    """Send a paper: a PDF, or a photo of it; it is on the list of papers as soon as it is here."""
    found, words = referral_of(own_of(request), number), words_of(request)
    if "papers" not in may(request, found):
        return show(request, found, words["follow_not_now"], NOT_SO)
    if request.method != "POST":
        return papers_page(request, found)
    file = request.FILES.get("file")
    if file is None or not file.size:
        return papers_page(request, found, words["follow_no_file"], NOT_SO)
    if file.size > LARGEST:
        return papers_page(request, found, words["follow_too_large"].format(most=LARGEST // MEGABYTE), NOT_SO)
    now, person = now_of(request), acts_as(own_of(request))
    name, content = as_pdf(file.name or "", file.read())
    try:
        advance(found.pk, FileRecord(name, content, "Sent on the Member’s own page"), person=person, now=now)
        if found.state == State.AWAITING_INFORMATION and request.POST.get("all") == "yes":
            said = "The Member says on the Member’s own page that this is all that was asked for"
            advance(found.pk, Supply(now, complete=False, note=said), person=person, now=now)
    except Refused:
        # What the paper door says is written for staff; the Member is told what files we can take.
        return papers_page(request, found, words["follow_bad_file"], NOT_SO)
    return back_to(found, "papers")


def papers_page(request: HttpRequest, found: Referral, trouble: str = "", status: int = 200) -> HttpResponse:
    """The form that sends a paper."""
    words = words_of(request)
    context = frame(words) | {
        "found": found,
        "trouble": trouble,
        "asks_if_all": found.state == State.AWAITING_INFORMATION,
        "types": words["follow_file_types"].format(most=LARGEST // MEGABYTE),
    }
    return render(request, "portal/own_papers.html", context, status=status)


@mine(closed, gone)
@require_http_methods(GET_AND_POST)
def own_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Stop a request, after one more look."""
    found, words = referral_of(own_of(request), number), words_of(request)
    if "withdraw" not in may(request, found):
        return show(request, found, words["follow_not_now"], NOT_SO)
    context = frame(words) | {"found": found, "typed": typed(request, "words"), "trouble": ""}
    if request.method != "POST":
        return render(request, "portal/own_withdraw.html", context)
    if request.POST.get("sure") != "yes":
        return render(request, "portal/own_withdraw.html", context | {"trouble": words["follow_sure_missing"]},
                      status=NOT_SO)  # fmt: skip
    by, name = asker_of(own_of(request))
    said = typed(request, "words") or words["follow_stop_words"]
    return taken(request, found, Withdraw(by, name, said, Way.PAGE.value), "withdraw")


@mine(closed, gone)
@require_http_methods(GET_AND_POST)
def own_object(request: HttpRequest, number: str) -> HttpResponse:
    """Say that something is not right: an appeal, a complaint, or both. Looked at once more before it is sent."""
    own, words, now = own_of(request), words_of(request), now_of(request)
    found = referral_of(own, number)
    row = snapshot_of(found)
    until, over = appeal_until(row, now.astimezone(PACIFIC).date())
    said, wants = typed(request, "words"), request.POST.get("wants", "")
    can_appeal = is_appealable(row)
    late_because = typed(request, "late_because")
    asks = [(key, label) for key, label in words["follow_wants"].items() if can_appeal or key == "other"]
    context = frame(words) | {
        "found": found,
        "typed": said,
        "wants": wants,
        "options": asks if can_appeal else [],
        "until": words["follow_appeal_until"].format(by=day_in_words(until, words["language"]))
        if until and not over
        else "",
        "over": words["follow_appeal_over"].format(by=day_in_words(until, words["language"])) if until and over else "",
        "late_because": late_because,
        "expedited": request.POST.get("expedited") == "yes",
        "keeps": row.rescinded_at is not None,
        "continue_care": request.POST.get("continue_care") == "yes",
        "faults": [],
        "checking": False,
    }
    if request.method != "POST":
        return render(request, "portal/own_object.html", context)
    faults = objection_faults(said, wants if can_appeal else "other", words)
    if over and WANTS.get(wants, (False, False))[0] is not False and not late_because:
        faults.append(("late_because", words["follow_late_missing"]))
    if faults or request.POST.get("send") != "yes":
        context |= {"faults": faults, "checking": not faults and request.POST.get("change") != "yes",
                    "wants_words": words["follow_wants"].get(wants, "")}  # fmt: skip
        return render(request, "portal/own_object.html", context, status=NOT_SO if faults else 200)
    by, name = asker_of(own)
    appeal, complaint = WANTS[wants] if can_appeal else (False, True)
    told = Contact(
        received_at=now, by=by, by_name=name, words=said, appeal=appeal, complaint=complaint,
        expedited=context["expedited"], continue_care=context["continue_care"], late_because=late_because,
        how=Way.PAGE.value,
    )  # fmt: skip
    return taken(request, found, told, "object")


def objection_faults(said: str, wants: str, words: Words) -> list[tuple[str, str]]:
    """What an objection lacks."""
    faults = []
    if not said:
        faults.append(("words", words["follow_words_missing"]))
    if wants not in WANTS:
        faults.append(("wants", words["follow_wants_missing"]))
    return faults


@mine(closed, gone)
@require_http_methods(GET_AND_POST)
def own_another(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the next opinion: everything is known, so one button is enough."""
    own, words, now = own_of(request), words_of(request), now_of(request)
    found = referral_of(own, number)
    if "another" not in may(request, found):
        return show(request, found, words["follow_not_now"], NOT_SO)
    context = frame(words) | {"found": found, "typed": typed(request, "words")}
    if request.method != "POST":
        return render(request, "portal/own_another.html", context)
    by, name = asker_of(own)
    try:
        made = ask_for_another(
            found, channel=Channel.PAGE.value, received_at=now, requester=by, requester_name=name,
            person=acts_as(own), now=now, words=context["typed"],
        )  # fmt: skip
    except Refused:
        return show(request, found, words["follow_not_taken"], NOT_SO)
    return on_to("ask-sent", number=made.number)


def may(request: HttpRequest, found: Referral) -> frozenset[str]:
    """The acts that the page offers on a request now."""
    return standing_of(own_of(request), found, words_of(request), now_of(request)).may


def taken(request: HttpRequest, found: Referral, told: Told, done: str) -> HttpResponse:
    """Take a step through the one door, as whoever has the page open; the page of the request follows."""
    try:
        advance(found.pk, told, person=acts_as(own_of(request)), now=now_of(request))
    except Refused:
        return show(request, found, words_of(request)["follow_not_taken"], NOT_SO)
    return back_to(found, done)


def back_to(found: Referral, done: str) -> HttpResponse:
    """Back to the page of a request, which says what was done."""
    response = on_to("own-referral", number=found.number)
    response.headers["Location"] += f"?done={done}"
    return response


def typed(request: HttpRequest, name: str) -> str:
    """Words as they were typed, without signs that are not printed."""
    said = request.POST.get(name, "").replace("\r\n", "\n")
    return "".join(c for c in said if c.isprintable() or c == "\n").strip()[:MOST]
