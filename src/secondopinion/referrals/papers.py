"""Files that come with a referral: read before they are kept, and refused with a sentence when they are no use."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pypdfium2

from secondopinion.letters.paper import PDFIUM
from secondopinion.people.kept.kinds import Kind, NotTaken
from secondopinion.people.kept.taking import examined
from secondopinion.people.person import Person
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Paper
from secondopinion.referrals.snapshot import Snapshot


def pages_of(name: str, content: bytes) -> int:
    """The number of pages of a PDF. Refuses what is empty, too large, no PDF that can be opened, or acts by itself."""
    try:
        examined(content, (Kind.PDF,))
    except NotTaken as refused:
        raise Refused(refused.sentence) from refused
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
    """A paper ready to be kept with its referral: encrypted, and sealed by its SHA-256."""
    pages = pages_of(name, content)
    row: Paper = Paper.sealed(
        content, id=uuid4(), referral_id=before.id, network_id=before.network_id, kind=kind, name=name[:120],
        pages=pages, added_at=now, added_by=person.name,
    )  # fmt: skip
    return row
