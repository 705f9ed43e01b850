"""Searching the network, with the search kept as proof, and the physician's yes to go outside it (II.G, II.H)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import inf
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.referral import Refusal, head_of, now_of, person_of, referral_or_404, setting_of
from secondopinion.desk.step_fields import Setting, StepForm, day_field, words_field
from secondopinion.directory.find import professional_by
from secondopinion.people.doors import signed_in
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.specialties import plain_name
from secondopinion.referrals import reading
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral
from secondopinion.referrals.offering import by_number
from secondopinion.referrals.searching import Found, Looked, Proof, openings_in
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Told
from secondopinion.referrals.told_after import AgreeOutside, AttestTraining, Search

MOST: Final = 25  # professionals on the page, those that may be available first; the search keeps everybody
OPENING: Final = re.compile(r"opening-(\d{10})")
SEARCH_FIRST: Final = (
    "The policy does not find that nobody in the network is available. Search the network first, with the first "
    "appointment that each office can give; the search is the proof (II.H)."
)


class SearchForm(StepForm):
    """The first appointments that offices gave, one field for each professional who was asked."""

    step = "search"
    title = "Search the network"
    verb = "Search and keep the proof"
    note = words_field("Note on the search", required=False, rows=2)

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        for npi, name in setting.choices.get("openings") or _in_the_form(data):
            field = day_field(f"First appointment with {name}", required=False)
            field.widget.attrs["class"] = "usa-input"
            self.fields[f"opening-{npi}"] = field

    def told(self) -> Told:
        """What the offices said."""
        given = [
            (found.group(1), on) for name, on in self.cleaned_data.items() if on and (found := OPENING.match(name))
        ]
        return Search(tuple(given), self.cleaned_data["note"])


def _in_the_form(data: Any) -> list[tuple[str, str]]:
    """The professionals whose fields a browser sent."""
    return [(found.group(1), found.group(1)) for name in data or () if (found := OPENING.fullmatch(name))]


class AgreeOutsideForm(StepForm):
    """The physician's yes to a Non-Contracted Provider."""

    step = "agree_outside"
    title = "Agree to go outside the network"
    verb = "Agree to this professional"
    explains = "The Member pays nothing. The letter of agreement is sent next, and has a clock of its own."
    npi = forms.RegexField(
        r"^\d{10}$", label="NPI of the Non-Contracted Provider",
        help_text="Ten digits. The professional must be in the directory.",
        error_messages={"invalid": "“NPI of the Non-Contracted Provider” has ten digits."},
    )  # fmt: skip
    why = words_field("Why this professional?", "Training, distance, or the first opening.", rows=2)

    def told(self) -> Told:
        """What the physician said."""
        who = professional_by(self.cleaned_data["npi"])
        if who is None:
            raise Refused(
                "There is no professional with this NPI in the directory. Check the number, or have the Non-Contracted "
                "Provider entered there first."
            )
        return AgreeOutside(who.pk, self.cleaned_data["why"])


class AttestTrainingForm(StepForm):
    """The physician's word for somebody whose specialty does not fit by itself."""

    step = "attest_training"
    title = "Attest a professional’s training"
    verb = "Attest the training"
    explains = (
        "For a professional of the wider specialty, or of one that is not related to the condition on record. It "
        "counts for this referral alone, and is signed with your licence."
    )
    npi = forms.RegexField(
        r"^\d{10}$", label="NPI of the professional", help_text="Ten digits.",
        error_messages={"invalid": "“NPI of the professional” has ten digits."},
    )  # fmt: skip
    training = words_field("Which training and expertise?", "And how you found it out.", rows=2)

    def told(self) -> Told:
        """What the physician said."""
        who = professional_by(self.cleaned_data["npi"])
        if who is None:
            raise Refused("There is no professional with this NPI in the directory. Check the number.")
        return AttestTraining(who.pk, self.cleaned_data["training"])


@dataclass(frozen=True, slots=True)
class Row:
    """One qualified professional: what is known, what speaks against, and the field for the first appointment."""

    name: str
    specialty: str
    looked: Looked
    verified_on: date | None
    field: Any


@dataclass(frozen=True, slots=True)
class Kept:
    """The last search: when, by whom, how many were looked at, and how many nothing speaks against."""

    at: datetime
    by: str
    looked: int
    left: int
    sha256: str


@signed_in(why="search the network")
@require_safe
def search_network(request: HttpRequest, number: str) -> HttpResponse:
    """Who is qualified in the network today, and what is kept of the last search."""
    return show(request, referral_or_404(request, number))


def show(request: HttpRequest, found: Referral, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    """The page; after a refusal with its sentence and what was typed."""
    setting = setting_of(request, found)
    before, now = setting.before, now_of(request)
    allowed = {step.name for step in reading.steps_for(found, person_of(request), now_of(request))}
    last = reading.last_search(found)
    rows: Sequence[Row] = ()
    here: Found | None = None
    unready, left_out = "", 0
    search, agree, attest = forms_of(refusal)
    try:
        here = reading.search_now(found, openings_in(last.search) if last else {}, now)
        names = reading.names_of(x.npi for x in here.looked)
        nearest = sorted(here.looked, key=lambda x: (bool(x.against), inf if x.miles is None else x.miles))[:MOST]
        if "search" in allowed:
            offered = [(x.npi, names.get(x.npi, x.npi)) for x in nearest if worth_asking(x)]
            search = search or SearchForm(with_openings(setting, offered))
        rows = [row_of(x, names, search) for x in nearest]
        left_out = len(here.looked) - len(rows)
    except Refused as refused:
        unready = refused.sentence
    context = head_of(request, found) | {
        "errors": refusal.errors if refusal else (),
        "rows": rows,
        "left_out": left_out,
        "here": here,
        "see_by": date.fromisoformat(here.see_by) if here else None,
        "counted": by_number(here.counted, here.counted_up_to) if here else (),
        "unready": unready,
        "kept": kept_of(last),
        "search": search,
        "may_search": "search" in allowed and not unready,
        "agree": (agree or AgreeOutsideForm(setting)) if "agree_outside" in allowed and not unready else None,
        "attest": (attest or AttestTrainingForm(setting)) if "attest_training" in allowed and not unready else None,
        "against": "" if unready or may_go_outside(before) else SEARCH_FIRST,
        "outside": reading.outside_of(found),
    }
    return render(request, "desk/referral_search.html", context, status=status)


def forms_of(
    refusal: Refusal | None,
) -> tuple[SearchForm | None, AgreeOutsideForm | None, AttestTrainingForm | None]:
    """The form that was refused, as it was typed."""
    typed = refusal.form if refusal else None
    return (
        typed if isinstance(typed, SearchForm) else None,
        typed if isinstance(typed, AgreeOutsideForm) else None,
        typed if isinstance(typed, AttestTrainingForm) else None,
    )


def row_of(looked: Looked, names: Mapping[str, str], form: SearchForm | None) -> Row:
    """One professional as the page shows one."""
    confirmed = date.fromisoformat(looked.verified_on) if looked.verified_on else None
    name = names.get(looked.npi, looked.npi)
    return Row(name, plain_name(looked.code), looked, confirmed, field_of(form, looked))


def with_openings(setting: Setting, offered: Sequence[tuple[str, str]]) -> Setting:
    """The setting of a form with one field for each professional."""
    return Setting(setting.before, setting.person, setting.now, {**setting.choices, "openings": offered})


def field_of(form: SearchForm | None, looked: Looked) -> Any:
    """The field of one professional, filled with the day the office gave last time; None without a form."""
    name = f"opening-{looked.npi}"
    if form is None or name not in form.fields:
        return None
    if looked.first_opening:
        form.initial.setdefault(name, date.fromisoformat(looked.first_opening))
    return form[name]


def worth_asking(looked: Looked) -> bool:
    """Could the first appointment settle anything, or does something else speak against the professional already?"""
    return looked.independent and looked.accepts is not False and looked.within_reach is not False


def may_go_outside(before: Snapshot) -> bool:
    """Does the policy find that nobody in the network is available (II.H)?"""
    going = questions.where_may_the_member_go(before.edition_in_force, before.asked, before.answers)
    return going.out_of_network.verdict is Verdict.YES


def kept_of(last: Proof | None) -> Kept | None:
    """What the page says of the last search."""
    if last is None:
        return None
    told = last.reference
    return Kept(last.at, last.by, told["looked"], told["available"], told["sha256"])
