"""Letters that left, as tests of the post know them: whose they are, where they stand, what is said of them."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

from county import NOW, TODAY, County
from letters.offices import holder
from referrals.life import YES, asked, given_an_authorized_referral
from secondopinion.letters.addresses import keep_address
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter, Mailing
from secondopinion.referrals.models import Event, Notice, Referral
from secondopinion.referrals.receive import receive


def to_the_member(there: County) -> tuple[Referral, Letter]:
    found = given_an_authorized_referral(there)
    return found, letter_of(found, "approval_to_member")


def to_an_office(there: County) -> tuple[Referral, Letter]:
    """A physician asked, so the physician's office is told too."""
    told = {"requester": "physician", "requester_name": "Grace Lind, MD", "requester_npi": there.pcp.npi}
    taken = receive(asked(there, answers=YES, **told), person=there.person("intake@plan"), now=NOW)
    found = Referral.objects.get(pk=taken.referral_id)
    return found, letter_of(found, "approval_to_requester")


def letter_of(found: Referral, kind: str) -> Letter:
    return Notice.objects.get(referral=found, kind=kind).letter


def mailings(letter: Letter) -> list[tuple[str, int, str]]:
    return list(Mailing.objects.filter(letter=letter).order_by("owed_at", "nth", "-carrier").values_list(
        "carrier", "nth", "stands"))  # fmt: skip


def steps(found: Referral) -> list[str]:
    return list(Event.objects.filter(referral=found).order_by("position").values_list("step", flat=True))


def manifest(house: PrintHouse) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for path in sorted(house.folder.glob("*/manifest.csv")):
        with path.open(newline="") as file:
            rows += csv.DictReader(file)
    return rows


def verified(there: County, by: str, to: str) -> None:
    certificate = holder().certificate if by == "email" else ""
    keep_address(there.pcp.npi, by, to, certificate=certificate, verified_on=TODAY, verified_by="Ann Oak")


def fax_report(tmp_path: Path, letter: Letter, **said: str) -> None:
    (tmp_path / "fax" / "reports").mkdir(exist_ok=True)
    (tmp_path / "fax" / "reports" / f"{letter.pk}.json").write_text(json.dumps(said))


def acknowledged(letter: Letter, status: str, on: date | str = TODAY, reason: str = "", **other: str) -> bytes:
    letter.refresh_from_db()
    row = {"mailing_id": str(letter.pk), "sha256": letter.pdf_sha256, "status": status, "on": str(on),
           "reason": reason} | other  # fmt: skip
    return f"{','.join(row)}\n{','.join(row.values())}\n".encode()
