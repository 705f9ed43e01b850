"""The gallery of letters: every kind in every language from its example, what it is for, and what it must say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from secondopinion.desk.letters import inline
from secondopinion.desk.ordered import lines_of, matrix_of, sheets_of
from secondopinion.letters.exhibits import Exhibit, cases, exhibit
from secondopinion.letters.kinds import KINDS, PROGRAMS, Example, Kind, UnknownLetter, kind_named
from secondopinion.letters.languages import ENGLISH, LANGUAGES, OWN_LANGUAGE, Language
from secondopinion.people.doors import signed_in
from secondopinion.policy.asked import Program
from secondopinion.policy.clauses import Edition
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.matrix import RECIPIENTS, Decision, Element, decisions, element

WHY = "look at the letters"


@dataclass(frozen=True, slots=True)
class Pane:
    """One cell of the table: a letter in a language. Not `drawn`: nobody has written it yet, or nobody reads it so."""

    language: Language
    drawn: bool
    wanted: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of letter: who reads it, and its languages."""

    kind: Kind
    readers: str
    panes: tuple[Pane, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One example of a letter in a program, and what is particular about it."""

    example: str
    program: str
    words: str
    here: bool


@signed_in(why=WHY)
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """The table: kind by language, by what owes the letter. Nothing is printed for it; it names no Member."""
    program = request.GET.get("program", "")
    program = program if program in PROGRAMS else ""
    wanted = request.GET.get("language", "")
    shown = [LANGUAGES[wanted]] if wanted in LANGUAGES else list(LANGUAGES.values())
    context = {
        "program": program,
        "programs": PROGRAMS,
        "language": wanted if wanted in LANGUAGES else "",
        "languages": list(LANGUAGES.values()),
        "shown": shown,
        "groups": list(_groups(program, shown)),
    }
    return render(request, "desk/gallery.html", context)


@signed_in(why=WHY)
@require_safe
def gallery_letter(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """One letter of the gallery: its pages, its ordered sentences with their places, and its elements by program."""
    drawn, found = _drawn(kind, language), cases(kind)
    program = request.GET.get("program", "")
    first = next((each for each, of in found if of == program), found[0][0])
    asked = request.GET.get("case", first.name)
    one = _exhibit(kind, asked, language)
    on = date.fromisoformat(_data(found, asked)["dated_on"])
    edition = questions.edition_on(on)
    looked = one.preview
    context = {
        "one": one,
        "language": LANGUAGES[language],
        "cases": [(of, [_case(each, of, asked) for each, its in found if its == of]) for of in drawn.programs],
        "tongues": [LANGUAGES[tag] for tag in LANGUAGES if tag in drawn.languages],
        "owed_by": list(_owed_by(kind)),
        "said": lines_of(looked.ordered, edition),
        "pages": sheets_of(looked.pdf, looked.ordered) if looked.pdf else [],
        "programs": drawn.programs,
        "tongue": language,
        "todo": "",
        "matrix": matrix_of(looked, {of: _must_say(edition, kind, of) for of in drawn.programs}, edition),
    }
    return render(request, "desk/gallery_letter.html", context)


@signed_in(why=WHY)
@require_safe
def gallery_pdf(request: HttpRequest, kind: str, language: str, case: str) -> HttpResponse:
    """The PDF of one letter of the gallery, unless the browser has the very same already."""
    _drawn(kind, language)
    one = _exhibit(kind, case, language)
    if one.preview.pdf is None:
        raise Http404(one.preview.refused)
    etag = quote_etag(one.sha256)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag, "Cache-Control": "private, no-cache"})
    answer = inline(one.preview.pdf, f"{kind.replace('_', '-')}-{language}.pdf")
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    return answer


def _groups(program: str, shown: list[Language]) -> Iterator[tuple[Decision, list[Row]]]:
    """Each decision or event with the kinds it owes; a kind that several owe stands with the first."""
    seen: set[str] = set()
    for decision in decisions().values():
        rows = []
        for kind in dict.fromkeys(decision.letters.values()):
            if kind not in seen and (not program or program in KINDS[kind].programs):
                seen.add(kind)
                rows.append(Row(KINDS[kind], _readers(kind), tuple(_pane(KINDS[kind], each) for each in shown)))
        if rows:
            yield decision, rows


def _pane(kind: Kind, language: Language) -> Pane:
    own = kind.reader in OWN_LANGUAGE
    return Pane(language, language.tag in kind.languages, own or language.tag == ENGLISH)


def _readers(kind: str) -> str:
    """Who reads a kind of letter, in words."""
    readers = [r for d in decisions().values() for r, its in d.letters.items() if its == kind]
    words = [RECIPIENTS[each] for each in dict.fromkeys(readers)]
    if "member" in readers:
        words.append(RECIPIENTS["representative"])
    told = ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]
    return told[:1].upper() + told[1:]


def _owed_by(kind: str) -> Iterator[Decision]:
    return (each for each in decisions().values() if kind in each.letters.values())


def _must_say(edition: Edition, kind: str, program: str) -> tuple[Element, ...]:
    return tuple(element(mark) for mark in questions.what_must_the_letter_say(edition, kind, Program(program)))


def _case(example: Example, program: str, asked: str) -> Case:
    words = example.name.removeprefix("example").removeprefix(f"-{program}").strip("-").replace("-", " ")
    return Case(example.name, program, words[:1].upper() + words[1:] or "As usual", example.name == asked)


def _data(found: tuple[tuple[Example, str], ...], name: str) -> Mapping[str, Any]:
    return next(each.data for each, _ in found if each.name == name)


def _drawn(kind: str, language: str) -> Kind:
    """The kind, when it is drawn in the language; else the page that says what there is."""
    try:
        drawn = kind_named(kind)
        drawn.template(language)
    except UnknownLetter as unknown:
        raise Http404(str(unknown)) from None
    return drawn


def _exhibit(kind: str, example: str, language: str) -> Exhibit:
    try:
        return exhibit(kind, example, language)
    except KeyError:
        raise Http404(f"The letter {kind} has no example of that name. Open it from the gallery.") from None
