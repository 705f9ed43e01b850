"""Files that come with a referral: read before they are kept, and refused with a sentence when they are no use."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import uuid4

import pypdfium2

from secondopinion.letters.paper import PDFIUM
from secondopinion.people.person import Person
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Paper
from secondopinion.referrals.snapshot import Snapshot

LARGEST = 25 * 1024 * 1024  # bytes


def pages_of(name: str, content: bytes) -> int:
    """The number of pages of a PDF. Refuses what is empty, too large, or no PDF that can be opened."""
    size = len(content) / 1024 / 1024
    if not content:
        raise Refused("The file is empty. Choose the file again.")
    if len(content) > LARGEST:
        raise Refused(f"The file has {size:.0f} MB; the most is {LARGEST // 1024 // 1024} MB. Scan it smaller.")
    if not content.startswith(b"%PDF-"):
        raise Refused("The file is not a PDF, whatever its name says. Save or scan it as a PDF and try again.")
    try:
        with PDFIUM:
            document = pypdfium2.PdfDocument(content)
            pages = len(document)
            document.close()
    except pypdfium2.PdfiumError as error:
        raise Refused("The PDF cannot be opened: it is damaged or locked with a password. Save it again.") from error
    if pages == 0:
        raise Refused("The PDF has no pages. Save it again.")
    return pages


def paper(before: Snapshot, kind: str, name: str, content: bytes, person: Person, now: datetime) -> Paper:
    """A paper ready to be kept with its referral, sealed by its SHA-256."""
    return Paper(
        id=uuid4(), referral_id=before.id, network_id=before.network_id, kind=kind, name=name[:120],
        pages=pages_of(name, content), content=content, sha256=hashlib.sha256(content).hexdigest(),
        added_at=now, added_by=person.name,
    )  # fmt: skip
