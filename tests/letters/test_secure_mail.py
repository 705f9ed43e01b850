"""A letter by e-mail: only the office can open it, nothing outside the seal tells what it is, and never without TLS."""

import hashlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from letters.offices import holder
from letters.test_carriers import parcel as plain_parcel
from secondopinion.letters.addresses import NotAnAddress, address_of, keep_address
from secondopinion.letters.carriers import Enclosure, MailFolder, MailServer, NotCarried, Parcel, SecureMail
from secondopinion.letters.models import OfficeAddress

SENDER, OFFICE = "letters@plan.example", "front.desk@office.example"
MONDAY = date(2026, 11, 23)  # Monday
NPI = "1679576722"


def parcel(**other: object) -> Parcel:
    told = {"to": OFFICE, "certificate": holder().certificate, **other}
    return replace(plain_parcel(), **told)


class Mailbox:
    """A mail server's side: keeps what it takes, and can be told to refuse."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.refuses_reader = self.refuses_data = ""

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.refuses_reader:
            return self.refuses_reader
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.refuses_data:
            return self.refuses_data
        self.kept.append(envelope.content)
        return "250 OK"


def signs_in(server, session, envelope, mechanism, auth_data) -> AuthResult:
    known = (auth_data.login, auth_data.password) == (b"plan", b"a-mail-password")
    return AuthResult(success=known, handled=False)


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    path = tmp_path / "server.pem"
    path.write_text(holder("localhost").certificate)
    return path


@pytest.fixture
def running(tmp_path: Path, trusted: Path) -> Iterator[tuple[Mailbox, Controller]]:
    key = tmp_path / "server.key"
    key.write_bytes(holder("localhost").key_pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(trusted, key)
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="localhost", port=port, tls_context=context, require_starttls=True,
                        authenticator=signs_in, auth_required=True)  # fmt: skip
    server.start()
    yield box, server
    server.stop()


def sender_to(server: Controller, trusted: Path | None, password: str = "a-mail-password") -> SecureMail:
    return SecureMail(SENDER, MailServer("localhost", server.port, "starttls", "plan", password, trusted))


def test_the_office_reads_the_letter_and_nobody_on_the_way_does(running, trusted):
    box, server = running
    enclosed = Enclosure("report of Rosa.pdf", b"%PDF report", hashlib.sha256(b"%PDF report").hexdigest())
    one = parcel(enclosures=(enclosed,))
    assert sender_to(server, trusted).post(one) == f"mail/{one.key}"
    (sent,) = box.kept
    opened = holder().opened(sent)
    papers = [part.get_payload(decode=True) for part in opened.walk() if part.get_content_type() == "application/pdf"]
    assert papers == [one.pdf, b"%PDF report"]
    for told in (b"Rosa", b"SO-2026-000431", b"denial", b"%PDF", b"report"):
        assert told not in sent
    outside = message_from_bytes(sent)
    assert outside["Subject"] == "A letter for your office"
    assert (outside["From"], outside["To"]) == (SENDER, OFFICE)
    assert outside.get_content_type() == "application/pkcs7-mime"
    with pytest.raises(ValueError, match=r"(?i)recipient|decrypt|key"):
        holder("somebody.else").opened(sent)


def test_every_try_bears_the_same_message_id_and_another_mailing_another(running, trusted):
    box, server = running
    mail = sender_to(server, trusted)
    mail.post(parcel())
    mail.post(parcel())
    mail.post(parcel(nth=2))
    ids = [message_from_bytes(each)["Message-ID"] for each in box.kept]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] == f"<{parcel().key}@plan.example>"


def test_a_server_whose_certificate_nobody_trusts_gets_no_letter(running):
    box, server = running
    with pytest.raises(NotCarried, match="took no letter"):
        sender_to(server, None).post(parcel())
    assert box.kept == []


def test_a_wrong_password_is_not_shown(running, trusted):
    _, server = running
    mail = sender_to(server, trusted, "a-wrong-password")
    with pytest.raises(NotCarried, match="answered 535") as refused:
        mail.post(parcel())
    assert "a-wrong-password" not in f"{refused.value}{mail!r}"


@pytest.mark.parametrize(
    ("what", "answer", "sentence"),
    [
        ("refuses_reader", "550 no such mailbox", "refuses the reader's address"),
        ("refuses_data", "451 try again later", "answered 451"),
        ("refuses_data", "554 no", "answered 554"),
    ],
)
def test_what_the_server_answers_is_told_without_the_address(running, trusted, what, answer, sentence):
    box, server = running
    setattr(box, what, answer)
    with pytest.raises(NotCarried, match=sentence) as refused:
        sender_to(server, trusted).post(parcel())
    assert OFFICE not in str(refused.value)


def test_a_server_that_is_away_leaves_the_letter_waiting():
    with pytest.raises(NotCarried, match="took no letter"):
        SecureMail(SENDER, MailServer("localhost", 1)).post(parcel())


def test_the_folder_keeps_a_message_once(tmp_path):
    mail = SecureMail(SENDER, MailFolder(tmp_path / "out"))
    mail.post(parcel())
    first = (tmp_path / "out" / f"{parcel().key}.eml").read_bytes()
    mail.post(parcel())
    assert [p.read_bytes() for p in (tmp_path / "out").iterdir()] == [first]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"to": "nobody"}, "address on record is none"),
        ({"to": "a@b.example\r\nBcc: c@d.example"}, "address on record is none"),
        ({"certificate": "none"}, "cannot be read"),
        ({"certificate": holder("weak.example", 1024).certificate}, "no RSA key of 2,048 bits"),
    ],
)  # fmt: skip
def test_without_a_sound_address_and_certificate_nothing_is_sent(tmp_path, other, sentence):
    with pytest.raises(NotCarried, match=sentence):
        SecureMail(SENDER, MailFolder(tmp_path)).post(parcel(**other))
    assert not list(tmp_path.iterdir())


def test_the_newest_verified_address_of_an_office_holds_and_ends_the_one_before(as_plan):
    keep_address(NPI, "fax", "1-714-555-0151", verified_on=date(2026, 10, 5), verified_by="Ann Oak")  # Monday
    keep_address(NPI, "fax", "1-714-555-0160", verified_on=MONDAY, verified_by="Ann Oak")
    assert address_of(NPI, "fax", date(2026, 11, 20)).to == "+17145550151"  # Friday
    assert address_of(NPI, "fax", MONDAY).to == "+17145550160"
    assert address_of(NPI, "email", MONDAY) is None


def test_an_address_counts_as_verified_for_a_year_and_no_longer(as_plan):
    keep_address(NPI, "fax", "1-714-555-0151", verified_on=date(2025, 11, 24), verified_by="Ann Oak")  # Monday
    assert address_of(NPI, "fax", date(2026, 11, 24)) is not None  # Tuesday
    assert address_of(NPI, "fax", date(2026, 11, 25)) is None  # Wednesday


def test_an_office_whose_certificate_has_ended_gets_no_e_mail(as_plan):
    ends = holder("ends.example", last_year=2026).certificate
    keep_address(NPI, "email", OFFICE, certificate=ends, verified_on=MONDAY, verified_by="Ann Oak")
    assert address_of(NPI, "email", date(2026, 12, 31)) is not None  # Thursday
    assert address_of(NPI, "email", date(2027, 1, 1)) is None  # Friday


@pytest.mark.parametrize(
    ("npi", "by", "to", "certificate", "sentence"),
    [
        ("1679576723", "fax", "1-714-555-0151", "", "no NPI"),
        (NPI, "fax", "911", "", "no number that can be dialled"),
        (NPI, "email", "nobody", "", "no e-mail address"),
        (NPI, "email", OFFICE, "", "cannot be read"),
        (NPI, "email", OFFICE, holder("past.example", last_year=2025).certificate, "not valid on that day"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_in_a_sentence(as_plan, npi, by, to, certificate, sentence):
    with pytest.raises(NotAnAddress, match=sentence):
        keep_address(npi, by, to, certificate=certificate, verified_on=MONDAY, verified_by="Ann Oak")
    assert not OfficeAddress.objects.exists()
