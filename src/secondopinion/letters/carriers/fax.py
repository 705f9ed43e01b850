"""Fax: one PDF to one verified number, and the report of the line read back.

A line is anything that takes a fax under a key, once however often it is told, and says later what became of it. Two
are here: a gateway over HTTP, where PUT and the key make twice the same as once, and a folder.
"""

from __future__ import annotations

import io
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

import pypdfium2

from secondopinion.letters.carriers.parcel import NotCarried, Parcel, check_seals
from secondopinion.letters.carriers.whole import write_whole
from secondopinion.letters.paper import PDFIUM

NUMBER: Final = re.compile(r"\+1[2-9]\d{9}")
PATIENCE: Final = 20.0  # seconds for one answer of the gateway
LONGEST: Final = 64 * 1024  # bytes of a report that are read
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class FaxState(StrEnum):
    """What became of a fax."""

    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FaxReport:
    """What the line says of a fax; `why` only where it failed."""

    state: FaxState
    why: str = ""


class FaxLine(Protocol):
    """Anything that sends faxes and reports on them, by key."""

    def send(self, key: str, number: str, pdf: bytes) -> None:
        """Take a fax. Telling it again under the same key changes nothing. Raises NotCarried."""
        ...

    def report(self, key: str) -> FaxReport:
        """What became of it. Raises NotCarried when the line cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class Fax:
    """The carrier over a line: cover sheet, letter and enclosures as one document."""

    line: FaxLine

    def post(self, parcel: Parcel) -> str:
        """Hand a letter to the line; returns `fax/key`. It has left only when the line reports it delivered."""
        check_seals(parcel)
        self.line.send(parcel.key, dialled(parcel.to), _in_one(parcel))
        return f"fax/{parcel.key}"


def dialled(number: str) -> str:
    """A number of the United States as it is dialled, `+17145550100`. Raises NotCarried when it is none."""
    digits = re.sub(r"\D", "", number)
    full = f"+{digits}" if len(digits) == 11 else f"+1{digits}"
    if not NUMBER.fullmatch(full):
        raise NotCarried("The fax number on record is no number that can be dialled. Correct it, or send by mail.")
    return full


@dataclass(frozen=True, slots=True)
class FaxFolder:
    """A line that is a folder: `outgoing/key.pdf` beside `key.json`; somebody puts `reports/key.json` there."""

    folder: Path

    def send(self, key: str, number: str, pdf: bytes) -> None:
        """Put a fax there, the number last; what is there already stays as it is."""
        outgoing = self.folder / "outgoing"
        try:
            outgoing.mkdir(parents=True, exist_ok=True)
            if not (outgoing / f"{key}.json").exists():
                write_whole(outgoing / f"{key}.pdf", pdf)
                write_whole(outgoing / f"{key}.json", json.dumps({"to": number}).encode() + b"\n")
        except OSError as error:
            raise NotCarried(
                f"The fax folder took no fax ({error.strerror or error}). Make room or give this program the right "
                "to write there; the letter waits."
            ) from error

    def report(self, key: str) -> FaxReport:
        """The report that lies there, or that it is still being sent."""
        try:
            said = (self.folder / "reports" / f"{key}.json").read_bytes()
        except FileNotFoundError:
            return FaxReport(FaxState.SENDING)
        except OSError as error:
            raise NotCarried(f"A fax report could not be read ({error.strerror or error}).") from error
        return read_report(said)


@dataclass(frozen=True, slots=True)
class FaxGateway:
    """A fax service over HTTP: `PUT faxes/key` with the PDF and the number, `GET faxes/key` for the report.

    `token` goes along as a bearer token and is never shown. Without TLS only this machine is spoken to.
    """

    address: str
    token: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
            raise NotCarried("The fax gateway's address must begin with https://, since letters are health data.")

    def __repr__(self) -> str:
        return f"FaxGateway({self.address!r})"

    def send(self, key: str, number: str, pdf: bytes) -> None:
        """Give the gateway a fax under its key."""
        self._ask("PUT", key, pdf, {"Content-Type": "application/pdf", "X-Fax-To": number})

    def report(self, key: str) -> FaxReport:
        """Ask the gateway what became of it."""
        return read_report(self._ask("GET", key, None, {"Accept": "application/json"}))

    def _ask(self, method: str, key: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(  # noqa: S310  https, or this machine: see above
            f"{self.address.rstrip('/')}/faxes/{key}", body, {**headers, "Authorization": f"Bearer {self.token}"},
            method=method,
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return bytes(answer.read(LONGEST))
        except urllib.error.HTTPError as error:
            error.close()
            raise NotCarried(
                f"The fax gateway answered {error.code} to a letter. Look at it; the letter waits."
            ) from None
        except OSError as error:
            raise NotCarried(f"The fax gateway did not answer ({_plainly(error)}). The letter waits.") from None


def read_report(said: bytes) -> FaxReport:
    """A report such as `{"state": "failed", "why": "busy"}`. Raises NotCarried when it is none."""
    try:
        told = json.loads(said)
        return FaxReport(FaxState(told["state"]), " ".join(str(told.get("why", "")).split())[:200])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NotCarried(
            "A fax report is not understood: it needs a state that is sending, delivered or failed."
        ) from None


def _plainly(error: OSError) -> str:
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or type(reason).__name__)


def _in_one(parcel: Parcel) -> bytes:
    """Cover, letter and enclosures, one behind the other."""
    papers = [p for p in (parcel.cover, parcel.pdf, *(e.content for e in parcel.enclosures)) if p]
    if len(papers) == 1:
        return papers[0]
    with PDFIUM:
        whole = pypdfium2.PdfDocument.new()
        try:
            for paper in papers:
                part = pypdfium2.PdfDocument(paper)
                whole.import_pages(part)
                part.close()
            return _saved(whole)
        finally:
            whole.close()


def _saved(document: pypdfium2.PdfDocument) -> bytes:
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()
