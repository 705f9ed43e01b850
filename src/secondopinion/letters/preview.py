"""A letter looked at before it leaves: its ordered sentences with their places on the paper, and what it lacks.

The press refuses a letter by the first thing that is wrong. Whoever must mend it wants to know all of it, by name.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pypdfium2

from secondopinion.letters.freeze import Frozen
from secondopinion.letters.paper import ONE_FORM, PDFIUM, passages, render, seal, stands_in
from secondopinion.letters.refusal import Incomplete
from secondopinion.policy.gg1538.matrix import Element, element

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points from the page's lower left corner


@dataclass(frozen=True, slots=True)
class Spot:
    """A piece of a line on a page, in hundredths of the page's width and height from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: the number of the page, and its lines there where they could be told apart."""

    page: int
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordered:
    """A sentence that a clause orders: which elements it is, its words, and where it stands. No place: nowhere."""

    elements: tuple[Element, ...]
    words: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as it would be sealed now.

    `pdf` is None when the press stopped, and `refused` says why. `lacking`: elements that the finished paper does not
    say. A letter can be sealed when nothing is refused and nothing lacks.
    """

    pdf: bytes | None
    ordered: tuple[Ordered, ...]
    lacking: tuple[Element, ...]
    refused: str = ""

    @property
    def sendable(self) -> bool:
        """Would sealing this letter now succeed?"""
        return not (self.refused or self.lacking)


def preview(frozen: Frozen, required: Iterable[str]) -> Preview:
    """A letter printed as sealing would print it, read back whole. `required`: the marks it must bear."""
    required = frozenset(required)
    try:
        pdf = render(frozen.kind, frozen.program, frozen.language, frozen.data)
        said = passages(frozen.kind, frozen.program, frozen.language, frozen.data)
    except Incomplete as stopped:
        return Preview(None, (), (), f"{stopped.what[:1].upper()}{stopped.what[1:]}.")
    ordered = tuple(in_order(pdf, said))
    lost = {each.mark for one in ordered if one.place is None for each in one.elements}
    lacking = tuple(element(mark) for mark in sorted(required - (said.keys() - lost)))
    return Preview(pdf, ordered, lacking, _refused(frozen))


def in_order(pdf: bytes, said: Mapping[str, Iterable[str]]) -> list[Ordered]:
    """The passages of a finished letter in the order in which they stand on it; those that do not stand on it last."""
    pages = _pages(pdf)
    by_words: dict[str, list[Element]] = {}
    for mark, passages_of_mark in said.items():
        for words in passages_of_mark:
            by_words.setdefault(words, []).append(element(mark))
    found = [
        Ordered(tuple(dict.fromkeys(elements)), " ".join(words.split()), _place(words, pages))
        for words, elements in by_words.items()
    ]
    return sorted(found, key=_height)


def _refused(frozen: Frozen) -> str:
    """Why the finished paper is refused whatever it must say: it tells of what its reader does not have."""
    try:
        seal(frozen, ())
    except Incomplete as stopped:
        return f"{stopped.what[:1].upper()}{stopped.what[1:]}."
    return ""


def _height(one: Ordered) -> tuple[int, float]:
    if one.place is None:
        return (1_000, 0.0)
    return (one.place.page, one.place.spots[0].top if one.place.spots else 50.0)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's text, the same without spacing, for each letter of that the character it is, and where that stands."""

    number: int
    text: str
    stands: Callable[[str], bool]
    letters: str
    characters: tuple[int, ...]
    boxes: Mapping[int, Box]
    width: float
    height: float


def _pages(pdf: bytes) -> list[_Page]:
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_page(document[number], number + 1) for number in range(len(document))]
        finally:
            document.close()


def _page(page: pypdfium2.PdfPage, number: int) -> _Page:
    textpage = page.get_textpage()
    text = textpage.get_text_range()
    letters, characters, boxes = [], [], {}
    for at, each in enumerate(text):
        for letter in "".join(unicodedata.normalize("NFKC", each).translate(ONE_FORM).split()):
            letters.append(letter)
            characters.append(at)
            boxes[at] = textpage.get_charbox(at, loose=True)
    width, height = page.get_size()
    textpage.close()
    page.close()
    return _Page(number, text, stands_in(text), "".join(letters), tuple(characters), boxes, width, height)


def _place(words: str, pages: list[_Page]) -> Place | None:
    """Where a passage stands: on one page, or from the end of one over to the next."""
    wanted = "".join(unicodedata.normalize("NFKC", words).translate(ONE_FORM).split())
    for page in pages:
        if wanted and (at := page.letters.find(wanted)) >= 0:
            return Place(page.number, tuple(_spots(page, page.characters[at : at + len(wanted)])))
    for page in pages:
        if page.stands(words):
            return Place(page.number)
    for page, following in itertools.pairwise(pages):
        if stands_in(page.text + "\n" + following.text)(words):
            return Place(page.number)
    return None


def _spots(page: _Page, characters: Iterable[int]) -> Iterator[Spot]:
    """The lines that some characters of a page make up: a new one where the next stands higher or lower."""
    line: list[Box] = []
    for at in characters:
        box = page.boxes[at]
        if line and abs(_middle(box) - _middle(line[-1])) > (box[3] - box[1]) / 2:
            yield _spot(page, line)
            line = []
        line.append(box)
    if line:
        yield _spot(page, line)


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _spot(page: _Page, line: list[Box]) -> Spot:
    left, bottom = min(b[0] for b in line), min(b[1] for b in line)
    right, top = max(b[2] for b in line), max(b[3] for b in line)
    return Spot(
        round(100 * left / page.width, 2), round(100 * (page.height - top) / page.height, 2),
        round(100 * (right - left) / page.width, 2), round(100 * (top - bottom) / page.height, 2),
    )  # fmt: skip
