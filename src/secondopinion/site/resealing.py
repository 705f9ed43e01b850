"""``secondopinion reseal``: every kept file under the newest key; files from before files were sealed as well."""

import sys
from datetime import UTC, datetime

from django.apps import apps

from secondopinion.people.kept.rows import KeptFile, move, to_move
from secondopinion.people.kept.sealing import DoesNotOpen
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC


def reseal(arguments: list[str]) -> int:
    """Move every file that is not sealed under the newest key, each in a transaction of its own.

    Safe to stop and to repeat. Returns 1 when a file could not be opened; it stays as it is.
    """
    today = datetime.now(UTC).astimezone(PACIFIC).date()
    moved, stuck = 0, 0
    for model in apps.get_models():
        if not issubclass(model, KeptFile):
            continue
        with plan_scope(today):
            keys = list(to_move(model).values_list("pk", flat=True))
        for key in keys:
            try:
                with plan_scope(today):
                    moved += _moved(model, key)
            except DoesNotOpen as error:
                stuck += 1
                sys.stdout.write(f"{model._meta.db_table} {key}: {error.sentence}\n")
    sys.stdout.write(f"Files sealed under the newest key: {moved:,}; could not be opened: {stuck:,}.\n")
    return 1 if stuck else 0


def _moved(model: type[KeptFile], key: object) -> bool:
    """Move one file, unless somebody else has just done so."""
    row = to_move(model).select_for_update().filter(pk=key).first()
    if row is None:
        return False
    move(row)
    return True
