"""The decision page: the whole story on one screen, and the letter exactly as the Member will read it.

The physician chooses a way: deny, keep the choice to the network (II.G), authorize a part, or take more time. What
is signed is what was shown: the letters that signing would freeze are made from the typed text, printed and shown;
signing makes them again and goes on only when they are the same, byte for byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from secondopinion.desk.beside import Beside, beside
from secondopinion.desk.denial_form import DenyForm
from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.letters import inline
from secondopinion.desk.modify_form import LimitForm, PartForm
from secondopinion.desk.outcome import MOVED_ON, NOT_SO, again, done, line_of, seen
from secondopinion.desk.pictures import Picture, pictures
from secondopinion.desk.reasons_form import ReasonsForm
from secondopinion.desk.referral import Refusal, head_of, now_of, person_of, referral_or_404, setting_of
from secondopinion.desk.referral_words import NEARNESS, reads_in
from secondopinion.desk.search_network import kept_of
from secondopinion.desk.step_fields import Setting, StepForm
from secondopinion.desk.step_forms import SendBackForm
from secondopinion.desk.step_forms_time import DelayForm
from secondopinion.desk.step_hints import no_more_time
from secondopinion.desk.words import words_of
from secondopinion.letters.freeze import Frozen
from secondopinion.letters.paper import seal
from secondopinion.letters.refusal import Incomplete
from secondopinion.people.doors import signed_in
from secondopinion.people.person import Person
from secondopinion.policy.asked import Opinion, Program
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.specialties import Level
from secondopinion.referrals import reading
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Taken
from secondopinion.referrals.gate import MAYBE_AN_APPEAL, credential_to_sign
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Paper, Referral
from secondopinion.referrals.searching import NOBODY_IN_REACH
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Answer, Authorize, Told

JUDGMENTS: Final = {
    Opinion.SECOND.value: "reviewer_finds_another_reason",
    Opinion.THIRD.value: "reviewer_grants_additional_opinion",
    Opinion.ADDITIONAL.value: "reviewer_grants_additional_opinion",
}
NOT_THE_SAME: Final = (
    "The letter is not the one you were shown: the text or the day has changed since. Nothing was signed. "
    "Read the letter below, then sign."
)
SHOW_FIRST: Final = "You have not seen the letter yet. Nothing was signed. Read the letter below, then sign."
UNREAD: Final = "Not every paper is marked as read. Read each paper, mark it, then sign."


THE_POLICY_SAYS_YES: Final = "The policy authorizes this request. It cannot be denied; authorize it."
NO_YES_TO_LIMIT: Final = (
    "Only a yes can be limited, and the policy finds none in the recorded answers. Answer the open questions on the "
    "referral’s page, your own judgment among them; then the yes can be kept to the network, or to a part."
)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to decide that is signed: its form, and what makes the letters that signing would freeze."""

    form: type[ReasonsForm]
    drafts: Callable[..., tuple[Frozen, ...]]


SIGNED: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "deny": Way(DenyForm, reading.denial_drafts),
        "limit": Way(LimitForm, reading.modification_drafts),
        "grant_in_part": Way(PartForm, reading.modification_drafts),
    }
)
TITLES: Final = MappingProxyType(
    {
        "deny": DenyForm.title,
        "limit": LimitForm.title,
        "grant_in_part": PartForm.title,
        "delay": DelayForm.title,
    }
)


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """One letter as it would leave the house."""

    title: str
    pages: Sequence[Picture]
    marks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """The letters of a denial as shown, and the one number that stands for all of them."""

    letters: Sequence[ShownLetter]
    sha256: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A paper, and whether the physician has marked it as read."""

    paper: Paper
    read: bool


@signed_in("physician", why="decide a referral")
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Read the story; choose a way; show the letter; sign. `act` says which button: show, pdf or sign."""
    found = referral_or_404(request, number)
    if request.method != "POST":
        return show(request, found)
    name = request.POST.get("way", "deny")
    way = SIGNED.get(name, SIGNED["deny"])
    form = way.form(setting_of(request, found), request.POST)
    if not form.is_valid():
        return show(request, found, form, errors=summary_of(form), status=NOT_SO)
    act = request.POST.get("act", "show")
    try:
        before, told = reading.snapshot_of(found), form.told()
        drafts = way.drafts(before, told, person_of(request), now_of(request))
        if act == "pdf":
            return inline(sealed(before, drafts[0]).pdf, f"{number}-draft.pdf")
        if act != "sign":
            return show(request, found, form, drafts=drafts)
        return sign(request, found, form, told, drafts)
    except (Refused, Incomplete) as refused:
        fresh, status = again(request, found)
        return show(request, fresh, form, errors=(Line(str(refused), form.step),), status=status)


def sign(request: HttpRequest, found: Referral, form: ReasonsForm, told: Any, drafts: Sequence[Frozen]) -> HttpResponse:
    """Sign, when what would be signed is what was shown. Raises Refused."""
    was_shown = request.POST.get("shown", "")
    if was_shown != sum_of(drafts):
        sentence = NOT_THE_SAME if was_shown else SHOW_FIRST
        return show(request, found, form, drafts=drafts, errors=(Line(sentence, "letter"),), status=MOVED_ON)
    papers = reading.papers_of(found)
    considered = tuple(p.pk for p in papers if f"read-{p.pk}" in request.POST)
    if len(considered) < len(papers):
        return show(request, found, form, drafts=drafts, errors=(Line(UNREAD, "papers"),), status=NOT_SO)
    signed: Told = replace(told, considered=considered)
    taken = advance(found.id, signed, person=person_of(request), now=now_of(request), seen=seen(request))
    return done(request, taken, "referral")


@signed_in("physician", why="decide a referral")
@require_POST
def authorize_for_another_reason(request: HttpRequest, number: str) -> HttpResponse:
    """Record the reviewer's own judgment that there is another good reason, and authorize on it."""
    found = referral_or_404(request, number)
    note = line_of(request, "other_reason")
    if not note and reading.snapshot_of(found).finding().verdict is not Verdict.YES:
        line = Line("Say in a few words what the other good reason is.", "other_reason")
        return show(request, found, errors=(line,), status=NOT_SO)
    try:
        taken = _authorize(request, found, note)
    except (Refused, Incomplete) as refused:
        fresh, status = again(request, found)
        return show(request, fresh, errors=(Line(str(refused), "other_reason"),), status=status)
    return done(request, taken, "referral")


def _authorize(request: HttpRequest, found: Referral, note: str) -> Taken:
    """Both steps or neither."""
    person, now, position = person_of(request), now_of(request), seen(request)
    before = reading.snapshot_of(found)
    with transaction.atomic():
        if before.finding().verdict is not Verdict.YES:
            told = Answer({JUDGMENTS[found.opinion]: True}, source=note)
            position = advance(found.id, told, person=person, now=now, seen=position).position
        return advance(found.id, Authorize(note), person=person, now=now, seen=position)


def show_refusal(request: HttpRequest, found: Referral, refusal: Refusal, status: int) -> HttpResponse:
    """The page again after a step on it that is not signed here was refused, with what was typed."""
    return show(request, found, refusal.form, errors=refusal.errors, status=status)


def show(
    request: HttpRequest,
    found: Referral,
    form: StepForm | None = None,
    *,
    drafts: Sequence[Frozen] = (),
    errors: Sequence[Line] = (),
    status: int = 200,
) -> HttpResponse:
    """The page: the story, the ways to decide, the form of one, and the letter once it was asked for."""
    person = person_of(request)
    setting = setting_of(request, found)
    before = setting.before
    events = reading.events_of(found)
    allowed = {step.name for step in reading.steps_for(found, person, now_of(request))}
    columns = beside(before, reading.answers_given(events), person, may_answer=False, typed={})
    way = way_of(request, form, columns)
    offers = offers_of(request, found, way) if "deny" in allowed and columns.authorizes else ()
    against = why_not(way, setting, columns, offers)
    context = head_of(request, found) | {
        "errors": leading(errors, "deny" in allowed, bool(way) and not against),
        "beside": columns,
        "to_judge": columns.groups[0] if columns.groups else None,
        "known": [line for section in columns.sections for line in section.lines if line.value != "unknown"],
        "notes": [(e.actor, e.at, e.details["note"]) for e in events if e.step in ("refer_up", "send_back")],
        "papers": [Unread(p, f"read-{p.pk}" in request.POST) for p in reading.papers_of(found)],
        "kept": kept_of(reading.last_search(found)),
        "may_deny": "deny" in allowed,
        "is_here": found.state == State.PHYSICIAN_REVIEW.value,
        "ways": [(name, title, name == way) for name, title in TITLES.items()],
        "way": way,
        "against": against,
        "offers": offers,
        "earlier": reading.suspected(found),
        "cannot_sign": cannot_sign(before, person),
        "form": form_of(way, form, setting),
        "send_back": SendBackForm(setting) if "send_back" in allowed else None,
        "may_authorize": "authorize" in allowed,
        "other_reason": line_of(request, "other_reason"),
        "shown": shown(before, drafts) if drafts else None,
        "reads_in": reads_in("denial_to_member", found.member.language),
    }
    return render(request, "desk/decision.html", context, status=status)


def way_of(request: HttpRequest, form: StepForm | None, columns: Beside) -> str:
    """The way that stands open: that of the form at hand, that of the address, else to deny where it is possible."""
    asked = form.step if form is not None else request.GET.get("way", "")
    if asked in TITLES:
        return asked
    return "" if columns.authorizes else "deny"


def form_of(way: str, form: StepForm | None, setting: Setting) -> StepForm | None:
    """The form of a way, as it was typed or new."""
    if form is not None and form.step == way:
        return form
    if way in SIGNED:
        return SIGNED[way].form(setting)
    return DelayForm(setting) if way == DelayForm.step else None


@dataclass(frozen=True, slots=True)
class Named:
    """One professional whom the letter will name, with the nearness of the specialty in words."""

    who: reading.Candidate
    nearness: str


def nearness_of(level: Level | None) -> str:
    """How near a specialty is, in words; where none is compared, that anybody qualified will do."""
    return NEARNESS[level] if level is not None else "Any qualified professional may be chosen"


def offers_of(request: HttpRequest, found: Referral, way: str) -> Sequence[Named]:
    """Whom the letter of a limited yes will name."""
    if way not in (LimitForm.step, PartForm.step):
        return ()
    return [Named(c, nearness_of(c.level)) for c in reading.named_in_the_letter(found, way, now_of(request))]


def why_not(way: str, setting: Setting, columns: Beside, offers: Sequence[Named]) -> str:
    """Why a way is not open, in a sentence; empty when it is."""
    if way == DenyForm.step and columns.authorizes:
        return THE_POLICY_SAYS_YES
    if way in (LimitForm.step, PartForm.step) and not columns.authorizes:
        return NO_YES_TO_LIMIT
    if way == LimitForm.step and not offers:
        return NOBODY_IN_REACH
    return no_more_time(setting, columns) if way == DelayForm.step else ""


def leading(errors: Sequence[Line], may_decide: bool, has_form: bool) -> Sequence[Line]:
    """The errors with links that lead somewhere: without the form of a way, to the yes in its place, if any."""
    if may_decide and has_form:
        return errors
    return [Line(error.words, "yes-title" if may_decide else "") for error in errors]


def cannot_sign(before: Snapshot, person: Person) -> str:
    """Why this physician may not sign; empty when nothing stands against it."""
    if before.maybe_appeal_of_id is not None:
        return MAYBE_AN_APPEAL
    try:
        credential_to_sign(before, person)
    except Refused as refused:
        return refused.sentence
    return ""


def sum_of(drafts: Sequence[Frozen]) -> str:
    """One number for all the letters: their kinds, data and templates."""
    told: list[Any] = [f"{d.kind} {d.data_sha256} {d.template_sha256}" for d in drafts]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def sealed(before: Snapshot, draft: Frozen) -> Any:
    """A draft printed and read back: it says what the policy orders, or Incomplete names what it does not."""
    required = questions.what_must_the_letter_say(before.edition_in_force, draft.kind, Program(before.program))
    return seal(draft, required)


def shown(before: Snapshot, drafts: Sequence[Frozen]) -> Shown:
    """The letters as pictures of the finished PDFs."""
    letters = []
    for draft in drafts:
        finished = sealed(before, draft)
        letters.append(ShownLetter(words_of(draft.kind, "letter"), pictures(finished.pdf), sorted(finished.marks)))
    return Shown(letters, sum_of(drafts))
