"""What the history says of a letter after it was handed over, a sentence for each step."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from secondopinion.desk.referral_words import READERS
from secondopinion.desk.telling import Context, Said, Teller, day_words, quoted
from secondopinion.desk.words import words_of
from secondopinion.policy.formats import IN_WORDS, Format
from secondopinion.referrals.models import Event

SENT: Final[Mapping[str, str]] = {"fax": "faxed", "email": "sent by secure e-mail"}
WAYS: Final[Mapping[str, str]] = {"print": "by mail", "fax": "by fax", "email": "by secure e-mail"}


def where_to(event: Event) -> str:
    """That a letter went where the Member asked in confidence; never the address."""
    return ", at the address the Member asked for in confidence" if event.details.get("confidential") else ""


def in_format(event: Event) -> str:
    """In which format a letter went, where it is another than standard print."""
    format = event.details.get("format", Format.STANDARD)
    return "" if format == Format.STANDARD else f", in {IN_WORDS[Format(format)].lower()}"


def _letter(event: Event) -> str:
    kind = words_of(event.details.get("kind"), "letter")
    return f"the letter “{kind}” to {READERS.get(event.details.get('to', ''), 'its reader')}"


def _by(event: Event) -> str:
    return WAYS.get(event.details.get("by", ""), "")


def _postmarked(event: Event, context: Context) -> Said:
    return Said(f"had word of the postmark of {_letter(event)}: {day_words(event.details['on'])}")


def _not_delivered(event: Event, context: Context) -> Said:
    return Said(f"recorded that {_letter(event)}, sent {_by(event)}, was not delivered",
                quoted("What the carrier says", event.details.get("why")))  # fmt: skip


def _came_back(event: Event, context: Context) -> Said:
    return Said(f"recorded that {_letter(event)} came back on {day_words(event.details['on'])}",
                quoted("Why", event.details.get("why")))  # fmt: skip


def _mail_again(event: Event, context: Context) -> Said:
    address = " to another address" if event.details.get("new_address") else ""
    return Said(f"had {_letter(event)} sent again {_by(event)}{address}", quoted("Why", event.details.get("why")))


def _mailed_again(event: Event, context: Context) -> Said:
    return Said(f"sent {_letter(event)} again {_by(event)}{in_format(event)}{where_to(event)}",
                quoted("Proof of mailing", event.details.get("batch")))  # fmt: skip


TELLERS_POST: Final[Mapping[str, Teller]] = MappingProxyType(
    {
        "postmarked": _postmarked,
        "not_delivered": _not_delivered,
        "came_back": _came_back,
        "mail_again": _mail_again,
        "mailed_again": _mailed_again,
    }
)
