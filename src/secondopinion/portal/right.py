"""The public page of the right to a second opinion: what it is, how to ask, how and how fast we judge, what then.

Open to everybody, in every language whose words stand. No Member's row is seen here. Days and hours are the law's
values of the day (policy/values), by program.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import format_html
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from secondopinion.letters.languages import ENGLISH, LANGUAGES, written
from secondopinion.letters.refusal import KeptBack
from secondopinion.letters.translating import in_language
from secondopinion.people.doors import public
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.policy.rights import contacts, rights
from secondopinion.portal.door import now_of
from secondopinion.portal.editions import Edition, edition_on, editions
from secondopinion.portal.words import as_written, counted, number_in_words, short_day_in_words
from secondopinion.referrals.leaflets import LANGUAGE_HELP, public_language, public_leaflet
from secondopinion.referrals.notices import appeals_reached, contact_lines

NAMES: Final[Mapping[Program, str]] = {Program.MEDI_CAL: "Medi-Cal", Program.ONECARE: "OneCare"}
SECTIONS: Final = ("when", "how", "judged", "time", "appeal", "complain", "cost", "help", "fair", "papers")
WHEN: Final = ("surgery", "doubt", "unclear", "not_better", "worry")
HOW: Final = ("call", "doctor", "network")
JUDGED: Final = ("yes", "no", "after", "third")
PAPERS: Final[Mapping[str, str]] = {
    "member-handbook": "right_in_handbook",
    "welcome-insert": "right_insert",
    "fair-treatment": "nondiscrimination_notice",
    "language-help": "language_help",
}
"""The papers that anybody may read: how the address names them, and the leaflet."""
PAPER_WORDS: Final[Mapping[str, str]] = {
    "member-handbook": "right_papers_handbook",
    "welcome-insert": "right_papers_insert",
    "fair-treatment": "right_papers_fair",
    "language-help": "right_papers_language",
}
FRESH: Final = 300  # seconds that anybody may keep the page


@public
@require_safe
def right_anywhere(request: HttpRequest) -> HttpResponse:
    """On to the page in the language that the reader's browser asks for first, else in English."""
    response = redirect("right", tag=preferred(request.headers.get("Accept-Language", ""), spoken(_now(request))))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@public
@require_safe
def right(request: HttpRequest, tag: str) -> HttpResponse:
    """The edition of today."""
    today = now_of(request).astimezone(PACIFIC).date()
    return shown(request, _now(request), tag, today)


@public
@require_safe
def right_edition(request: HttpRequest, tag: str, number: int) -> HttpResponse:
    """An edition by its number, also one that has ended: with the numbers of its last day."""
    today = now_of(request).astimezone(PACIFIC).date()
    edition = next((each for each in editions() if each.number == number and each.live_from <= today), None)
    if edition is None:
        raise Http404
    return shown(request, edition, tag, today if edition.last_on is None else min(today, edition.last_on))


@public
@require_safe
def right_paper(request: HttpRequest, tag: str, program: str, paper: str) -> HttpResponse:
    """A paper that anybody may read, printed for today: in the language asked for, else in English while a draft."""
    today = now_of(request).astimezone(PACIFIC).date()
    if tag not in LANGUAGES or paper not in PAPERS or program not in {each.value for each in Program}:
        raise Http404
    try:
        sheet = public_leaflet(PAPERS[paper], Program(program), tag, today)
    except KeptBack as why:
        raise Http404 from why
    response = HttpResponse(sheet.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{paper}-{program}-{tag}.pdf"'
    patch_cache_control(response, public=True, max_age=FRESH)
    return response


def shown(request: HttpRequest, edition: Edition, tag: str, on: date) -> HttpResponse:
    """An edition in a language, with the law's numbers of a day."""
    if tag not in spoken(edition):
        raise Http404
    words = edition.words(tag)
    plan = the_plan()
    told = in_language(tag, {"hours": plan.hours}, {})
    context = {
        "w": words,
        "plan": plan,
        "tag": tag,
        "hours": told["hours"],
        "tty": words["right_tty"].format(tty=as_written(plan.tty, tag), hours=told["hours"]),
        "draft": tag not in edition.checked,
        "is_old": edition.last_on is not None and edition.last_on < now_of(request).astimezone(PACIFIC).date(),
        "languages": [
            (each, address_of(edition, each.tag)) for each in LANGUAGES.values() if each.tag in spoken(edition)
        ],
        "sections": [(name, words[f"right_{name}"]) for name in SECTIONS],
        "calls": [call(program, words) for program in Program],
        "when": [words[f"right_when_{name}"] for name in WHEN],
        "how": [words[f"right_how_{name}"] for name in HOW],
        "judged": [words[f"right_judged_{name}"] for name in JUDGED],
        "programs": list(NAMES.values()),
        "times": times(on, tag, words),
        "caption": words["right_time_caption"].format(day=short_day_in_words(on, tag)),
        "appeals": appeals_reached(Program.MEDI_CAL.value),
        "fax": words["right_appeal_fax"].format(fax=as_written(plan.appeals["fax"], tag)),
        "complaints": bodies_told(tag, on, complaints=True),
        "civil_rights": bodies_told(tag, on, complaints=False),
        "papers": papers(tag, words),
        "edition_line": edition_line(edition, tag, words),
        "older": older(edition, tag, words),
        "own_page": f"{reverse('own-home')}?{urlencode({'language': tag})}",
    }
    response = render(request, "portal/right.html", context)
    response.headers["Content-Language"] = tag
    response.headers["Last-Modified"] = http_date(_midnight(edition.live_from))
    patch_cache_control(response, public=True, max_age=FRESH)
    return response


def spoken(edition: Edition) -> tuple[str, ...]:
    """The languages of an edition, English first."""
    return tuple(tag for tag in LANGUAGES if tag in edition.sha256)


def preferred(accepted: str, offered: tuple[str, ...]) -> str:
    """The language among `offered` that a browser's Accept-Language asks for first; English when none fits.

    Words that are no such header are read as no wish.
    """
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:20]):
        name, _, weight = part.partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, name.strip()))
        except ValueError:
            continue
    for _, _, name in sorted(wishes):
        tag = written(name) or written(name.split("-")[0])
        if tag in offered:
            return tag
    return ENGLISH


def call(program: Program, words: Mapping[str, Any]) -> tuple[str, str, str]:
    """How Members of a program call: the telephone as a link has it, as the button says it, and for whom it is."""
    phone = the_plan().phone[program.value]
    return (
        f"tel:+{phone.replace('-', '')}",
        format_html(words["right_call"], phone=format_html('<span class="right-phone" dir="ltr">{}</span>', phone)),
        words["right_for"].format(program=NAMES[program]),
    )


def times(on: date, tag: str, words: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Each step and the longest that it may take, by program, from the law's values of the day."""
    rows: tuple[tuple[str, str, str], ...] = (
        ("decide", "decision_time.standard", "days"),
        ("fast", "decision_time.expedited", "hours"),
        ("appeal", "appeal_time.file", "days"),
        ("answer", "appeal_time.standard", "days"),
        ("answer_fast", "appeal_time.expedited", "hours"),
        ("hearing", "appeal_time.state_hearing", "days"),
    )
    return [
        (
            words[f"right_time_{step}"],
            [counted(value(f"{name}.{_key(program)}", on).number, thing, tag) for program in Program],
        )
        for step, name, thing in rows
    ]


def bodies_told(tag: str, on: date, *, complaints: bool) -> list[dict[str, Any]]:
    """The public bodies that take complaints, or those that watch over civil rights, once each, in a language."""
    found: dict[str, dict[str, Any]] = {}
    for program in Program:
        if complaints:
            chosen = rights(program, "deny", on).complaint_contacts
        else:
            chosen = tuple(body for key, body in contacts(program, on).items() if key.endswith("-civil-rights"))
        for body in chosen:
            found.setdefault(body.key, contact_lines(body) | {"address": ", ".join(body.address)})
    told: list[dict[str, Any]] = in_language(tag, {"complaint": list(found.values())}, {})["complaint"]
    return told


def papers(tag: str, words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What to keep, as PDF, by program: what it is, and its address; a paper that is nowhere approved is left out."""
    found = []
    for paper, name in PAPERS.items():
        try:
            in_english = public_language(name, tag) == ENGLISH != tag and name != LANGUAGE_HELP
        except KeptBack:
            continue
        for program in Program:
            title = words[PAPER_WORDS[paper]].format(program=NAMES[program])
            address = reverse("right-paper", kwargs={"tag": tag, "program": program.value, "paper": paper})
            found.append((f"{title}, {words['right_papers_english']}" if in_english else title, address))
    return found


def address_of(edition: Edition, tag: str) -> str:
    """Where an edition stands in a language: the newest at the page's own address."""
    if edition.last_on is None:
        return reverse("right", kwargs={"tag": tag})
    return reverse("right-edition", kwargs={"tag": tag, "number": edition.number})


def edition_line(edition: Edition, tag: str, words: Mapping[str, Any]) -> str:
    """Which edition this is, and since when."""
    since = short_day_in_words(edition.live_from, tag)
    if edition.last_on is None:
        return str(words["right_edition_now"].format(number=number_in_words(edition.number, tag), day=since))
    return str(words["right_edition_old"].format(day=since, last=short_day_in_words(edition.last_on, tag)))


def older(edition: Edition, tag: str, words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The editions before, newest first, each with its day and address."""
    return [
        (
            words["right_edition_named"].format(
                number=number_in_words(each.number, tag), day=short_day_in_words(each.live_from, tag)
            ),
            address_of(each, tag),
        )
        for each in reversed(editions())
        if each.number < edition.number and tag in each.sha256
    ]


def _now(request: HttpRequest) -> Edition:
    edition = edition_on(now_of(request).astimezone(PACIFIC).date())
    if edition is None:
        raise Http404
    return edition


def _midnight(day: date) -> float:
    return float((day - date(1970, 1, 1)).days * 86_400)


def _key(program: Program) -> str:
    return program.value.replace("-", "_")
