"""One form makes one referral, however often its button is pressed.

Each form carries a one-time mark. The mark and the number of the referral it made are kept in the person's
session, written in the same transaction as the referral. A second press waits at a lock of the database
for the first to end, reads the session again, and finds the number.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import connection

KEY = "referrals made"
KEPT = 50  # forms remembered a session; older ones are long off the screen


def made_by(session: SessionBase, entry: UUID) -> str | None:
    """The number of the referral that this form has made already. Waits while another press is making it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"intake {entry}"])
    stored = type(session)(session.session_key).load()
    number: str | None = {**stored.get(KEY, {}), **session.get(KEY, {})}.get(str(entry))
    return number


def remember(session: SessionBase, entry: UUID, number: str) -> None:
    """Keep which referral this form made, true together with the referral itself."""
    made = {**session.get(KEY, {}), str(entry): number}
    session[KEY] = dict(list(made.items())[-KEPT:])
    session.save()
