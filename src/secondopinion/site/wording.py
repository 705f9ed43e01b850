"""``secondopinion wordings``: how the wording of each kind of letter stands in each language."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from secondopinion.letters.approving import Wording, drafts_stay, wordings
from secondopinion.letters.kinds import KINDS
from secondopinion.letters.languages import LANGUAGES
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.site.refusal import Refusal

NOT_DRAWN = "-"


def show_wordings(arguments: list[str]) -> int:
    """Print a line for each kind: draft, proposed or approved in each language. Raises Refusal."""
    if arguments:
        raise Refusal(f"`secondopinion wordings` takes nothing, not {' '.join(arguments)}.")
    with plan_scope(datetime.now(UTC).astimezone(PACIFIC).date()):
        sys.stdout.write(matrix_of(wordings(), stay=drafts_stay()))
    return 0


def matrix_of(found: Iterable[Wording], *, stay: bool) -> str:
    """The whole table: kinds by languages, then how many of each standing there are, and whether drafts leave."""
    stands = {(each.kind, each.language): each.standing.value for each in found}
    heading = f"{'':34}" + "".join(f"{tag:10}" for tag in LANGUAGES)
    lines = [f"{kind:34}" + "".join(f"{stands.get((kind, tag), NOT_DRAWN):10}" for tag in LANGUAGES) for kind in KINDS]
    told = list(stands.values())
    counts = ", ".join(f"{told.count(standing)} {standing}" for standing in ("approved", "proposed", "draft"))
    leave = "A draft does not leave." if stay else "Here, with made-up people, drafts leave too."
    return "\n".join(line.rstrip() for line in (heading, *lines, "", f"{counts}. {leave}", ""))
