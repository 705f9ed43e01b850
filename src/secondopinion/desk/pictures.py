"""A finished letter as pictures: each page of the very PDF as a PNG, so a page can show it without a plug-in."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass

import pypdfium2

from secondopinion.letters.paper import PDFIUM  # the one lock that every reader of a PDF here takes

WIDTH = 1000  # pixels of a page: sharp at the width the desk shows it
PNG_START = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Picture:
    """One page: its number, its PNG as an address that needs no second request, and its words."""

    number: int
    of: int
    source: str
    words: str
    width: int
    height: int


def pictures(pdf: bytes) -> list[Picture]:
    """The pages of a PDF in order. PDFium is not made for two threads at once, so one letter at a time."""
    found = []
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for number in range(len(document)):
                page = document[number]
                textpage = page.get_textpage()
                words = " ".join(textpage.get_text_bounded().split())
                bitmap = page.render(scale=WIDTH / page.get_width(), rev_byteorder=True, force_bitmap_format=2)
                png = png_of(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
                source = "data:image/png;base64," + base64.b64encode(png).decode()
                found.append(Picture(number + 1, len(document), source, words, bitmap.width, bitmap.height))
                bitmap.close()
                textpage.close()
                page.close()
        finally:
            document.close()
    return found


def png_of(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    """A PNG of 24-bit RGB rows, `stride` bytes apart."""
    # Every row starts with its filter: none.
    rows = b"".join(b"\0" + pixels[at * stride : at * stride + width * 3] for at in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG_START + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 6)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
