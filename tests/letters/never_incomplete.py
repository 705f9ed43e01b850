"""Random payloads through the type, the ORM and plain SQL: what gets through all that it needs to leave is complete.

The suite runs two thousand of them, and `bench/letters_proof.py` a hundred thousand.
"""

import uuid
from collections import Counter
from datetime import UTC, date, datetime

import orjson
from django.db import DataError, IntegrityError, connection, transaction

from letters.payloads import Payload, is_complete, payloads
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.mailing import required_marks
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import seal
from secondopinion.letters.refusal import Incomplete

OWED_AT = datetime(2026, 11, 20, 18, tzinfo=UTC)  # Friday
PLAIN = """
INSERT INTO letters_letter (id, kind, program, language, recipient_role, recipient_name, data, data_sha256,
  template_sha256, network_id, owed_at, batch_on)
VALUES (%s, %s, %s, 'en', 'member', 'Rosa Delgado', %s::jsonb, %s, %s, NULL, %s, %s)"""
HASH = "0" * 64


def prove(seed: int, count: int) -> Counter[str]:
    """Send payloads through every way in. Raises AssertionError by the first incomplete one that could leave."""
    found: Counter[str] = Counter()
    for payload in payloads(seed, count):
        complete = is_complete(payload.data)
        by_type, by_orm, by_sql = frozen(payload), stored(payload), stored_plainly(payload)
        assert by_orm == by_sql, f"the ORM and plain SQL differ: {payload.kind}, {payload.done}"
        assert complete or not by_type, f"the type lets through {payload.kind}, {payload.done}"
        if by_orm and not complete:
            # What the database cannot tell from words (an unusual blank), or from a list, the press can.
            assert not sealable(payload), f"{payload.kind} could leave after {payload.done}"
            found["stopped by the press alone"] += 1
        found["complete" if complete else "incomplete"] += 1
        found["through the type"] += by_type
        found["through the database"] += by_orm
        found["refused by the database"] += not by_orm
    return found


def frozen(payload: Payload) -> bool:
    """Does the type let it through?"""
    try:
        freeze(payload.kind, payload.program, "en", payload.data)
    except Incomplete:
        return False
    return True


def stored(payload: Payload) -> bool:
    """Does the database take it from the ORM? Nothing is kept."""
    letter = Letter(
        kind=payload.kind, program=payload.program, language="en", recipient_role="member",
        recipient_name="Rosa Delgado", data=payload.data, data_sha256=HASH, template_sha256=HASH, owed_at=OWED_AT,
        batch_on=date(2026, 11, 20),
    )  # fmt: skip
    return _taken(lambda: Letter.objects.bulk_create([letter]))


def stored_plainly(payload: Payload) -> bool:
    """Does the database take it from plain SQL, sent as the role that the program runs as? Nothing is kept."""
    values = [uuid.uuid4(), payload.kind, payload.program, orjson.dumps(payload.data).decode(), HASH, HASH, OWED_AT,
              date(2026, 11, 20)]  # fmt: skip

    def send() -> None:
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, values)

    return _taken(send)


def sealable(payload: Payload) -> bool:
    """Would the press print and seal it, with everything that the policy orders of it?"""
    try:
        required = required_marks(payload.kind, payload.program, payload.data)
        seal(Frozen(payload.kind, payload.program, "en", payload.data, HASH, HASH), required)
    except (Incomplete, KeyError, TypeError, AttributeError, ValueError):
        return False
    return True


class _Undone(Exception):
    """Takes back what a savepoint has written."""


def _taken(write) -> bool:  # type: ignore[no-untyped-def]
    try:
        with transaction.atomic():
            write()
            raise _Undone
    except _Undone:
        return True
    except (IntegrityError, DataError):
        return False
