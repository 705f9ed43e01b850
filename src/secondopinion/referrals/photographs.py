"""A photo of a paper, as a phone takes it, becomes a page of a PDF: upright, and without where it was taken.

Nothing of the picture is decoded here. Its own bytes go into the PDF, without the segments that hold its place, its
time and the phone; pdfium reads its size.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Final

import pypdfium2

from secondopinion.letters.paper import PDFIUM

START, SCAN, APP0, APP1, APP2, APP14, APP15, COMMENT = 0xD8, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
WIDE, HIGH = 612.0, 792.0  # points of a sheet of letter paper
ORIENTATION: Final = 0x0112
# How a picture with each orientation is set upright in a frame w by h: the matrix of PDF.
UPRIGHT: Final[Mapping[int, Callable[[float, float], tuple[float, ...]]]] = {
    1: lambda w, h: (w, 0, 0, h, 0, 0),
    2: lambda w, h: (-w, 0, 0, h, w, 0),
    3: lambda w, h: (-w, 0, 0, -h, w, h),
    4: lambda w, h: (w, 0, 0, -h, 0, h),
    5: lambda w, h: (0, -h, -w, 0, w, h),
    6: lambda w, h: (0, -h, w, 0, 0, h),
    7: lambda w, h: (0, h, w, 0, 0, 0),
    8: lambda w, h: (0, h, -w, 0, w, 0),
}


class NoPhoto(ValueError):
    """The bytes are no JPEG that can be put on a page."""


def as_pdf(name: str, content: bytes) -> tuple[str, bytes]:
    """A file as the paper door takes it: a JPEG as a PDF of one page; anything else as it came.

    What cannot be put on a page comes back as it came too, so that the paper door refuses it.
    """
    if not content.startswith(b"\xff\xd8\xff"):
        return name, content
    try:
        return f"{PurePath(name).stem}.pdf", page_of(content)
    except (NoPhoto, pypdfium2.PdfiumError):
        return name, content


def page_of(content: bytes) -> bytes:
    """One page of letter paper with the photo upright in the middle. Raises NoPhoto, or PdfiumError."""
    orientation, plain = stripped(content)
    with PDFIUM:
        document = pypdfium2.PdfDocument.new()
        try:
            picture = pypdfium2.PdfImage.new(document)
            picture.load_jpeg(io.BytesIO(plain), inline=True)
            across, down = picture.get_px_size()
            if not across or not down:
                raise NoPhoto("The picture has no size.")
            if orientation >= 5:
                across, down = down, across
            turned = across > down
            sheet = (HIGH, WIDE) if turned else (WIDE, HIGH)
            scale = min(sheet[0] / across, sheet[1] / down)
            w, h = across * scale, down * scale
            a, b, c, d, e, f = UPRIGHT[orientation](w, h)
            left, below = (sheet[0] - w) / 2, (sheet[1] - h) / 2
            page = document.new_page(*sheet)
            picture.set_matrix(pypdfium2.PdfMatrix(a, b, c, d, e + left, f + below))
            page.insert_obj(picture)
            page.gen_content()
            made = io.BytesIO()
            document.save(made)
        finally:
            document.close()
    return made.getvalue()


def stripped(content: bytes) -> tuple[int, bytes]:
    """The orientation of a JPEG, and its bytes without what tells place, time and device. Raises NoPhoto."""
    orientation, kept = 1, [content[:2]]
    for marker, segment in _segments(content):
        if marker == APP1 and segment[4:10] == b"Exif\x00\x00":
            orientation = _orientation(segment[10:])
        if (APP1 <= marker <= APP15 and marker not in (APP2, APP14)) or marker == COMMENT:
            continue  # APP2 holds the colours, APP14 how they are stored; the picture needs both
        kept.append(segment)
    return orientation, b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise NoPhoto("A segment of the picture does not begin where it should.")
        marker = content[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker == SCAN:
            yield marker, content[at:]
            return
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(content):
            raise NoPhoto("A segment of the picture is cut off.")
        yield marker, content[at : at + 2 + length]
        at += 2 + length
    raise NoPhoto("The picture ends before it begins.")


def _orientation(tiff: bytes) -> int:
    """What the first directory of the camera's notes says of up and down; 1 where it says nothing that can be."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)  # type: ignore[arg-type]

    at = number(4, 4)
    for entry in range(number(at, 2) if at + 2 <= len(tiff) else 0):
        place = at + 2 + entry * 12
        if place + 12 > len(tiff):
            break
        if number(place, 2) == ORIENTATION:
            said = number(place + 8, 2)
            return said if said in UPRIGHT else 1
    return 1
