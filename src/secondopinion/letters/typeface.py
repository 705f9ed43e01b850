"""The typeface of the letters, and which characters it can print.

A character that the typeface lacks would stop the press when the letter is mailed; it is asked about here when
the letter is owed, while somebody is there to spell it otherwise.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

TURNS_TEXT_ROUND: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BREAKS: Final = frozenset("\n\r\t")


def folder() -> Path:
    """Where the typeface's files lie. Raises FileNotFoundError when its package is not installed."""
    spec = find_spec("fontpkg_noto_sans")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The letters' typeface is missing: install the package fontpkg-noto-sans.")
    return Path(spec.origin).parent / "files"


def unprintable(text: str) -> str | None:
    """The first character of a text that cannot be printed, if there is one."""
    if text.isascii() and text.isprintable():
        return None
    known = _characters()
    for each in text:
        if each in BREAKS:
            continue
        if each in TURNS_TEXT_ROUND or unicodedata.category(each) == "Cc" or ord(each) not in known:
            return each
    return None


@cache
def _characters() -> frozenset[int]:
    """The code points the upright face has, read from its `cmap` table (OpenType, format 12 or 4)."""
    (path,) = (p for p in folder().glob("*.ttf") if "Italic" not in p.name)
    data = path.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sLLL", data, 12 + 16 * n) for n in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    found: set[int] = set()
    for n in range(count):
        _, _, offset = struct.unpack_from(">HHL", data, start + 4 + 8 * n)
        found |= _format_12(data, start + offset) | _format_4(data, start + offset)
    return frozenset(found)


def _format_12(data: bytes, at: int) -> set[int]:
    if struct.unpack_from(">H", data, at) != (12,):
        return set()
    (groups,) = struct.unpack_from(">L", data, at + 12)
    spans = (struct.unpack_from(">LLL", data, at + 16 + 12 * n) for n in range(groups))
    return {code for first, last, _ in spans for code in range(first, last + 1)}


def _format_4(data: bytes, at: int) -> set[int]:
    if struct.unpack_from(">H", data, at) != (4,):
        return set()
    (doubled,) = struct.unpack_from(">H", data, at + 6)
    ends = struct.unpack_from(f">{doubled // 2}H", data, at + 14)
    starts = struct.unpack_from(f">{doubled // 2}H", data, at + 16 + doubled)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)} - {0xFFFF}
