"""Braille-ready files: uncontracted braille in ASCII, 40 cells by 25 lines, as embossers and braille displays take it.

English follows Unified English Braille, grade 1; Spanish the signs of the Comisión Braille Española. A cell is written
as the character that North American braille ASCII gives it. Emphasis is left out; headings and lists are told by
where they begin, as braille books do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from secondopinion.letters.words import Piece, Sort

CELLS: Final = 40
LINES: Final = 25  # the last one holds the page number
DIGITS: Final = dict(zip("1234567890", "ABCDEFGHIJ", strict=True))
TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|.", re.DOTALL)
OPENS_BEFORE: Final = re.compile(r"[\s(\[“‘—–-]$|^$")


class NoBraille(ValueError):
    """No braille can be made of a letter here. Carries a sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """The signs of one language.

    `signs`: letters beyond a to z, and marks. `modifiers`: what stands before a letter for an accent (its combining
    character). `between`: after a number, before a small letter that could be read as a figure. `quotes`: open, close.
    """

    signs: Mapping[str, str]
    modifiers: Mapping[str, str]
    capital: str
    capitals: str
    point: str
    comma: str
    between: str
    quotes: tuple[str, str]


ENGLISH: Final = Table(
    signs=MappingProxyType(
        {
            ".": "4", ",": "1", ";": "2", ":": "3", "!": "6", "?": "8", "'": "'", "-": "-", "(": '"<', ")": '">',
            "[": ".<", "]": ".>", "/": "_/", "–": ",-", "—": ",-", "…": "444", "$": "@S", "%": ".0", "@": "@A",
            "&": "@&", "*": '"9', "+": '"6', "=": '"7', "#": "_?", "•": "_4", "§": "^S", "°": "^J", "_": ".-",
            "¿": "^8", "¡": "^6",
        }
    ),
    modifiers=MappingProxyType(
        {
            "\u0300": "^*", "\u0301": "^/", "\u0302": "^%", "\u0303": "^]", "\u0308": "^3", "\u030a": "^$",
            "\u030c": "^+", "\u0327": "^&", "\u0304": "@-", "\u0306": "@+",
        }
    ),
    capital=",", capitals=",,", point="4", comma="1", between=";", quotes=("8", "0"),
)  # fmt: skip
SPANISH: Final = Table(
    signs=MappingProxyType(
        {
            ".": "'", ",": "1", ";": "2", ":": "3", "!": "6", "¡": "6", "?": "5", "¿": "5", "'": "'", "-": "-",
            "(": "<", ")": ">", "[": "(", "]": ")", "/": ",1", "–": "--", "—": "--", "…": "'''", "$": "_S",
            "%": "_0", "@": '"', "&": ",&", "*": "9", "+": "6", "=": "7", "•": "_4", "_": ".-",
            "á": "(", "é": "!", "í": "/", "ó": "+", "ú": ")", "ü": "\\", "ñ": "]",
        }
    ),
    modifiers=MappingProxyType({}),
    capital=".", capitals="..", point="'", comma="1", between='"', quotes=("8", "8"),
)  # fmt: skip
TABLES: Final[Mapping[str, Table]] = MappingProxyType({"en": ENGLISH, "es": SPANISH})
# One form for what print writes in several.
PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "\xa0": " ", "\u202f": " ", "‑": "-", "‐": "-", "−": "-", "đ": "d", "Đ": "D", "ø": "o",
     "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "®": "", "™": "", "\u00ad": ""}
)  # fmt: skip


def braille_of(pieces: Iterable[Piece], language: str, name_of_language: str) -> str:
    """A letter as a braille-ready file. Raises NoBraille for a language without a table, and for a sign it lacks.

    A passage in another language that has no table is left out: it stands in the print that travels along.
    """
    if language not in TABLES:
        raise NoBraille(
            f"There is no braille table for {name_of_language} here, so the letter cannot be made in braille. "
            "Have a transcriber make it, or ask the Member for another format."
        )
    said = (piece for piece in pieces if (piece.language or language) in TABLES)
    return "".join(_pages([block for piece in said for block in _blocks(piece, piece.language or language)]))


def cells(text: str, language: str) -> str:
    """Words as braille cells in ASCII; a space stays a space. Raises NoBraille for a sign that the table lacks."""
    table, made, before = TABLES[language], [], ""
    tokens = TOKEN.findall(unicodedata.normalize("NFC", text).translate(PLAIN))
    for at, token in enumerate(tokens):
        if token.isspace():
            made.append(" ")
        elif token[0].isdecimal():
            made.append(_number(token, table))
        elif token.isalpha():
            after_number = at > 0 and tokens[at - 1][0].isdecimal()
            made.append(_word(token, table, table.between if after_number and token[0] in "abcdefghij" else ""))
        else:
            made.append(_mark(token, table, opens=bool(OPENS_BEFORE.search(before))))
        before = token
    return "".join(made)


def _number(token: str, table: Table) -> str:
    inside = {".": table.point, ",": table.comma}
    return "#" + "".join(inside.get(c) or DIGITS[str(unicodedata.decimal(c))] for c in token)


def _word(word: str, table: Table, between: str) -> str:
    if len(word) > 1 and word.isupper():
        return table.capitals + "".join(_letter(c, table) for c in word.lower())
    said = "".join((table.capital if c.isupper() else "") + _letter(c.lower(), table) for c in word)
    return between + said


def _letter(letter: str, table: Table) -> str:
    if letter in table.signs:
        return table.signs[letter]
    base, *marks = list(unicodedata.normalize("NFD", letter))
    if not ("a" <= base <= "z"):
        raise NoBraille(
            f"The letter holds “{letter}” (U+{ord(letter):04X}), which the braille table lacks. "
            "Spell it in other letters."
        )
    # A mark for which the table has no sign is left out, as braille does with the marks of another language.
    return "".join(table.modifiers.get(mark, "") for mark in marks) + base.upper()


def _mark(mark: str, table: Table, *, opens: bool) -> str:
    if mark in '“”"«»':
        return table.quotes[0 if mark in "“«" or (mark == '"' and opens) else 1]
    try:
        return table.signs[mark]
    except KeyError:
        raise NoBraille(
            f"The letter holds “{mark}” (U+{ord(mark):04X}), which the braille table lacks. Write it in words."
        ) from None


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together: the words, the cell where they begin, where they go on, a gap before, a heading."""

    words: str
    first: int = 0
    rest: int = 0
    gap: bool = False
    heading: bool = False
    centered: bool = False


def _blocks(piece: Piece, language: str) -> Iterator[_Block]:
    said = [cells(line, language) for line in piece.lines]
    if piece.sort is Sort.TITLE:
        yield _Block(said[0], gap=True, heading=True, centered=True)
    elif piece.sort is Sort.HEADING:
        yield _Block(said[0], 4, 4, gap=True, heading=True)
    elif piece.sort is Sort.ITEM:
        sign = cells("•" if piece.number is None else f"{piece.number}.", language)
        yield _Block(f"{sign} {said[0]}", 0, 2)
        yield from (_Block(line, 2, 2) for line in said[1:])
    elif piece.sort is Sort.FACT:
        yield _Block(cells(f"{piece.label}: ", language) + said[0], 0, 2)
        yield from (_Block(line, 2, 2) for line in said[1:])
    elif piece.sort is Sort.ROW:
        for at, (head, words) in enumerate(piece.cells):
            yield _Block(cells(f"{head}: {words}" if head else words, language), 0 if at == 0 else 2, 4)
    elif len(said) > 1:  # an address, or other lines
        yield _Block(said[0], 0, 2, gap=True)
        yield from (_Block(line, 0, 2) for line in said[1:])
    else:
        yield _Block(said[0], 2, 0)


def _pages(blocks: Iterable[_Block]) -> Iterator[str]:
    page: list[str] = []
    number, room = 1, LINES - 1
    for block in blocks:
        lines = _lines(block)
        # A heading is not left alone at the foot of a page.
        needed = len(lines) + (2 if block.heading else 0) + (1 if block.gap and page else 0)
        if page and block.heading and len(page) + needed > room:
            yield _page(page, number)
            page, number = [], number + 1
        if block.gap and page and page[-1]:
            lines = ["", *lines]
        if block.centered:
            lines = [*lines, ""]
        for line in lines:
            if len(page) == room:
                yield _page(page, number)
                page, number = [], number + 1
            if line or page:
                page.append(line)
    if page:
        yield _page(page, number)


def _page(lines: list[str], number: int) -> str:
    foot = _number(str(number), ENGLISH).rjust(CELLS)
    filled = [*lines, *[""] * (LINES - 1 - len(lines)), foot]
    return "\r\n".join(filled) + "\r\n\f"


def _lines(block: _Block) -> list[str]:
    """The words on lines of 40 cells. No word is parted; what is longer than a line goes on after the sign for that."""
    lines: list[str] = []
    line = " " * block.first
    for word in block.words.split():
        while word:
            space = "" if not line.strip() else " "
            if len(line) + len(space) + len(word) <= CELLS:
                line, word = line + space + word, ""
            elif line.strip():
                lines.append(line)
                line = " " * block.rest
            else:
                fits = CELLS - len(line) - 1
                lines.append(line + word[:fits] + '"')  # dot 5: the word goes on
                line, word = " " * block.rest, word[fits:]
    lines.append(line)
    return [each.strip().center(CELLS).rstrip() for each in lines] if block.centered else lines
