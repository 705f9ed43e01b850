"""One database, two ways in: only its owner changes tables."""

from typing import Any


class OnlyTheOwnerMigrates:
    """Migrations run on the alias ``owner``; everything else on ``default``."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Whether tables may be made or changed through this alias."""
        return db == "owner"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Both aliases lead to the same tables, so any two rows may be related."""
        return True
