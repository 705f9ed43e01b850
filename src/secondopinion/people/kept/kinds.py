"""What a file is, told by its content and never by its name; a file that is two things at once is none.

Every kind is read from its first byte to its last: a picture ends where its format ends, so that nothing can ride
behind it, and nothing that another program would take for a page, an archive or a program may stand in it.
"""

from __future__ import annotations

import re
import struct
import xml.parsers.expat
import zlib
from collections.abc import Collection
from enum import Enum
from typing import Final

LARGEST: Final = 25 * 1024 * 1024  # bytes
HEAD: Final = 1024  # bytes in which readers look for a PDF's first line, and browsers for a page
CDA: Final = "urn:hl7-org:v3 ClinicalDocument"
LOOKS_ALIVE: Final = re.compile(rb"<\s*(?:script|html|!doctype\s+html|svg|iframe|body)\b|<\?php|^#!|^MZ|^\x7fELF", re.I)
ARCHIVE_END: Final = b"PK\x05\x06"
ARCHIVE_REACH: Final = 65_557  # bytes before the end within which an archive's last record may begin


class Kind(Enum):
    """The kinds of file there are: the media type, the ending of a name, and what it is called."""

    PDF = ("application/pdf", "pdf", "PDF")
    JPEG = ("image/jpeg", "jpg", "JPEG picture")
    PNG = ("image/png", "png", "PNG picture")
    TIFF = ("image/tiff", "tiff", "TIFF picture")
    CDA = ("application/xml", "xml", "C-CDA document")
    TEXT = ("text/plain; charset=utf-8", "txt", "plain text")

    def __init__(self, media_type: str, ending: str, words: str) -> None:
        self.media_type, self.ending, self.words = media_type, ending, words


class NotTaken(ValueError):
    """A file that is not kept. Carries a sentence: why, and what to do instead. Never a word of the file."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def kind_of(content: bytes, takes: Collection[Kind], *, largest: int = LARGEST) -> Kind:
    """The kind of a file, one of those that are taken here. Raises NotTaken."""
    wanted = " or ".join(kind.words for kind in Kind if kind in takes)
    if not content:
        raise NotTaken("The file is empty. Choose the file again.")
    if len(content) > largest:
        size, most = len(content) / 1024 / 1024, largest // 1024 // 1024
        raise NotTaken(f"The file has {size:.0f} MB; the most is {most} MB. Scan it smaller.")
    kind = _begins_as(content)
    if kind is None or kind not in takes:
        article = "no" if len(takes) > 1 else "not a"
        raise NotTaken(f"The file is {article} {wanted}, whatever its name says. Save or scan it as a {wanted}.")
    _whole(kind, content)
    return kind


def _begins_as(content: bytes) -> Kind | None:
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content[:4] in (b"II*\0", b"MM\0*"):
        return Kind.TIFF
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if text.lstrip().startswith("<"):
        return Kind.CDA if _root_of(content) == CDA else None
    return Kind.TEXT if all(c.isprintable() or c in "\t\r\n\f" for c in text) else None


def _whole(kind: Kind, content: bytes) -> None:
    """Does the file end where its kind ends, and is it nothing else beside? Raises NotTaken."""
    ends = {Kind.PDF: _pdf_ends, Kind.JPEG: _jpeg_ends, Kind.PNG: _png_ends, Kind.TIFF: _tiff_holds}.get(kind)
    if ends is not None and not ends(content):
        raise NotTaken(
            f"The {kind.words} is cut off, damaged, or something else hangs on behind it. Save or scan it again."
        )
    head = content[:HEAD]
    two = ARCHIVE_END in content[-ARCHIVE_REACH:] or LOOKS_ALIVE.search(head) is not None
    if two or (kind is not Kind.PDF and b"%PDF-" in head):
        raise NotTaken(
            f"The file is a {kind.words} and something else at the same time, so it is not kept. Print it and scan "
            "the paper, or ask the sender for it again."
        )


def _pdf_ends(content: bytes) -> bool:
    place = content.rfind(b"%%EOF")
    return place >= 0 and not content[place + 5 :].strip(b"\r\n\0 \t")


def _png_ends(content: bytes) -> bool:
    at = 8
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            return False
        if name == b"IEND":
            return not content[end:]
        at = end
    return False


def _jpeg_ends(content: bytes) -> bool:
    """Walk the segments to the scans, and through those to the end marker; zeros may fill up behind it."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return False
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return not content[at + 2 :].strip(b"\0")
        (length,) = struct.unpack_from(">H", content, at + 2)
        if length < 2:
            return False
        at += 2 + length
        if marker == 0xDA:  # what follows is data; a marker in it is followed by neither a zero nor a restart
            found = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]").search(content, at)
            if found is None:
                return False
            at = found.start()
    return content.startswith(b"\xff\xd9", at)


def _tiff_holds(content: bytes) -> bool:
    """Does every directory, and every strip or tile that it names, lie inside the file, and does one reach its end?"""
    order = "<" if content[:2] == b"II" else ">"
    seen: set[int] = set()
    reach = 8
    try:
        (at,) = struct.unpack_from(f"{order}I", content, 4)
        while at and at not in seen and len(seen) < 10_000:
            seen.add(at)
            (count,) = struct.unpack_from(f"{order}H", content, at)
            reach = max(reach, at + 6 + 12 * count)
            where: dict[int, tuple[int, ...]] = {}
            for n in range(count):
                tag, kind, many = struct.unpack_from(f"{order}HHI", content, at + 2 + 12 * n)
                size = _TIFF_SIZES.get(kind, 0) * many
                place = at + 10 + 12 * n
                if size > 4:
                    (place,) = struct.unpack_from(f"{order}I", content, place)
                    reach = max(reach, place + size)
                if size and tag in _TIFF_DATA:
                    where[tag] = struct.unpack_from(f"{order}{many}{'H' if kind == 3 else 'I'}", content, place)
            for starts, sizes in ((273, 279), (324, 325)):
                pairs = zip(where.get(starts, ()), where.get(sizes, ()), strict=True)
                reach = max([reach, *(start + size for start, size in pairs)])
            (at,) = struct.unpack_from(f"{order}I", content, at + 2 + 12 * count)
    except (struct.error, ValueError):
        return False
    # Some scanners fill up the last block; more than that behind the picture is something else.
    return bool(seen) and reach <= len(content) and not content[reach:].strip(b"\0")


_TIFF_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_TIFF_DATA: Final = frozenset({273, 279, 324, 325})


class _Refuses(Exception):
    """The reader met what no C-CDA document needs: a document type, and with it entities."""


def _root_of(content: bytes) -> str:
    """The namespace and the name of a document's root; empty for what is no XML, or declares a document type."""
    reader = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    roots: list[str] = []

    def refuse(*_: object) -> None:
        raise _Refuses

    def begins(name: str, _: object) -> None:
        if not roots:
            roots.append(name)

    reader.StartDoctypeDeclHandler = refuse
    reader.StartElementHandler = begins
    try:
        reader.Parse(content, True)
    except (_Refuses, xml.parsers.expat.ExpatError):
        return ""
    return roots[0]
