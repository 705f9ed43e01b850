"""Many PDFs joined to one, with bookmarks, the same bytes every time.

PDFium joins the pages but writes no bookmarks, and a random number for the file's identity. It writes plain
objects and a plain table of them, so the end of its file is written anew here, with both.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Final

import pypdfium2
import pypdfium2.raw as pdfium

from secondopinion.letters.paper import PDFIUM

CHUNK: Final = 1 << 20  # bytes read at a time
KIDS: Final = re.compile(rb"\n(\d+) 0 obj\s*<</Count \d+/Kids\[([\d R]+)\]/Type/Pages>>")
LEAF: Final = re.compile(rb"(\d+) 0 R")
ROOT: Final = re.compile(rb"/Root (\d+) 0 R")
INFO: Final = re.compile(rb"/Info (\d+) 0 R")


class NotJoined(ValueError):
    """A PDF whose pages cannot be joined to others: damaged, or of a kind that PDFium does not copy."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """One line of the outline: its words, the page it leads to (the first is 1), and how deep it stands."""

    words: str
    page: int
    deep: int = 0


class Joined:
    """A PDF that grows. Use it as a context; every page stays in memory until it is written, sources do not."""

    def __init__(self) -> None:
        with PDFIUM:
            # PDFium would note the instant of making; the same parts must give the same bytes.
            pdfium.FPDF_SetSandBoxPolicy(pdfium.FPDF_POLICY_MACHINETIME_ACCESS, 0)
            self._document = pypdfium2.PdfDocument.new()

    def __enter__(self) -> Joined:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with PDFIUM:
            self._document.close()

    def add(self, pdf: bytes, *, at: int | None = None) -> int:
        """Join every page of a PDF, at the end or before the page `at` (from 0). Returns their number.

        Raises NotJoined; then nothing was added.
        """
        with PDFIUM:
            before = len(self._document)
            try:
                source = pypdfium2.PdfDocument(pdf)
            except pypdfium2.PdfiumError as error:
                raise NotJoined("The PDF cannot be opened, so its pages cannot be joined to others.") from error
            try:
                self._document.import_pages(source, index=at)
                if len(self._document) - before != len(source):
                    raise NotJoined("Some pages of the PDF could not be joined to others.")
                return len(source)
            except (pypdfium2.PdfiumError, NotJoined) as error:
                for number in range(len(self._document) - before):
                    self._document.del_page((before if at is None else at) + number)
                raise NotJoined("The pages of the PDF cannot be joined to others.") from error
            finally:
                source.close()

    def __len__(self) -> int:
        with PDFIUM:
            return len(self._document)

    def write_to(self, to: BinaryIO, *, title: str, bookmarks: Sequence[Bookmark]) -> None:
        """Write it to an empty file that can be read and sought, with a title, a language and bookmarks."""
        with PDFIUM:
            self._document.save(to)
        _finish(to, title, bookmarks)


def _finish(file: BinaryIO, title: str, bookmarks: Sequence[Bookmark]) -> None:
    """Write the end of a file of PDFium anew: catalog, title, outline, table of objects, identity."""
    starts, trailer = _table(file)
    root, info = (int(_found(pattern, trailer)) for pattern in (ROOT, INFO))
    pages, leaves = _pages(file, starts, root)
    outline = max(starts) + 1  # the number of the first new object
    new = {
        root: b"<</Type/Catalog/Pages %d 0 R/Lang(en-US)/PageMode/UseOutlines/Outlines %d 0 R"
        b"/ViewerPreferences<</DisplayDocTitle true>>>>" % (pages, outline),
        info: b"<</Title %s/Producer(Second Opinion)>>" % _text(title),
        **_outline(outline, leaves, bookmarks),
    }
    identity = _sha256(file).hexdigest()[:32].upper().encode()
    for number, content in new.items():
        file.seek(0, 2)
        starts[number] = file.tell()
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = file.tell()
    size = max(starts) + 1
    file.write(b"xref\n0 %d\n0000000000 65535 f\r\n" % size)
    for number in range(1, size):
        file.write(b"%010d 00000 n\r\n" % starts[number] if number in starts else b"0000000000 65535 f\r\n")
    file.write(
        b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, root, info, identity, identity, table)
    )


def _table(file: BinaryIO) -> tuple[dict[int, int], bytes]:
    """Where each object starts, and the trailer; what stood from the table on is cut off the file."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 64))
    at = int(_found(re.compile(rb"startxref\s+(\d+)\s+%%EOF"), file.read()))
    file.seek(at)
    tail = file.read()
    file.seek(at)
    file.truncate()
    head, _, trailer = tail.partition(b"trailer")
    starts, number = {}, 0
    for line in head.splitlines()[1:]:
        parts = line.split()
        if len(parts) == 2:
            number = int(parts[0])
            continue
        if parts[2] == b"n":
            starts[number] = int(parts[0])
        number += 1
    return {0: 0, **starts}, trailer


def _pages(file: BinaryIO, starts: dict[int, int], root: int) -> tuple[int, list[int]]:
    """The object of the page tree, and that of each page in order. PDFium keeps a new file's tree flat."""
    file.seek(starts[root])
    pages = int(_found(re.compile(rb"/Pages (\d+) 0 R"), file.read(200)))
    file.seek(starts[pages] - 1)
    after = min((at for at in starts.values() if at > starts[pages]), default=None)
    found = KIDS.match(file.read() if after is None else file.read(after - starts[pages] + 1))
    if found is None:
        raise NotJoined("PDFium wrote its list of pages in a way that is not known here.")
    return pages, [int(number) for number in LEAF.findall(found[2])]


def _outline(first: int, leaves: list[int], bookmarks: Sequence[Bookmark]) -> dict[int, bytes]:
    """The objects of the outline, numbered from `first`: its root, then a line each."""
    parent: list[int] = []  # of each line; -1 is the root
    open_lines: list[int] = []
    for number, mark in enumerate(bookmarks):
        del open_lines[mark.deep :]
        parent.append(open_lines[-1] if open_lines else -1)
        open_lines.append(number)
    objects = {}
    for number in range(-1, len(bookmarks)):
        children = [n for n, above in enumerate(parent) if above == number]
        entries = [b"/Type/Outlines"] if number < 0 else []
        if children:
            below = _below(number, parent)
            entries.append(b"/First %d 0 R/Last %d 0 R" % (first + 1 + children[0], first + 1 + children[-1]))
            entries.append(b"/Count %d" % below)
        if number >= 0:
            mark = bookmarks[number]
            beside = [n for n, above in enumerate(parent) if above == parent[number]]
            place = beside.index(number)
            entries.append(b"/Title %s/Parent %d 0 R" % (_text(mark.words), first + 1 + parent[number]))
            entries.append(b"/Dest[%d 0 R/Fit]" % leaves[mark.page - 1])
            if place > 0:
                entries.append(b"/Prev %d 0 R" % (first + 1 + beside[place - 1]))
            if place < len(beside) - 1:
                entries.append(b"/Next %d 0 R" % (first + 1 + beside[place + 1]))
        objects[first + 1 + number] = b"<<" + b"".join(entries) + b">>"
    return objects


def _below(number: int, parent: list[int]) -> int:
    """How many lines stand anywhere below a line."""
    return sum(1 + _below(n, parent) for n, above in enumerate(parent) if above == number)


def _text(words: str) -> bytes:
    """Words as PDF wants them: UTF-16 in hexadecimal, with its mark in front."""
    return b"<FEFF%s>" % words.encode("utf-16-be").hex().upper().encode()


def _found(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = pattern.search(text)
    if found is None:
        raise NotJoined("PDFium wrote the end of its file in a way that is not known here.")
    return found[1]


def _sha256(file: BinaryIO) -> hashlib._Hash:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(CHUNK):
        digest.update(piece)
    return digest
