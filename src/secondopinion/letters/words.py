"""The words of a letter in reading order, without a page: what the files for ears and fingers are made of.

They come from the same template and the same frozen data as the paper, by way of the typesetter's HTML: headings,
paragraphs, lists, facts and tables as the template means them. Every passage that a clause orders must be among them,
or the letter is refused by the name of the clause, as on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from html.parser import HTMLParser
from typing import Any, Final

from secondopinion.letters import paper
from secondopinion.letters.refusal import Incomplete

BREAKS: Final = frozenset({"p", "div", "li", "dt", "dd", "td", "th", "tr", "ul", "ol", "dl", "table", "blockquote"})


class Sort(Enum):
    """What a piece of a letter is to its reader."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"  # of a list; with a number where the order matters
    FACT = "fact"  # a label and its value
    ROW = "row"  # of a table: its cells, each under the head of its column


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a letter. `lines`: its words, a line where the letter has lines (an address), else one.

    `label`: of a fact. `number`: of an item. `cells`: of a row, as pairs of the column's head and the cell's words.
    `language`: where it is another than the letter's.
    """

    sort: Sort
    lines: tuple[str, ...]
    label: str = ""
    number: int | None = None
    cells: tuple[tuple[str, str], ...] = ()
    language: str | None = None

    @property
    def words(self) -> str:
        """All its words on one line."""
        held = (self.label, *self.lines, *(word for cell in self.cells for word in cell))
        return " ".join(word for word in held if word)


def words_of(kind: str, program: str, language: str, data: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The pieces of a letter, in reading order. Raises Incomplete and UnknownLetter, as printing does."""
    reader = _Reader()
    reader.feed(paper.markup(kind, program, language, data))
    reader.close()
    return tuple(reader.pieces)


def demand_marks(kind: str, pieces: Iterable[Piece], said: Mapping[str, Iterable[str]], marks: Iterable[str]) -> None:
    """Refuse words that lack a passage which a clause orders. `said`: the passages of each mark.

    Raises Incomplete naming the first mark whose words are missing.
    """
    held = paper.squeeze(" ".join(piece.words for piece in pieces))
    for mark in sorted(marks):
        passages = said.get(mark, ())
        if not passages or not all(paper.squeeze(passage) in held for passage in passages):
            raise Incomplete(kind, f"its words do not say what {mark} orders")


class _Reader(HTMLParser):
    """Reads the typesetter's HTML, which is well formed, into pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[Piece] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.counts: list[int | None] = []  # for each open list: its count so far; None for one without numbers
        self.fresh = False  # whether an item has begun and not spoken yet
        self.label = ""
        self.heads: list[str] = []
        self.cells: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("br", "meta"):
            self.said.append("\n" if tag == "br" else "")
            return
        if tag in BREAKS or _is_heading(tag):
            self._end_piece()
        self.open.append(tag)
        if tag in ("ul", "ol"):
            self.counts.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.fresh = True
            if self.counts[-1] is not None:
                self.counts[-1] += 1
        elif tag == "table":
            self.heads = []
        elif tag == "p":
            self.language = dict(attrs).get("lang")

    def handle_endtag(self, tag: str) -> None:
        if tag in BREAKS or _is_heading(tag):
            self._end_piece()
        self.open.pop()
        if tag in ("ul", "ol"):
            self.counts.pop()
        elif tag == "p":
            self.language = None
        elif tag == "tr" and self.cells:
            pairs = zip(self.heads or [""] * len(self.cells), self.cells, strict=True)
            self.pieces.append(Piece(Sort.ROW, (), cells=tuple(pairs)))
            self.cells = []

    def handle_data(self, data: str) -> None:
        if "body" in self.open:
            self.said.append(data.replace("\n", " "))  # a line of the source is no line of the letter

    def _end_piece(self) -> None:
        lines = tuple(" ".join(line.split()) for line in "".join(self.said).split("\n"))
        lines, self.said = tuple(line for line in lines if line), []
        tag = next((each for each in reversed(self.open) if each in BREAKS or _is_heading(each)), "")
        if not lines:
            return
        if "td" in self.open:
            self.cells.append(" ".join(lines))
        elif "th" in self.open:
            self.heads.append(" ".join(lines))
        elif tag == "dt":
            self.label = " ".join(lines)
        elif _is_heading(tag):
            self.pieces.append(Piece(Sort.TITLE if tag == "h2" else Sort.HEADING, (" ".join(lines),)))
        elif "dd" in self.open:
            self.pieces.append(Piece(Sort.FACT, lines, label=self.label))
            self.label = ""
        elif self.fresh:
            self.pieces.append(Piece(Sort.ITEM, lines, number=self.counts[-1]))
            self.fresh = False
        else:
            self.pieces.append(Piece(Sort.PARAGRAPH, lines, language=self.language))


def _is_heading(tag: str) -> bool:
    return len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
