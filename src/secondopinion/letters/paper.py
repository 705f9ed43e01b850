"""Paper: frozen data becomes a sealed PDF/UA-1, the same bytes every time.

After printing, the finished PDF is read again: each passage that a clause orders must stand in it word for
word, or the letter is refused by the name of the clause.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, Final

import orjson
import pypdfium2
import typst

from secondopinion.letters import tray, typeface
from secondopinion.letters.freeze import Frozen
from secondopinion.letters.kinds import TEMPLATES, kind_named, template_sha256
from secondopinion.letters.refusal import Incomplete
from secondopinion.policy.asked import Program
from secondopinion.policy.never_printed import never_printed

MARGIN_BAND: Final = 62.0  # points at the foot of each page that hold the page number, not the letter
HEAD_BAND: Final = 62.0  # points at the head of each page after the first that hold the running line

NO_KEY: Final = re.compile(r'does not contain key "([^"]+)"')
DEMANDED: Final = re.compile(r"assertion failed: (.+)")

# PDFium gives U+FFFE or U+0002 for a hyphen at the end of a line.
ONE_FORM: Final = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2010": "-", "\u2011": "-",
     "\u00ad": "", "\ufffe": "-", "\u0002": "-"}
)  # fmt: skip

RIGHT_TO_LEFT: Final = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
OWN_WORD: Final = re.compile("[\u0600-\u065f\u066e-\u06ef\u06fa-\u06ff\u0750-\u077f]+")
# Devanagari, Gurmukhi, Thai, Lao and Khmer, on the sheet of many languages.
STACKED: Final = re.compile("[\u0900-\u097f\u0a00-\u0a7f\u0e00-\u0eff\u1780-\u17ff]")
FIELD_PIECE: Final = re.compile(r"[A-Za-zÀ-ɏ]+|[0-9]+|[٠-٩۰-۹]+")

KNOWN: Final = 4096  # lines and phrases that letters share, and of which one reading is enough

_warm = threading.local()
PDFIUM = threading.Lock()  # PDFium is not made for two threads at once


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished letter: its bytes, their SHA-256, the marks found in it, and the template it was made with."""

    pdf: bytes
    sha256: str
    marks: frozenset[str]
    template_sha256: str


def render(kind: str, program: str, language: str, data: Mapping[str, Any], format: str = "standard") -> bytes:
    """The letter as PDF/UA-1. The same data gives the same bytes. Raises Incomplete, UnknownLetter.

    `format`: "standard" (12 point) or "large-print" (20 point).
    """
    return _press(kind, program, language, data, format)[1]


def markup(kind: str, program: str, language: str, data: Mapping[str, Any]) -> str:
    """The letter's words as HTML, as the template means them and without a page (words.py). Raises as printing does."""
    compiler = _compiler(kind_named(kind).template(language))
    _dated(kind, program, data)
    try:
        made = compiler.compile(format="html", sys_inputs=_input(language, "words", data=data))
    except typst.TypstError as error:
        raise _refusal(kind, error) from error
    if not isinstance(made, bytes):  # more than one file only for images
        raise Incomplete(kind, "the typesetter returned no single text")
    return made.decode()


def printed(kind: str, program: str, language: str, data: Mapping[str, Any]) -> tuple[bytes, dict[str, list[str]]]:
    """What `render` and `passages` give, of one printing."""
    compiler, pdf = _press(kind, program, language, data)
    return pdf, _passages(kind, compiler)


def passages(kind: str, program: str, language: str, data: Mapping[str, Any]) -> dict[str, list[str]]:
    """The words that each clause orders, as the letter of this data says them: mark to passages."""
    return printed(kind, program, language, data)[1]


def marks_of(pdf: bytes, said: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The marks whose every passage stands in the finished PDF, word for word (spacing aside)."""
    stands = stands_in(text_of(pdf))
    return frozenset(mark for mark, texts in said.items() if all(stands(t) for t in texts))


def stands_in(text: str) -> Callable[[str], bool]:
    """Whether a passage stands in the text of a finished letter, word for word (spacing aside)."""
    return _stands_both_ways(text) if RIGHT_TO_LEFT.search(text) else _stands(text)


@lru_cache(maxsize=2)  # a letter is read for what it must say, and for what it may not
def text_of(pdf: bytes) -> str:
    """The text of a PDF as a reader meets it, without page numbers and running lines."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            pages = []
            for number in range(len(document)):
                page = document[number]
                height = page.get_height()
                top = height - HEAD_BAND if number else height
                textpage = page.get_textpage()
                pages.append(textpage.get_text_bounded(bottom=MARGIN_BAND, top=top))
                textpage.close()
                page.close()
        finally:
            document.close()
    return "\n".join(pages)


def seal(frozen: Frozen, required_marks: Iterable[str], *, format: str = "standard") -> Sealed:
    """Print a frozen letter, read it back, and seal it. `format` as for `render`.

    `required_marks`: what the policy says a letter of this kind must say. Raises Incomplete naming the
    first mark whose words are not in the finished PDF.
    """
    compiler, pdf = _press(frozen.kind, frozen.program, frozen.language, frozen.data, format)
    _refuse_never_printed(frozen, text_of(pdf))
    marks = marks_of(pdf, _passages(frozen.kind, compiler))
    for mark in sorted(set(required_marks) - marks):
        raise Incomplete(frozen.kind, f"the finished letter does not say what {mark} orders")
    return Sealed(pdf, hashlib.sha256(pdf).hexdigest(), marks, template_sha256(frozen.kind, frozen.language))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(typeface.folders()))


def _compiler(template: Path) -> typst.Compiler:
    """This thread's warm compiler for a template."""
    warm: dict[Path, typst.Compiler] = _warm.__dict__.setdefault("compilers", {})
    if template not in warm:
        warm[template] = typst.Compiler(template, root=TEMPLATES, font_paths=_fonts())
    return warm[template]


def _input(language: str, format: str, **said: Any) -> dict[str, str]:
    """What the typesetter is asked for. One input, since it tells the same inputs in another order from these."""
    return {"letter": _json({"language": language, "format": format, **said})}


def _laid(template: Path, language: str, format: str, data: Mapping[str, Any]) -> tuple[typst.Compiler, dict[str, str]]:
    """This thread's warm compiler for a template, with the data of a letter before it, and the input it takes."""
    if not tray.AVAILABLE:
        return _compiler(template), _input(language, format, data=data)
    held: tray.Tray | None = _warm.__dict__.get("tray")
    if held is None or not held.is_ours:
        held = _warm.__dict__["tray"] = tray.Tray()
        _warm.__dict__["laid"] = {}
    held.lay(_json(data).encode())
    warm: dict[tuple[Path, str], typst.Compiler] = _warm.__dict__["laid"]
    if (template, format) not in warm:
        # The tray lies outside the templates, so the root is that of the machine.
        warm[template, format] = typst.Compiler(template, root="/", font_paths=_fonts())
    return warm[template, format], _input(language, format, file=held.path)


def _press(
    kind: str, program: str, language: str, data: Mapping[str, Any], format: str = "standard"
) -> tuple[typst.Compiler, bytes]:
    """Print, and leave the compiler as it stands, so that it can be asked about this very letter."""
    template, dated = kind_named(kind).template(language), _dated(kind, program, data)
    compiler, asked = _laid(template, language, format, data)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=dated, sys_inputs=asked)
    except typst.TypstError as error:
        raise _refusal(kind, error) from error
    if not isinstance(pdf, bytes):  # more than one file only for images
        raise Incomplete(kind, "the typesetter returned no single PDF")
    return compiler, pdf


def _dated(kind: str, program: str, data: Mapping[str, Any]) -> datetime:
    """The instant the PDF bears: noon of the letter's own day, so printing again gives the same bytes."""
    try:
        if data["referral"]["program"] != program:
            raise Incomplete(kind, f"the referral is {data['referral']['program']} and the letter {program}")
        day = date.fromisoformat(data["dated_on"])
    except KeyError as error:
        raise Incomplete(kind, f"{str(error.args[0]).replace('_', ' ')} is missing") from error
    except ValueError as error:
        if isinstance(error, Incomplete):
            raise
        raise Incomplete(kind, "dated on is not a day (write it as 2026-11-30)") from error
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _passages(kind: str, compiler: typst.Compiler) -> dict[str, list[str]]:
    """The passages of the letter printed last."""
    try:
        found = orjson.loads(compiler.query("<says>", field="value"))
    except typst.TypstError as error:
        raise _refusal(kind, error) from error
    said: dict[str, list[str]] = {}
    for entry in found:
        said.setdefault(entry["mark"], []).append(entry["words"])
    return said


def _json(data: Mapping[str, Any]) -> str:
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


def _refusal(kind: str, error: typst.TypstError) -> Incomplete:
    """One sentence from the typesetter's complaint, naming the value it stumbled over."""
    message = " ".join(error.message.split())
    if absent := NO_KEY.search(message):
        return Incomplete(kind, f"{absent[1].replace('_', ' ')} is missing")
    if demanded := DEMANDED.search(message):
        return Incomplete(kind, demanded[1])
    return Incomplete(kind, f"the typesetter stopped: {message}")


def _stands(text: str) -> Callable[[str], bool]:
    """Whether a passage stands in a text, spacing aside."""
    words = _words_of(text)
    return lambda passage: _squeezed(passage) in words


@lru_cache(maxsize=2)  # a letter is read for what it must say, and for what it may not
def _stands_both_ways(text: str) -> Callable[[str], bool]:
    """The same for a text in which fields run against the line.

    A reader of PDF gives the words of the language in their order, turns the letters of some words round (those with
    a sign above or below), and puts the fields of a line (numbers, names, days) where it thinks fit. So the words of
    the language, each known by its letters, must stand in order without a gap, and the pieces of each field must
    stand on the same lines.
    """
    words: list[str] = []
    lines: list[int] = []
    pieces: list[Sequence[str]] = []
    for number, line in enumerate(text.splitlines()):
        own, fields = _parted(line)
        words += own
        lines += [number] * len(own)
        pieces.append(fields)
    words_on, starts = _chain(words), list(accumulate((len(word) + 1 for word in words), initial=0))
    straight = _stands(text)

    def stands(passage: str) -> bool:
        own, fields = _parted(passage)
        # Words of one direction only, as on the sheet of many languages, stand as they were written, or not at all.
        if straight(passage):
            return True
        if not (own or fields):
            return False
        if not own and any(c.isalpha() for c in FIELD_PIECE.sub("", passage)):
            return bool(STACKED.search(passage)) and _stands_doubled(passage, text)
        wanted = Counter(fields)
        if not own:
            return wanted <= Counter(chain.from_iterable(pieces))
        link, found = _chain(own), -1
        while (found := words_on.find(link, found + 1)) >= 0:
            at = bisect_left(starts, found)
            # A field at the beginning may stand on the line before, a long one at the end on the lines after.
            first, last = max(0, lines[at] - 1), lines[at + len(own) - 1] + 5 + len(fields) // 6
            if wanted <= Counter(chain.from_iterable(pieces[first:last])):
                return True
        return False

    return stands


def _chain(words: Sequence[str]) -> str:
    """Words in their order, each between two stops, so that a run of them is found as a text within a text."""
    return "\n" + "".join(f"{word}\n" for word in words)


def _stands_doubled(passage: str, text: str) -> bool:
    """The same for a script that stacks signs on its letters: readers of PDF give some letters twice.

    So the letters must stand in order, with no more than half as many again between the first and the last.
    """
    wanted, letters = (
        [c for c in unicodedata.normalize("NFKC", each) if STACKED.match(c) and unicodedata.category(c) == "Lo"]
        for each in (passage, text)
    )
    for start, letter in enumerate(letters):
        if letter != wanted[0]:
            continue
        room = iter(letters[start : start + len(wanted) * 3 // 2])
        if all(each in room for each in wanted):
            return True
    return False


def _refuse_never_printed(frozen: Frozen, text: str) -> None:
    """Refuse a letter that tells of a review its reader does not have, in whatever language."""
    never = never_printed(Program(frozen.program), date.fromisoformat(frozen.data["dated_on"]))
    held = _words_of(text).casefold()
    turned = _stands_both_ways(text) if RIGHT_TO_LEFT.search(text) else None
    for phrase in never.phrases:
        found = _squeezed(phrase).casefold() in held
        if found or (turned is not None and RIGHT_TO_LEFT.search(phrase) and turned(phrase)):
            raise Incomplete(frozen.kind, f"it tells of “{phrase}”, which is not open to Members of {frozen.program}")
    for word in never.words:
        if re.search(rf"\b{word}\b", text):
            raise Incomplete(frozen.kind, f"it tells of “{word}”, which is not open to Members of {frozen.program}")


@lru_cache(maxsize=KNOWN)
def _parted(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words written from right to left, each as its letters in the alphabet's order, and the pieces of fields."""
    # A sign that keeps letters apart and has no width (Farsi has it inside words) is put elsewhere by readers of PDF.
    plain = unicodedata.normalize("NFKC", text).translate(ONE_FORM).replace("\u200c", "")
    own = ("".join(sorted(c for c in word if c.isalpha())) for word in OWN_WORD.findall(plain))
    return tuple(word for word in own if word), tuple(FIELD_PIECE.findall(plain))


@lru_cache(maxsize=2)  # a letter is read for what it must say, and for what it may not
def _words_of(text: str) -> str:
    """`squeeze` for the text of a whole letter."""
    return squeeze(text)


@lru_cache(maxsize=KNOWN)
def _squeezed(phrase: str) -> str:
    """`squeeze` for a phrase that letter after letter says, or may not say."""
    return squeeze(phrase)


def squeeze(text: str) -> str:
    """Words only: no spacing, one form of quotes and hyphens, so line ends and kerning cannot matter."""
    return "".join(unicodedata.normalize("NFKC", text).translate(ONE_FORM).split())
