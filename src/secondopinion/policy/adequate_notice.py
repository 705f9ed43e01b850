"""Adequate notice: the day from which a Member's time to object counts (GG.1507 II.D.1; APL 22-002; 45 CFR 92.102).

A notice that its reader cannot read is none. Where the plan knows that a Member reads large print, braille or by ear,
or reads another language, the time counts from the day on which the notice was sent so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from secondopinion.policy.formats import Format


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending of a notice to the Member: the day it was mailed, in which format, and in a language they read?"""

    on: date
    format: Format = Format.STANDARD
    in_own_language: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """A choice of the Member: the format, and the day on which the plan was told."""

    from_on: date
    format: Format


@dataclass(frozen=True, slots=True)
class AdequateNotice:
    """From when the Member's time counts: None while no sending could be read by its reader.

    `first_on`: the day of the first sending, readable or not. `format`: what the Member reads, by the last choice that
    counts.
    """

    on: date | None
    first_on: date | None
    format: Format

    @property
    def moved(self) -> bool:
        """Whether the time counts from another day than that of the first sending, or does not count yet."""
        return self.on != self.first_on


def adequate_notice(sendings: Iterable[Sent], choices: Iterable[Wanted], days: int) -> AdequateNotice:
    """The date of adequate notice. `days`: how long the Member's time is, in calendar days.

    Pure: the same sendings and choices give the same day, whoever asks and whenever.
    """
    sent = sorted(sendings, key=lambda each: each.on)
    wanted = sorted(choices, key=lambda each: each.from_on)
    found: Sent | None = None
    asked = _standing(wanted, sent[0].on) if sent else Format.STANDARD
    for each in sent:
        reads = _standing(wanted, each.on)
        if not each.in_own_language or not _suits(each.format, reads):
            asked = reads if found is None else asked
            continue
        # Reading: whoever asks for another format while the time still runs has not had a notice to read until it
        # comes in that format, and the whole time counts anew. Asked for after the time was over, it revives nothing.
        last = found.on + timedelta(days=days) if found else each.on
        if found is None or (not _suits(found.format, reads) and _told(wanted, each.on) <= last):
            found, asked = each, reads
    return AdequateNotice(found.on if found else None, sent[0].on if sent else None, asked)


def _suits(format: Format, reads: Format) -> bool:
    """Whether a sending can be read: standard print goes along with every format, so that whoever reads it can."""
    return reads is Format.STANDARD or format is reads


def _standing(wanted: list[Wanted], on: date) -> Format:
    held = [each.format for each in wanted if each.from_on <= on]
    return held[-1] if held else Format.STANDARD


def _told(wanted: list[Wanted], on: date) -> date:
    """The day on which the choice that stands on a day was told."""
    return [each.from_on for each in wanted if each.from_on <= on][-1]
