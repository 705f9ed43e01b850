"""The State's listing of managed-care providers: plan, sub-network, NPI, taxonomy and site, a row for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from secondopinion.directory.loading import checking
from secondopinion.directory.loading.entry import Entry, MembershipTold, PracticeTold, place_of
from secondopinion.directory.loading.layout import Reader, columns_of, layout_of

NEEDED = ("npi", "network", "taxonomy", "address", "city", "zip")


def reader(path: Path, header: Sequence[str], own: Path | None = None) -> Reader:
    """What reads a row of the listing. Raises FileFault."""
    columns = columns_of(path, header, layout_of("listing", own), NEEDED)
    rows = layout_of("listing_rows", own)
    plans = {str(code).strip() for code in rows["plan_codes"]}
    itself = {name.lower() for name in rows["plan_itself"]}

    def read(row: list[str]) -> Entry | None:
        if plans and columns.of(row, "plan_code").strip() not in plans:
            return None
        npi = checking.npi("npi", columns.of(row, "npi"))
        code = checking.taxonomy("taxonomy", columns.of(row, "taxonomy"))
        place = place_of(
            columns.of(row, "address"), columns.of(row, "city"), columns.of(row, "state") or "CA",
            columns.of(row, "zip"), columns.of(row, "latitude"), columns.of(row, "longitude"),
        )  # fmt: skip
        network = checking.text("network", columns.of(row, "network"), 120)
        return Entry(
            npi=npi,
            first_name=checking.text("first_name", columns.of(row, "first_name"), 60),
            last_name=checking.text("last_name", columns.of(row, "last_name"), 60),
            # The listing does not say which of several codes is the primary one.
            specialties=((code, False),) if code else (),
            practices=(PracticeTold(place, checking.text("phone", columns.of(row, "phone"), 20)),),
            memberships=(MembershipTold("" if network.lower() in itself else network, place),),
        )

    return read
