"""A worker is killed at every line of the mailing job, for each carrier: one mailing, one paper, one line, one event.

A mail server that took a message and whose worker died before it could write that down gets the message twice, under
one Message-ID: SMTP has no more to offer. The mailbox here keeps messages by that, as mailboxes do.
"""

from __future__ import annotations

import csv
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from county import TODAY
from letters.offices import holder
from letters.test_fax import Gateway
from secondopinion.letters.models import Letter, Mailing
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event
from secondopinion.site import database, state

TESTS = Path(__file__).parents[1]


class Mailbox:
    """Keeps a message for each Message-ID."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.came = 0

    async def handle_DATA(self, server, session, envelope) -> str:
        self.came += 1
        self.kept[message_from_bytes(envelope.content)["Message-ID"]] = envelope.content
        return "250 OK"


@pytest.fixture
def gateway() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.told, server.faxes, server.reports, server.answers = [], {}, {}, 204
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[tuple[Mailbox, int, Path]]:
    pem, key = tmp_path / "server.pem", tmp_path / "server.key"
    pem.write_text(holder("localhost").certificate)
    key.write_bytes(holder("localhost").key_pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox()
    server = Controller(box, hostname="localhost", port=port, tls_context=context, require_starttls=True)
    server.start()
    yield box, port, pem
    server.stop()


def killed(owner: database.Address, **told: str) -> dict[str, bool]:
    """Kill a worker at every line. The letters, and whether mailing them once more still had something to do."""
    where = f"postgresql://{owner.user}:{owner.password}@{owner.host}:{owner.port}/{owner.name}"
    app = where.replace(f"{owner.user}:{owner.password}", f"{database.APP_ROLE}:{state.kept_secret('database-app')}")
    env = {
        **os.environ, "DATABASE_URL": where, "SECONDOPINION_APP_DATABASE_URL": app,
        "DJANGO_SETTINGS_MODULE": "secondopinion.site.settings", "SECONDOPINION_DEMO": "1",
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")]),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "referrals.killing", json.dumps(told)], env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    said = json.loads(done.stdout)
    assert len(said) > 60, "every line of the job was tried"
    assert next(iter(said.values())), "killed at the first line, everything was still to be done"
    assert not list(said.values())[-1], "the last child came to its end, and nothing was left to do"
    return said


def one_of_each(letters: dict[str, bool], carrier: str, *, has_left: bool = True) -> None:
    """Each letter has one mailing by the carrier, and one event once it has left."""
    with plan_scope(TODAY):
        rows = Mailing.objects.filter(letter__in=letters).exclude(carrier="portal").values_list("letter_id", "carrier")
        assert Counter(rows) == {(letter.pk, carrier): 1 for letter in Letter.objects.filter(pk__in=letters)}
        events = Event.objects.filter(step__in=("mailed", "mailed_again")).values_list("details__letter", flat=True)
        assert Counter(events) == (dict.fromkeys(letters, 1) if has_left else {})
        assert not Mailing.objects.filter(letter__in=letters, stands="waiting").exists()


def test_the_print_house_gets_each_letter_once_and_the_member_one_copy(committed, test_owner, tmp_path):
    letters = killed(test_owner, by="print", folder=str(tmp_path))
    one_of_each(letters, "print")
    listed: list[str] = []
    for path in tmp_path.glob("*/2026-11-23/manifest.csv"):
        with path.open(newline="") as file:
            listed += [row["letter_id"] for row in csv.DictReader(file)]
    assert Counter(listed) == dict.fromkeys(letters, 1)
    own = [path.name for path in tmp_path.rglob("*.pdf") if "-enclosure-" not in path.name]
    assert Counter(own) == {f"{letter}.pdf": 1 for letter in letters}
    with plan_scope(TODAY):
        copies = Mailing.objects.filter(carrier="portal", stands="arrived").values_list("letter_id", flat=True)
        assert Counter(map(str, copies)) == dict.fromkeys(letters, 1)


def test_the_fax_gateway_gets_each_letter_under_one_key(committed, test_owner, tmp_path, gateway):
    address = f"http://127.0.0.1:{gateway.server_port}"
    letters = killed(test_owner, by="fax", folder=str(tmp_path), gateway=address)
    one_of_each(letters, "fax", has_left=False)
    assert set(gateway.faxes) == {f"/faxes/{letter}" for letter in letters}


def test_the_fax_folder_gets_each_letter_once(committed, test_owner, tmp_path):
    letters = killed(test_owner, by="fax folder", folder=str(tmp_path))
    one_of_each(letters, "fax", has_left=False)
    sent = tmp_path / "outgoing"
    assert {p.name for p in sent.glob("*.json")} == {f"{letter}.json" for letter in letters}
    assert {p.name for p in sent.glob("*.pdf")} == {f"{letter}.pdf" for letter in letters}


def test_the_mail_server_gets_each_letter_under_one_message_id(committed, test_owner, tmp_path, mailbox):
    box, port, trusted = mailbox
    letters = killed(test_owner, by="email", folder=str(tmp_path), port=str(port), trusted=str(trusted))
    one_of_each(letters, "email")
    assert set(box.kept) == {f"<{letter}@plan.example>" for letter in letters}


def test_the_mail_folder_gets_each_letter_once(committed, test_owner, tmp_path):
    letters = killed(test_owner, by="email folder", folder=str(tmp_path))
    one_of_each(letters, "email")
    assert {p.name for p in tmp_path.glob("*.eml")} == {f"{letter}.eml" for letter in letters}
