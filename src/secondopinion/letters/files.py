"""The files of a letter in other formats: made when a mailing first needs one, kept, and never made anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from secondopinion.letters.formats import NOT_MADE, print_as
from secondopinion.letters.freeze import Frozen
from secondopinion.letters.models import Letter, LetterFile
from secondopinion.policy.formats import IN_WORDS, Format


def file_of(
    letter: Letter, format: Format, required_marks: Iterable[str], now: datetime
) -> tuple[LetterFile | None, str]:
    """A letter's file in a format, made now if it is not there yet; and why there is none where none can be made.

    Standard print has no file: it is the sealed letter. The caller holds the letter's row. Raises Incomplete.
    """
    if format is Format.STANDARD:
        return None, ""
    if (kept := LetterFile.objects.filter(letter=letter, format=format).first()) is not None:
        return kept, ""
    try:
        made = print_as(frozen_of(letter), format, required_marks)
    except NOT_MADE as error:
        # A letter is never late for want of a format: it goes in print, and its reader's time does not count yet.
        return None, f"It went in standard print, not in {IN_WORDS[format].lower()}. {error}"[:300]
    assert made is not None
    return LetterFile.objects.create(
        letter=letter, network_id=letter.network_id, format=format.value, name=made.name, content=made.content,
        sha256=made.sha256, made_at=now,
    ), ""  # fmt: skip


def frozen_of(letter: Letter) -> Frozen:
    """What was frozen when the letter was owed; of a letter printed in another language, what it was printed from."""
    said = letter.data if letter.printed is None else letter.printed
    return Frozen(letter.kind, letter.program, letter.language, said, letter.data_sha256, letter.template_sha256)
