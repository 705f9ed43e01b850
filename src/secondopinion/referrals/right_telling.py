"""Telling: the statement of the right leaves by the print house, and the row says so, in one transaction.

The statement is about no referral, so it has no notice in any history: its own row is the proof.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import F

from secondopinion.letters.carriers import Carrier, NotCarried
from secondopinion.letters.freeze import freeze
from secondopinion.letters.kinds import UnknownLetter
from secondopinion.letters.languages import language_for
from secondopinion.letters.mailing import Envelope, Way, hand_over, waiting_mailings
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.models_mailing import By
from secondopinion.letters.refusal import Incomplete, KeptBack
from secondopinion.people.confidential import request_of
from secondopinion.people.formats import format_of
from secondopinion.people.rls import plan_scope
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.leaflets import leaflets_with, right_statement
from secondopinion.referrals.models_right import RightStatement
from secondopinion.referrals.right_owed import owed_again, waiting

KIND: Final = "right_statement_to_member"
MOST: Final = 500  # statements in one run; the next run takes the rest
NOT_SENT: Final = (NotCarried, Incomplete, UnknownLetter, KeptBack)
logger = logging.getLogger("secondopinion.right")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did: statements that left, and those that could not."""

    told: int
    kept: int


def tell_who_waits(now: datetime, carrier: Carrier, most: int = MOST) -> Run:
    """Mail the statements that are owed, each in a transaction of its own; what fails is written down and waits."""
    day, told, kept = now.astimezone(PACIFIC).date(), 0, 0
    with plan_scope(day):
        debts = waiting(most)
    for debt in debts:
        try:
            with plan_scope(day):
                told += tell(debt, now=now, carrier=carrier)
        except NOT_SENT as why:
            kept += 1
            with plan_scope(day):
                RightStatement.objects.filter(pk=debt, told_on__isnull=True).update(
                    tries=F("tries") + 1, why=str(why)[:300]
                )
    if kept:
        logger.warning("Statements of the right: %d left, %d could not; the desk's page says why.", told, kept)
    return Run(told, kept)


def tell(debt: UUID, *, now: datetime, carrier: Carrier) -> bool:
    """Mail one statement and write down that the Member was told. False: that was done before.

    The caller's transaction carries the plan's scope. Raises Incomplete, KeptBack, UnknownLetter and NotCarried;
    after each the statement is still owed.
    """
    statement = RightStatement.objects.select_for_update().get(pk=debt)
    if statement.told_on is not None:
        return False
    today = now.astimezone(PACIFIC).date()
    letter = statement.letter or _write(statement, today, now)
    for mailing in waiting_mailings(letter.pk, (Way(By.PRINT),), now=now):
        posted = hand_over(mailing, now=now, carrier=carrier, envelope=_envelope(statement, letter))
        if posted is not None and posted.leaves:
            statement.letter, statement.told_on, statement.why = letter, today, ""
            statement.told_by, statement.evidence = RightStatement.Way.LETTER, posted.batch_line[:200]
            statement.save(update_fields=["letter", "told_on", "told_by", "evidence", "why"])
            return True
    return False


def heard_of(mailing: Mailing, now: datetime, *, came_back_on: date | None) -> bool:
    """What the print house says of a statement: a letter that came back is owed anew. False: it is no statement."""
    statement = RightStatement.objects.filter(letter=mailing.letter_id).first()
    if statement is None:
        return False
    if came_back_on is not None:
        owed_again(statement, came_back_on, now)
    return True


def mailings_of(statements: list[RightStatement]) -> Mapping[UUID, list[Mailing]]:
    """The mailings of statements' letters, by statement: when each was handed over, postmarked, or came back."""
    by_letter = {each.letter_id: each.pk for each in statements if each.letter_id is not None}
    found: dict[UUID, list[Mailing]] = {}
    for mailing in Mailing.objects.filter(letter__in=by_letter).order_by("owed_at", "nth"):
        found.setdefault(by_letter[mailing.letter_id], []).append(mailing)
    return found


def _write(statement: RightStatement, today: date, now: datetime) -> Letter:
    """The letter as a row, frozen. It is the plan's own: a Health Network sees its Member's row, and not the letter."""
    member, program = statement.member, Program(statement.program)
    new = statement.occasion == RightStatement.Occasion.WELCOME
    data = right_statement(member, program, today, new=new)
    frozen = freeze(KIND, program.value, language_for(KIND, member.language), data)
    letter = Letter.objects.create(
        kind=KIND, program=program.value, language=frozen.language, recipient_role="member",
        recipient_name=data["recipient"]["name"], data=frozen.data, data_sha256=frozen.data_sha256,
        template_sha256=frozen.template_sha256, owed_at=now, batch_on=today,
    )  # fmt: skip
    statement.letter = letter
    statement.save(update_fields=["letter"])
    return letter


def _envelope(statement: RightStatement, letter: Letter) -> Envelope:
    """The leaflets, the Member's format, and the Member's own address in confidence where one stands."""
    reads = format_of(statement.member_id)
    asked = request_of(statement.member_id)
    lines = tuple(asked.address_lines) if asked else ()
    return Envelope(leaflets_with(letter, reads), lines, confidential=asked is not None, format=reads)
