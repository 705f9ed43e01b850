"""The post room: which carriers are set up here, and what is done with their files besides handing letters over."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from secondopinion.letters.acknowledging import LONGEST, NotAFile, Refused
from secondopinion.letters.carriers import (
    Carrier,
    Fax,
    FaxFolder,
    FaxGateway,
    MailFolder,
    MailServer,
    PrintHouse,
    SecureMail,
)
from secondopinion.letters.carriers.secure_mail import Postman
from secondopinion.letters.carriers.whole import write_whole
from secondopinion.letters.models_mailing import By
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.afterwards import take_acknowledgements

ACKNOWLEDGEMENTS = "acknowledgements"
logger = logging.getLogger("secondopinion.post")


def print_house() -> PrintHouse:
    """The print house's folder."""
    return PrintHouse(settings.PRINT_HOUSE)


def electronic() -> Mapping[str, Carrier]:
    """The electronic carriers that are set up. Raises ImproperlyConfigured, without showing any secret."""
    found: dict[str, Carrier] = {}
    if settings.FAX:
        found[By.FAX] = Fax(_fax_line(settings.FAX))
    if settings.MAIL:
        if not settings.MAIL_FROM:
            raise ImproperlyConfigured("SECONDOPINION_MAIL needs SECONDOPINION_MAIL_FROM, the sender's address.")
        found[By.MAIL] = SecureMail(settings.MAIL_FROM, _postman(settings.MAIL))
    return found


def _fax_line(address: str) -> FaxFolder | FaxGateway:
    if address.startswith("folder:"):
        return FaxFolder(Path(address.removeprefix("folder:")))
    if urlsplit(address).scheme in ("http", "https"):
        return FaxGateway(address, settings.FAX_TOKEN)
    raise ImproperlyConfigured("SECONDOPINION_FAX must be folder:/a/path or https://gateway.example/.")


def _postman(address: str) -> Postman:
    if address.startswith("folder:"):
        return MailFolder(Path(address.removeprefix("folder:")))
    parts = urlsplit(address)
    if parts.scheme in ("smtp", "smtps") and parts.hostname and not parts.password:
        implicit = parts.scheme == "smtps"
        return MailServer(
            parts.hostname, parts.port or (465 if implicit else 587), "tls" if implicit else "starttls",
            settings.MAIL_USER, settings.MAIL_PASSWORD, settings.MAIL_TRUSTED,
        )  # fmt: skip
    raise ImproperlyConfigured(
        "SECONDOPINION_MAIL must be folder:/a/path, smtp://server:587 (STARTTLS) or smtps://server:465, "
        "without a password in it."
    )


def closings_so_far(now: datetime) -> int:
    """How many of today's closing times are past, by the setting such as `11:00 15:00 23:50`, Pacific time."""
    local = now.astimezone(PACIFIC)
    return sum(time.fromisoformat(each) <= local.time() for each in settings.BATCH_CLOSES.split())


def close_batches(now: datetime) -> int:
    """Close the batches whose time has come. Returns how many."""
    closed = print_house().close_due(now, closings=closings_so_far(now))
    for batch in closed:
        logger.debug("Batch %s closed: %d letters, SHA-256 %s.", batch.name, batch.letters, batch.sha256)
    return len(closed)


def read_acknowledgements(now: datetime) -> int:
    """Read every file the print house has put into `acknowledgements`, and move it to `read` beside what was refused.

    A file is moved when all of it was taken, so a crash only means that it is read again. Returns how many.
    """
    folder = settings.PRINT_HOUSE / ACKNOWLEDGEMENTS
    files = sorted(p for p in folder.glob("*.csv") if p.is_file()) if folder.is_dir() else []
    for path in files:
        try:
            with path.open("rb") as file:
                came = take_acknowledgements(file.read(LONGEST + 1), now)
            refused = came.refused
            logger.info("Acknowledgements read: %d new, %d known, %d refused.", came.taken, came.known, len(refused))
        except NotAFile as error:
            refused = (Refused(1, str(error)),)
            logger.error("A file of acknowledgements was not understood: %s", error)
        done = folder / "read"
        done.mkdir(exist_ok=True)
        if refused:
            write_whole(done / f"{path.stem}.refused.csv", _said(refused))
        path.replace(done / path.name)
    return len(files)


def _said(refused: tuple[Refused, ...]) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("row", "why"))
    rows.writerows((each.number, each.sentence) for each in refused)
    return text.getvalue().encode()
