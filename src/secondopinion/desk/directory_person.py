"""A professional's page: what the directory holds as of any day, why that does or does not let us offer them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from secondopinion.desk.directory_forms import HOW, DoubtForm, HeardForm
from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.words import words_of
from secondopinion.directory.amending import CannotAmend
from secondopinion.directory.find import professional_by
from secondopinion.directory.models import Doubt, QualifiedProfessional
from secondopinion.directory.models_dated import Membership
from secondopinion.directory.profile import Profile, profile_of
from secondopinion.directory.verifying import REMARK, raise_doubt, settle
from secondopinion.people.doors import signed_in
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.findings import Verdict
from secondopinion.policy.specialties import plain_name
from secondopinion.referrals.told_after import DECLINES

VERIFIES: Final = ("intake", "nurse", "physician", "contracting")
LOOK: Final = {Verdict.YES: "authorize", Verdict.NO: "look", Verdict.UNKNOWN: "wait"}
HOW_IN_WORDS: Final = dict(HOW)
ICON: Final = {Verdict.YES: "check", Verdict.NO: "alert", Verdict.UNKNOWN: "ask"}


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a professional: how to reach, speak and get in there, and where it lies."""

    address: str
    city: str
    phone: str
    fax: str
    languages: tuple[str, ...]
    accessible: bool | None
    latitude: float | None
    longitude: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Belongs:
    """One membership as the page tells it."""

    network: str
    place: str
    from_on: date
    to_on: date | None
    accepts: bool | None
    panel: str
    ages: str
    source: str


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty in plain words, its code, and who says it."""

    name: str
    code: str
    main: bool
    source: str


@signed_in(why="read an entry of the directory")
@require_safe
def professional(request: HttpRequest, npi: str) -> HttpResponse:
    """The page as of `?on=YYYY-MM-DD`, or of today."""
    today = _today(request)
    typed = request.GET.get("on", "").strip()
    on = _day(typed) if typed else today
    return _show(request, _profile(npi, on or today), wrong_day=on is None)


@signed_in(why="doubt an entry of the directory")
@require_POST
def doubt(request: HttpRequest, npi: str) -> HttpResponse:
    """Open a task by hand."""
    who, form = _who(npi), DoubtForm(request.POST)
    if not form.is_valid():
        return _show(request, _profile(npi, _today(request)), doubting=form)
    raise_doubt(who, Doubt.Asks(form.cleaned_data["asks"]), _person(request).name, _now(request))
    messages.success(request, "The question waits for somebody to call the office.")
    return redirect("directory-professional", npi=npi)


@signed_in(*VERIFIES, why="write down what an office said")
@require_POST
def heard(request: HttpRequest, npi: str) -> HttpResponse:
    """Write down what the office said: a confirmation, or a correction as the plan's own word."""
    if not _may_verify(_person(request)):
        # Reading: a correction is the plan's own word, which outweighs every file, so the plan's people alone say it.
        raise PermissionDenied("The plan’s people write down what an office said. Raise a doubt instead.")
    profile = _profile(npi, _today(request))
    form = HeardForm(profile, _today(request), request.POST)
    if not form.is_valid():
        return _show(request, profile, hearing=form)
    try:
        with transaction.atomic():  # a savepoint: the page is shown again when nothing could be written
            corrected = settle(profile.who, form.heard(), _person(request).name, _now(request))
    except CannotAmend as refused:
        form.add_error(None, refused.sentence)
        return _show(request, profile, hearing=form)
    messages.success(request, "The entry was corrected from today." if corrected else "The entry was confirmed.")
    return redirect("directory-professional", npi=npi)


def _show(
    request: HttpRequest, profile: Profile, *, wrong_day: bool = False,
    doubting: DoubtForm | None = None, hearing: HeardForm | None = None,
) -> HttpResponse:  # fmt: skip
    today = _today(request)
    is_today = profile.on == today
    verifies = is_today and _may_verify(_person(request))
    faulty = doubting or hearing
    summary: list[Line] = summary_of(faulty) if faulty else []
    context: dict[str, Any] = {
        "profile": profile,
        "who": profile.who,
        "on": profile.on,
        "today": today,
        "is_today": is_today,
        "wrong_day": wrong_day,
        "verdict_look": LOOK[profile.offered],
        "verdict_icon": ICON[profile.offered],
        "verdict": profile.offered.value,
        "reasons": [(reason, ICON[reason.verdict]) for reason in profile.reasons],
        "specialties": list(_specialties(profile)),
        "places": list(_places(profile)),
        "belongs": [_belongs(m, profile.source_of(m)) for m in profile.standing.memberships],
        "doubts": [(each, reason_in_words(each.reason)) for each in profile.doubts],
        "tasks": [(task, [reason_in_words(r) for r in task.reasons]) for task in profile.tasks],
        "verifications": [(each, HOW_IN_WORDS.get(each.by, each.by)) for each in profile.verifications],
        "differences": [_in_words(each) for each in profile.differences],
        "history": [(span, _plain(span.kind, span.words)) for span in profile.history],
        "verifies": verifies,
        "form": (hearing or HeardForm(profile, today)) if verifies else None,
        "doubt_form": (doubting or DoubtForm()) if is_today else None,
        "doubting": doubting is not None,
        "summary": summary,
        "here": reverse("directory-professional", args=[profile.who.npi]),
    }
    return render(request, "desk/directory_professional.html", context, status=422 if wrong_day or summary else 200)


def reason_in_words(reason: str) -> str:
    """Why a doubt was raised: a reason to decline, or a person's own remark."""
    return "Noticed by a person" if reason == REMARK else f"Declined: {DECLINES.get(reason, reason)}"


def _specialties(profile: Profile) -> Iterator[Specialty]:
    held = profile.standing.specialties
    if not held:
        codes = dict.fromkeys([profile.who.taxonomy, *profile.who.other_taxonomies])
        for place, code in enumerate(codes):
            yield Specialty(plain_name(code), code, place == 0, "Entered by hand")
    seen: set[str] = set()
    for each in held:
        if each.code not in seen:
            seen.add(each.code)
            yield Specialty(plain_name(each.code), each.code, each.is_primary, profile.source_of(each))


def _places(profile: Profile) -> Iterator[Place]:
    who = profile.who
    if not profile.standing.practices:
        yield Place(
            who.address, f"{who.city}, {who.state} {who.zip_code}", who.phone, who.fax, _tongues(who.languages), None,
            who.latitude, who.longitude, "Entered by hand" if profile.by_hand else "The address on record",
        )  # fmt: skip
    seen: set[int] = set()
    for each in profile.standing.practices:
        if each.site_id not in seen:  # the most believed source comes first
            seen.add(each.site_id)
            site = each.site
            yield Place(
                site.address, f"{site.city}, {site.state} {site.zip_code}", each.phone, each.fax,
                _tongues(each.languages), each.accessible, site.latitude, site.longitude, profile.source_of(each),
            )  # fmt: skip


def _belongs(held: Membership, source: str) -> Belongs:
    ages = ""
    if held.age_from is not None or held.age_to is not None:
        ages = f"{held.age_from or 0} to {held.age_to}" if held.age_to is not None else f"{held.age_from} and older"
    return Belongs(
        held.network.name if held.network else "The plan’s own network",
        f"{held.site.address}, {held.site.city}" if held.site else "",
        held.from_on, held.to_on, held.accepts, held.panel.upper(), ages, source,
    )  # fmt: skip


def _in_words(difference: Any) -> tuple[str, list[tuple[str, str, bool]]]:
    sayings = [
        (saying.source, _plain("Specialty" if difference.about == "Main specialty" else "", saying.words), place == 0)
        for place, saying in enumerate(difference.sayings)
    ]
    return difference.about, sayings


def _plain(kind: str, words: str) -> str:
    if kind != "Specialty":
        return words
    code, _, rest = words.partition(",")
    return f"{plain_name(code).capitalize()} ({code}){',' if rest else ''}{rest}"


def _tongues(codes: list[str]) -> tuple[str, ...]:
    return tuple(words_of(code, "language") for code in codes)


def _profile(npi: str, on: date) -> Profile:
    return profile_of(_who(npi), on)


def _who(npi: str) -> QualifiedProfessional:
    who = professional_by(npi)
    if who is None:
        raise Http404("There is no professional of this NPI in the directory. Search by name.")
    return who


def _may_verify(person: Person) -> bool:
    return person.network is None and person.is_a(*VERIFIES)


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined, no-any-return]


def _now(request: HttpRequest) -> datetime:
    return request.now  # type: ignore[attr-defined, no-any-return]


def _today(request: HttpRequest) -> date:
    return _now(request).astimezone(PACIFIC).date()


def _day(text: str) -> date | None:
    """The day that was typed; none when it is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
