"""The typefaces of the letters, and which characters they can print.

A character that the typefaces lack would stop the press when the letter is mailed; it is asked about here when
the letter is owed, while somebody is there to spell it otherwise.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final

TURNS_TEXT_ROUND: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BREAKS: Final = frozenset("\n\r\t")

# The packages that hold the faces, the folder inside each, and the script each is there for. The order is the order
# in which a character is looked for.
FACES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "fontpkg-noto-sans": ("fontpkg_noto_sans/files", "Latin, Vietnamese, Cyrillic, Greek"),
        "fontpkg-amiri": ("fontpkg_amiri/files", "Arabic and Farsi"),
        "justmytype-intl-cjk": ("justmytype_intl_cjk/fonts", "Chinese, Japanese, Korean"),
        "justmytype-intl-sea": ("justmytype_intl_sea/fonts", "Khmer, Lao, Thai"),
        "fontpkg-noto-sans-devanagari": ("fontpkg_noto_sans_devanagari/files", "Hindi"),
        "manimgx-fonts": ("manimgx_fonts", "Armenian, Punjabi"),
    }
)


def folders() -> tuple[Path, ...]:
    """Where the typefaces' files lie. Raises FileNotFoundError when a package is not installed."""
    return tuple(_folder(package) for package in FACES)


def has_words(text: str) -> bool:
    """Can anything of a text be seen on paper? Spacing and invisible signs cannot."""
    return any(each.isprintable() and not each.isspace() for each in text)


def unprintable(text: str) -> str | None:
    """The first character of a text that cannot be printed, if there is one."""
    if text.isascii() and text.isprintable():
        return None
    for each in text:
        if each in BREAKS:
            continue
        if each in TURNS_TEXT_ROUND or unicodedata.category(each) == "Cc" or not _known(ord(each)):
            return each
    return None


def _folder(package: str) -> Path:
    inside = FACES[package][0]
    spec = find_spec(inside.split("/")[0])
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"A typeface of the letters is missing: install the package {package}.")
    return Path(spec.origin).parent.parent / inside


def _known(code: int) -> bool:
    return any(code in _characters(package) for package in FACES)


@cache
def _characters(package: str) -> frozenset[int]:
    """The code points that the upright faces of a package have."""
    upright = [p for p in _folder(package).rglob("*.ttf") if "Italic" not in p.name]
    return frozenset().union(*(_characters_of(p) for p in upright))


def _characters_of(path: Path) -> frozenset[int]:
    """The code points a face has, read from its `cmap` table (OpenType, format 12 or 4)."""
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
