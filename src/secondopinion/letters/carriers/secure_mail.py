"""Secure e-mail: S/MIME, so that only the holder of the reader's own key can open it, whatever servers it passes.

Name, number and kind of the letter stand inside the encrypted part; outside are only addresses, a day and a subject
that says nothing. A postman hands the finished message over: to a mail server with TLS, or to a folder.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final, Literal, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

from secondopinion.letters.carriers.parcel import NotCarried, Parcel, check_seals
from secondopinion.letters.carriers.whole import write_whole

ADDRESS: Final = re.compile(r"[^@\s<>,;:\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
SUBJECT: Final = "A letter for your office"
PATIENCE: Final = 30.0  # seconds for one answer of the mail server
SHORTEST_KEY: Final = 2048  # bits of the reader's RSA key


class Postman(Protocol):
    """Anything that takes a finished message."""

    def take(self, key: str, sender: str, to: str, message: bytes) -> None:
        """Hand a message over. Raises NotCarried."""
        ...


@dataclass(frozen=True, slots=True)
class SecureMail:
    """The carrier: encrypts to the reader's certificate and gives the message to a postman.

    Every try of a mailing bears the same Message-ID. A mail server that was killed between taking a message and
    saying so gets it twice; a reader's mailbox that knows Message-IDs shows it once.
    """

    sender: str
    postman: Postman

    def post(self, parcel: Parcel) -> str:
        """Send a letter; returns `mail/key`. It has left when the postman has taken it."""
        check_seals(parcel)
        if not ADDRESS.fullmatch(parcel.to):
            raise NotCarried("The e-mail address on record is none. Correct it, or send by mail.")
        self.postman.take(parcel.key, self.sender, parcel.to, self._message(parcel))
        return f"mail/{parcel.key}"

    def _message(self, parcel: Parcel) -> bytes:
        inner = EmailMessage(policy=SMTP)
        inner.set_content("The letter is attached. It is meant for the addressee alone.\n")
        papers = [("letter.pdf", parcel.pdf)]
        papers += [(f"enclosure-{n}.pdf", e.content) for n, e in enumerate(parcel.enclosures, start=1)]
        for name, paper in papers:
            inner.add_attachment(paper, maintype="application", subtype="pdf", filename=name)
        sealed = (
            PKCS7EnvelopeBuilder()
            .set_data(inner.as_bytes())
            .add_recipient(certificate_of(parcel.certificate))
            .set_content_encryption_algorithm(AES256)
            .encrypt(Encoding.DER, [PKCS7Options.Binary])
        )
        outer = EmailMessage(policy=SMTP)
        outer["From"], outer["To"], outer["Subject"] = self.sender, parcel.to, SUBJECT
        outer["Date"] = format_datetime(datetime.combine(parcel.batch_on, time(12), UTC))
        outer["Message-ID"] = f"<{parcel.key}@{self.sender.rpartition('@')[2]}>"
        outer.set_content(sealed, maintype="application", subtype="pkcs7-mime", disposition="attachment",
                          filename="smime.p7m", params={"smime-type": "enveloped-data"})  # fmt: skip
        return outer.as_bytes()


def certificate_of(pem: str) -> x509.Certificate:
    """A reader's certificate, with a key that S/MIME can encrypt to. Raises NotCarried."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise NotCarried("The office's certificate cannot be read. Ask for it again, or send by mail.") from None
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < SHORTEST_KEY:
        raise NotCarried(
            "The office's certificate holds no RSA key of 2,048 bits or more. Ask for another, or send by mail."
        )
    return certificate


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A postman that puts messages into a folder, one file each."""

    folder: Path

    def take(self, key: str, sender: str, to: str, message: bytes) -> None:
        """Put a message there; what is there already stays as it is."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not (self.folder / f"{key}.eml").exists():
                write_whole(self.folder / f"{key}.eml", message)
        except OSError as error:
            raise NotCarried(
                f"The mail folder took no message ({error.strerror or error}). Make room or give this program the "
                "right to write there; the letter waits."
            ) from error


@dataclass(frozen=True, slots=True)
class MailServer:
    """A postman that speaks SMTP, never without TLS: `starttls` on the open port, or `tls` from the first byte."""

    host: str
    port: int
    security: Literal["starttls", "tls"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    trusted: Path | None = None  # a file of certificates, where the server's is of the plan's own making

    def take(self, key: str, sender: str, to: str, message: bytes) -> None:
        """Hand a message to the server."""
        context = ssl.create_default_context(cafile=str(self.trusted) if self.trusted else None)
        try:
            with self._open(context) as server:
                if self.security == "starttls":
                    server.starttls(context=context)
                if self.user:
                    server.login(self.user, self.password)
                server.sendmail(sender, [to], message)
        except smtplib.SMTPRecipientsRefused:
            raise NotCarried("The mail server refuses the reader's address. Correct it, or send by mail.") from None
        except smtplib.SMTPResponseException as error:
            raise NotCarried(
                f"The mail server answered {error.smtp_code} to a letter. Look at it; the letter waits."
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotCarried(f"The mail server took no letter ({type(error).__name__}). The letter waits.") from None

    def _open(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
