"""The packet for the appeals team: the whole file of a referral as one PDF, and as one archive that proves itself.

The Member may have all of it at no charge (GG.1510 II.V; 42 CFR 438.406(b)(5), 422.633(c)), so nothing is
picked: every letter, every paper and every event is in it. The same file on the same day gives the same bytes.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final
from uuid import UUID

import orjson
from django.db.models import F, Func, IntegerField
from django.utils.text import slugify

from secondopinion.letters.freeze import freeze
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import render
from secondopinion.people.kept.rows import BYTES_OF_FILE
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import Program
from secondopinion.policy.objections import case_file_authority
from secondopinion.referrals import notices, packet_words, reading
from secondopinion.referrals.checks.hashes_link import body_of_event
from secondopinion.referrals.joining import Bookmark, Joined, NotJoined
from secondopinion.referrals.ledger import canonical
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, Paper, Referral

KIND: Final = "packet_cover"
LANGUAGE: Final = "en"  # the appeals team's
TO: Final = "Appeals and Complaints"
MADE: Final = (1980, 1, 1, 0, 0, 0)  # the day that every file in the archive bears, so that it has one spelling
VERIFY: Final = Path(__file__).with_name("verify_packet.py")
CHUNK: Final = 1 << 20  # bytes held of a file at a time


@dataclass(frozen=True, slots=True)
class Part:
    """A letter or a paper of the file. `row` is how the cover lists it; `size` is None for a letter not printed."""

    id: UUID
    is_letter: bool
    name: str  # in the archive
    title: str
    sha256: str
    size: int | None
    row: Mapping[str, Any]

    def content(self) -> bytes:
        """Its PDF, read now and held by nobody."""
        if self.is_letter:
            return bytes(Letter.objects.values_list("pdf", flat=True).get(pk=self.id) or b"")
        return Paper.objects.get(pk=self.id).plain()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a part lies in the PDF: its pages, and how many stand between the cover and it. None: not joined."""

    part: Part
    pages: int | None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet, ready to be written. It holds no PDF: letters and papers are read one at a time when needed."""

    number: str
    title: str
    program: str
    data: Mapping[str, Any]
    parts: tuple[Part, ...]
    events: tuple[bytes, ...]

    def write_pdf(self, to: BinaryIO) -> int:
        """Write the PDF to an empty file that can be read and sought. Returns its pages.

        While it is written the pages of all parts are in memory once, and one source besides.
        """
        with Joined() as joined:
            placed = list(self._join(joined))
            inside = len(joined)
            cover, length = self._cover(placed, inside)
            joined.add(cover, at=0)
            joined.write_to(to, title=self.title, bookmarks=_bookmarks(placed, length))
            return length + inside

    def write_zip(self, to: BinaryIO) -> None:
        """Write the archive: the PDF, each file by itself, the events as hashed, the manifest and its checker."""
        with TemporaryFile() as pdf, zipfile.ZipFile(to, "w") as archive:
            self.write_pdf(pdf)
            small = {"events.jsonl": b"".join(line + b"\n" for line in self.events), "verify.py": VERIFY.read_bytes()}
            kept = {part.name: part for part in self.parts if part.size is not None}
            rows = {name: (hashlib.sha256(content).hexdigest(), len(content)) for name, content in small.items()}
            rows |= {name: (part.sha256, part.size or 0) for name, part in kept.items()}
            rows["packet.pdf"] = _measure(pdf)
            lines = ["file,sha256,bytes", *(f"{name},{seal},{size}" for name, (seal, size) in sorted(rows.items()))]
            small["manifest.csv"] = "".join(line + "\n" for line in lines).encode("ascii")
            for name in sorted([*rows, "manifest.csv"]):
                if name == "packet.pdf":
                    pdf.seek(0)
                    _store(archive, name, iter(lambda: pdf.read(CHUNK), b""))
                else:
                    _store(archive, name, (small[name] if name in small else kept[name].content(),))

    def _join(self, joined: Joined) -> Iterator[Placed]:
        for part in self.parts:
            if part.size is None:
                yield Placed(part, None)
                continue
            after = len(joined)
            try:
                yield Placed(part, joined.add(part.content()), after)
            except NotJoined:
                yield Placed(part, None)  # said on the cover; the archive has it as it came

    def _cover(self, placed: Sequence[Placed], inside: int) -> tuple[bytes, int]:
        """The cover with the page numbers of what follows it, and its length."""
        length = 1
        while True:
            data = dict(self.data) | {
                "packet": {**self.data["packet"], "cover_pages": length, "pages": length + inside},
                "letters": [_row(p, length) for p in placed if p.part.is_letter],
                "documents": [_row(p, length) for p in placed if not p.part.is_letter],
            }
            frozen = freeze(KIND, self.program, LANGUAGE, packet_words.printable(data))
            pdf = render(KIND, self.program, LANGUAGE, frozen.data)
            with Joined() as alone:
                needs = alone.add(pdf)
            if needs == length:
                return pdf, length
            assert needs > length, "The cover grew shorter when its page numbers grew longer."
            length = needs


def disputes_of(referral: Referral) -> list[Event]:
    """Every appeal and complaint opened on the referral, the first one first."""
    return list(Event.objects.filter(referral=referral, step="dispute").order_by("position"))


@dataclass(frozen=True, slots=True)
class Offered:
    """A packet that can be had: the position of the event that opened the objection, and its name in words."""

    opened: int
    what: str


def packets_of(referral: Referral) -> list[Offered]:
    """The packets of a referral, one for each appeal or complaint, the first one first."""
    return [Offered(e.position, packet_words.dispute_named(referral.number, e)) for e in disputes_of(referral)]


def dispute_of(referral: Referral, position: int | None = None) -> Event:
    """The appeal or complaint opened by the event at `position`, or the last one. Raises Refused."""
    found = [e for e in disputes_of(referral) if position in (None, e.position)]
    if not found:
        raise Refused(
            "No appeal or complaint was opened on this referral, so there is no packet to hand over. Open one first, "
            "with the words of the one who objects."
        )
    return found[-1]


def packet_of(referral: Referral, dispute_event: Event, now: datetime) -> Packet:
    """The packet for an appeal or complaint, from everything that is with the referral at this instant.

    Raises Refused where the Member may not be seen from here any more.
    """
    before, program = reading.snapshot_of(referral), Program(referral.program)
    events = reading.events_of(referral)
    against = packet_words.decision_before(events, dispute_event)
    considered = set(against.details.get("considered") or ()) if against else set()
    received = datetime.fromisoformat(dispute_event.details["received_at"])
    came_as = _came_as(dispute_event)
    files = [referral] if came_as is None else [referral, came_as]
    parts = (*_letters(files), *_papers(files, considered, received))
    data = notices.head(before, notices.member_of(before), now) | {
        "recipient": {"name": TO, "address_lines": [x for x in the_plan().appeals["mail_lines"] if x != TO]},
        "packet": {"authority": case_file_authority(program)},
        "dispute": packet_words.dispute_words(referral.number, program, dispute_event, _first_of(came_as)),
        "decision": packet_words.decision_words(against),
        "search": packet_words.search_words(events),
        "events": [packet_words.event_words(event) for event in events],
        "hash": events[-1].hash,
    }
    title = f"Packet {data['dispute']['number']} about referral {referral.number}"
    lines = tuple(_line(referral.number, event) for event in events)
    return Packet(referral.number, title, referral.program, data, parts, lines)


def _came_as(opened: Event) -> Referral | None:
    """The request that turned out to be this appeal; its file belongs to the packet. Raises Refused."""
    number = opened.details.get("moved_from")
    if not number:
        return None
    found = Referral.objects.filter(number=number).first()
    if found is None:
        raise Refused(
            f"The appeal came in as request {number}, which cannot be read from here, so the packet would not be "
            "whole. Ask the plan to make it."
        )
    return found


def _first_of(referral: Referral | None) -> Event | None:
    return None if referral is None else Event.objects.get(referral=referral, position=1)


def _letters(files: Sequence[Referral]) -> Iterator[Part]:
    size = Func(F("letter__pdf"), function="octet_length", output_field=IntegerField())
    owed = Notice.objects.filter(referral__in=files).select_related("letter").defer("letter__pdf", "letter__data")
    in_order = owed.annotate(size=size).order_by("referral__number", "position", "kind", "letter_id")
    for number, notice in enumerate(in_order, start=1):
        letter, words = notice.letter, packet_words.letter_words(notice.kind)
        row = {
            "kind_words": words, "to": letter.recipient_name, "sha256": letter.pdf_sha256 or None,
            "mailed_words": packet_words.short(letter.mailed_at) if letter.mailed_at else None,
        }  # fmt: skip
        name = f"letters/{number:03}-{slugify(notice.kind.replace('_', ' '))}.pdf"
        yield Part(letter.pk, True, name, words, letter.pdf_sha256, notice.size, row)


def _papers(files: Sequence[Referral], considered: set[str], received: datetime) -> Iterator[Part]:
    filed = (
        Paper.objects.filter(referral__in=files)
        .defer("content")
        .annotate(size=BYTES_OF_FILE)
        .select_related("referral")
    )
    for number, paper in enumerate(filed.order_by("added_at", "id"), start=1):
        with_ = f", with request {paper.referral.number}" if paper.referral_id != files[0].pk else ""
        row = {
            "name": paper.name, "kind": packet_words.paper_words(paper, received) + with_, "pages": paper.pages,
            "sha256": paper.sha256, "considered": paper.sha256 in considered,
        }  # fmt: skip
        name = f"papers/{number:03}-{slugify(Path(paper.name).stem)[:60] or 'paper'}.pdf"
        yield Part(paper.pk, False, name, paper.name, paper.sha256, paper.size, row)


def _row(placed: Placed, cover: int) -> dict[str, Any]:
    """How the cover lists a part, now that its place is known. Pages count from the cover's first."""
    joined = placed.pages is not None
    pages = placed.pages if joined else placed.part.row.get("pages")
    return {**placed.part.row, "pages": pages, "from_page": cover + placed.after + 1 if joined else None}


def _bookmarks(placed: Sequence[Placed], cover: int) -> list[Bookmark]:
    marks = [Bookmark("Cover and lists", 1)]
    for words, letters in (("Letters", True), ("Documents", False)):
        inside = [p for p in placed if p.part.is_letter is letters and p.pages]
        if inside:
            marks.append(Bookmark(words, cover + inside[0].after + 1))
        marks += [Bookmark(p.part.title, cover + p.after + 1, deep=1) for p in inside]
    return marks


def _line(number: str, event: Event) -> bytes:
    """An event as a line: its content byte for byte as it was hashed, its hash, and the one before."""
    body = orjson.Fragment(canonical(body_of_event(number, event)))
    return canonical({"body": body, "hash": event.hash, "previous": event.previous})


def _measure(file: BinaryIO) -> tuple[str, int]:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(CHUNK):
        digest.update(piece)
    return digest.hexdigest(), file.tell()


def _store(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes] | tuple[bytes, ...]) -> None:
    """Put a file into the archive as it is: PDFs are packed already, and plain storing has one spelling."""
    entry = zipfile.ZipInfo(name, MADE)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # Unix, whatever wrote it
    with archive.open(entry, "w") as to:
        for piece in pieces:
            to.write(piece)
