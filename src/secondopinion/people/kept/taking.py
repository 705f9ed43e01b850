"""Taking a file in: what it is, whether anything in it acts, and only then is it kept."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings

from secondopinion.people.kept.clamd import Clamd
from secondopinion.people.kept.kinds import LARGEST, Kind, NotTaken, kind_of
from secondopinion.people.kept.scanning import Each, NotScanned, OfTheHouse, Scanner


def scanner() -> Scanner:
    """The scanners that every file passes: the house's own, and the daemon where one is set up."""
    at: str = settings.FILE_SCANNER
    return Each([OfTheHouse(), *([Clamd(at)] if at else [])])


def examined(content: bytes, takes: Collection[Kind], *, largest: int = LARGEST) -> Kind:
    """The kind of a file that may be kept. Raises NotTaken with a sentence for any other."""
    kind = kind_of(content, takes, largest=largest)
    try:
        verdict = scanner().scan(content)
    except NotScanned as error:
        raise NotTaken(error.sentence) from error
    if not verdict.clean:
        raise NotTaken(
            f"The scanner found {verdict.found} in the file, so it was not kept. Print it and scan the paper, or ask "
            "the sender for a plain copy."
        )
    return kind
