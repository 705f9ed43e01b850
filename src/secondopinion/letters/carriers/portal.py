"""The portal copy: the letter becomes readable to the Member from the instant at which it is handed over.

Nothing leaves the database: the mailing's own row, with its instant, is what the Member's page asks for. So the
copy is there exactly when the transaction that made it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from secondopinion.letters.carriers.parcel import Parcel, check_seals


@dataclass(frozen=True, slots=True)
class PortalCopy:
    """A copy of a letter for its reader's own page."""

    def post(self, parcel: Parcel) -> str:
        """Take a letter; the receipt names the copy."""
        check_seals(parcel)
        return f"portal/{parcel.key}"
