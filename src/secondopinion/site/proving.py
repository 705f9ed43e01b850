"""``secondopinion overnight``: the nightly proof, whenever somebody wants it, in sentences."""

import sys
from datetime import UTC, datetime

from secondopinion.referrals.overnight import Summary, Tally, overnight
from secondopinion.site.refusal import Refusal

ALL = "--all"


def prove(arguments: list[str]) -> int:
    """Look at every open referral, or with ``--all`` at every one, and say what is not as it must be.

    Returns 1 when anything is found. Raises Refusal.
    """
    if set(arguments) - {ALL}:
        raise Refusal(f"`secondopinion overnight` takes {ALL} or nothing, not {' '.join(arguments)}.")
    summary = overnight(datetime.now(UTC), everything=ALL in arguments)
    sys.stdout.write(report_of(summary))
    return 1 if summary.found else 0


def report_of(summary: Summary) -> str:
    """The whole report: each check with its sentence, and what it found below it."""
    lines = [line for tally in summary.tallies for line in _lines(tally)]
    end = f"Referrals looked at: {summary.looked:,}; {outcome_of(summary.found)}."
    return "\n".join([*lines, "", end, ""])


def outcome_of(count: int) -> str:
    """How many things a check found, in words."""
    return f"{count:,} found" if count else "nothing found"


def _lines(tally: Tally) -> list[str]:
    told = [f"{'FOUND' if tally.count else 'ok':6} {tally.check.name:10} {tally.check.sentence}"]
    told += [f"{'':7}{found.number}: {found.what}" for found in tally.first]
    if tally.count > len(tally.first):
        told.append(f"{'':7}and {tally.count - len(tally.first):,} more")
    return told
