"""The Member's own page: every request and where it stands, one request from its receipt to its letters, the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from secondopinion.people import own_page
from secondopinion.portal import door
from secondopinion.portal.door import now_of
from secondopinion.portal.entering import frame
from secondopinion.portal.own_door import mine, own_of, words_of
from secondopinion.portal.own_entering import closed, gone, on_to
from secondopinion.portal.tracker import standing_of
from secondopinion.portal.words import day_in_words, instant_in_words, number_in_words, short_day_in_words
from secondopinion.referrals.asking import draft_of
from secondopinion.referrals.following import letter_of, letters_of, referral_of, referrals_of, sent_here
from secondopinion.referrals.models import Notice, Paper, Referral


@mine(closed, gone)
@require_safe
def own_home(request: HttpRequest) -> HttpResponse:
    """Every request of the Member, the newest first, and the way to ask."""
    own, words, now = own_of(request), words_of(request), now_of(request)
    draft = draft_of(own)
    who = own.representative.name if own.representative else own.member.first_name
    context = frame(words) | {
        "hello": words["hello"].format(name=who),
        "acts_for": words["follow_acts_for"].format(name=own.member.first_name) if own.representative else "",
        "standings": [standing_of(own, one, words, now) for one in referrals_of(own)],
        "draft": words["ask_kept"].format(until=day_in_words(draft.gone_on, words["language"])) if draft else "",
        "until": words["follow_until"].format(until=day_in_words(own.page.expires_at, words["language"])),
    }
    return render(request, "portal/own_home.html", context)


@mine(closed, gone)
@require_safe
def own_referral(request: HttpRequest, number: str) -> HttpResponse:
    """One request: where it stands, what comes next, what there is to do, papers and letters."""
    return show(request, referral_of(own_of(request), number))


def show(request: HttpRequest, found: Referral, trouble: str = "", status: int = 200) -> HttpResponse:
    """The page of one request, with a sentence where something was not taken."""
    own, words, now = own_of(request), words_of(request), now_of(request)
    standing = standing_of(own, found, words, now)
    context = frame(words) | {
        "trouble": trouble,
        "one": standing,
        "number_line": words["follow_number"].format(number=found.number),
        "step_line": words["follow_step"].format(
            step=number_in_words(standing.step, words["language"]),
            count=number_in_words(len(standing.lines), words["language"]),
        ),
        "came_line": words["follow_came"].format(at=instant_in_words(found.received_at, words["language"])),
        "doctor_line": words["follow_doctor"].format(who=found.professional) if found.professional else "",
        "letters": [letter_line(notice, words) for notice in letters_of(own, found)],
        "papers": [paper_line(paper, words) for paper in sent_here(found)],
        "done": words["follow_done"].get(request.GET.get("done", ""), ""),
    }
    return render(request, "portal/own_referral.html", context, status=status)


def letter_line(notice: Notice, words: Any) -> dict[str, Any]:
    """One letter of the list: what it is, and the day it was mailed."""
    kind = notice.kind.removesuffix("_to_member")
    mailed_at = notice.letter.mailed_at
    assert mailed_at is not None
    title = words["follow_letter"].get(kind) or words["follow_letter"]["other"]
    return {
        "key": notice.letter_id,
        "link": words["follow_read"].format(
            title=f"{title} ({short_day_in_words(notice.letter.owed_at, words['language'])})"
        ),
        "mailed": words["follow_mailed"].format(at=day_in_words(mailed_at, words["language"])),
    }


def paper_line(paper: Paper, words: Any) -> str:
    """One paper that we have: its name, its pages, and when it came."""
    came = instant_in_words(paper.added_at, words["language"])
    return str(
        words["follow_paper"].format(name=paper.name, pages=number_in_words(paper.pages, words["language"]), at=came)
    )


@mine(closed, gone)
@require_safe
def own_letter(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """The sealed PDF of a letter, as it was mailed."""
    own = own_of(request)
    found = letter_of(own, referral_of(own, number), letter_id)
    assert found.pdf is not None
    name = f"letter-{found.owed_at:%Y-%m-%d}.pdf"
    return HttpResponse(
        bytes(found.pdf), content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@mine(closed, gone)
@require_POST
def own_choose(request: HttpRequest, number: str) -> HttpResponse:
    """On to the list of doctors of this request, by a cookie of the list's own."""
    own = own_of(request)
    found = referral_of(own, number)
    if "choose" not in standing_of(own, found, words_of(request), now_of(request)).may:
        return show(request, found, words_of(request)["follow_not_now"], 422)
    secret = own_page.begin_choosing(own, found.pk, now_of(request))
    response = on_to("member-doctors")
    response.set_cookie(
        door.COOKIE, secret, path=door.PATH, httponly=True, samesite="Strict", secure=request.is_secure()
    )
    return response
