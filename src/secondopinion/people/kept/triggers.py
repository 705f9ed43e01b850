"""What the database refuses on rows with a file: they are write-once but for their seal."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import migrations


def sealed_once(table: str, others: Iterable[str], *, instead: bool = False, goes: bool = False) -> migrations.RunSQL:
    """Refuse DELETE, and UPDATE of everything but a file's seal: a plain file may be sealed, a key sealed anew.

    `others` are the columns beside `content`, `key_id` and `data_key`. `instead`: the table was write-once before.
    `goes`: its files only wait there, and are deleted.
    """
    columns = ", ".join(others)
    what = "UPDATE" if goes else "DELETE OR UPDATE"
    refuse = "FOR EACH ROW {when} EXECUTE FUNCTION app.refuse_change();"
    plain = f"CREATE TRIGGER write_once BEFORE UPDATE OR DELETE ON {table} {refuse.format(when='')}"
    return migrations.RunSQL(
        (f"DROP TRIGGER write_once ON {table};" if instead else "")
        + f"CREATE TRIGGER write_once BEFORE {what} OF {columns} ON {table} {refuse.format(when='')}"
        + f"CREATE TRIGGER sealed_once BEFORE UPDATE OF content ON {table} "
        + refuse.format(when="WHEN (OLD.key_id <> '')")
        + f"CREATE TRIGGER stays_sealed BEFORE UPDATE ON {table} "
        + refuse.format(when="WHEN (NEW.key_id = '' OR NEW.data_key IS NULL)"),
        f"DROP TRIGGER write_once ON {table}; DROP TRIGGER sealed_once ON {table}; "
        f"DROP TRIGGER stays_sealed ON {table};" + (plain if instead else ""),
    )
