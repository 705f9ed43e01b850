"""The post room: carriers from settings, batches closed at their times, acknowledgements read from their folder."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from procrastinate.contrib.django.models import ProcrastinateJob

from county import NOW, TODAY, county
from referrals.mailed import acknowledged, to_the_member
from secondopinion.letters.carriers import Fax, FaxFolder, FaxGateway, MailFolder, MailServer, NotCarried, SecureMail
from secondopinion.letters.models import Letter, Mailing
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.posting import post
from secondopinion.referrals.sweep import Swept
from secondopinion.site import postroom, tasks
from secondopinion.site.worker import run_jobs

HOUR = timedelta(hours=1)


@pytest.fixture
def house(settings, tmp_path) -> Path:
    settings.PRINT_HOUSE = tmp_path
    return tmp_path


def test_without_settings_there_is_paper_only(settings):
    settings.FAX = settings.MAIL = ""
    assert postroom.electronic() == {}


@pytest.mark.parametrize(
    ("fax", "mail", "line", "postman"),
    [
        ("folder:/a/b", "folder:/c/d", FaxFolder(Path("/a/b")), MailFolder(Path("/c/d"))),
        ("https://fax.example/", "smtp://mail.example", FaxGateway("https://fax.example/", "t"),
         MailServer("mail.example", 587, "starttls", "u", "p")),
        ("http://localhost:8080/", "smtps://mail.example", FaxGateway("http://localhost:8080/", "t"),
         MailServer("mail.example", 465, "tls", "u", "p")),
    ],
)  # fmt: skip
def test_carriers_are_those_of_the_settings(settings, fax, mail, line, postman):
    settings.FAX, settings.FAX_TOKEN, settings.MAIL, settings.MAIL_FROM = fax, "t", mail, "a@plan.example"
    settings.MAIL_USER, settings.MAIL_PASSWORD = "u", "p"
    assert postroom.electronic() == {"fax": Fax(line), "email": SecureMail("a@plan.example", postman)}


@pytest.mark.parametrize(
    ("fax", "mail", "sender"),
    [("ftp://fax.example", "", ""), ("", "mail.example", "a@b.example"), ("", "folder:/c", ""),
     ("", "smtp://user:a-mail-password@mail.example", "a@b.example")],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused_without_showing_a_secret(settings, fax, mail, sender):
    settings.FAX, settings.MAIL, settings.MAIL_FROM = fax, mail, sender
    with pytest.raises(ImproperlyConfigured, match="SECONDOPINION_") as refused:
        postroom.electronic()
    assert "a-mail-password" not in str(refused.value)


@pytest.mark.parametrize(
    ("at", "closings"),
    [("18:59", 0), ("19:00", 1), ("22:59", 1), ("23:00", 2)],  # UTC; California is eight hours behind in November
)
def test_a_days_closing_times_are_pacific(settings, at, closings):
    settings.BATCH_CLOSES = "11:00 15:00 23:50"
    assert postroom.closings_so_far(datetime.fromisoformat(f"2026-11-23T{at}:00+00:00")) == closings  # Monday


def test_every_minute_the_batch_is_closed_and_what_came_is_read(as_plan, house, settings, caplog):
    settings.BATCH_CLOSES = "11:00"
    found, letter = to_the_member(county())
    post(letter.pk, now=NOW, carrier=postroom.print_house())
    assert postroom.close_batches(NOW) == 0
    with caplog.at_level(logging.INFO, logger="secondopinion.post"):
        assert postroom.close_batches(NOW + HOUR) == 1
    assert (house / "2026-11-23" / "batch.json").exists()
    inbox = house / "acknowledgements"
    inbox.mkdir()
    bad = acknowledged(letter, "mailed", mailing_id="7").splitlines(keepends=True)[1]
    (inbox / "answer.csv").write_bytes(acknowledged(letter, "mailed") + bad)
    (inbox / "other.csv").write_bytes(b"%PDF")
    with caplog.at_level(logging.INFO, logger="secondopinion.post"):
        assert postroom.read_acknowledgements(NOW + HOUR) == 2
    assert Mailing.objects.get(letter=letter, carrier="print").postmarked_on == TODAY
    read = {path.name: path.read_text() for path in (inbox / "read").iterdir() if "refused" in path.name}
    assert read["answer.refused.csv"].splitlines()[1].startswith("3,")
    assert "The first line must be" in read["other.refused.csv"]
    assert [path.name for path in inbox.glob("*.csv")] == []
    assert postroom.read_acknowledgements(NOW + HOUR) == 0
    assert "1 new, 0 known, 1 refused" in caplog.text
    for secret in ("Member One", "surgery", found.number, "denial", "approval"):
        assert secret not in caplog.text, "log lines hold no health data"


def test_the_pauses_between_tries_double_up_to_a_quarter_of_an_hour():
    strategy, now = tasks.UntilItIsMailed(), datetime.now(UTC)
    waits = []
    for attempts in (0, 1, 2, 5, 8, 40):
        decision = strategy.get_retry_decision(exception=NotCarried(""), job=SimpleNamespace(attempts=attempts))
        waits.append(round((decision.retry_at - now).total_seconds()))
    assert waits == [5, 10, 20, 160, 900, 900]


def test_a_print_house_that_is_down_loses_and_doubles_nothing(committed, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "take_due", lambda now: Swept({}))
    settings.PRINT_HOUSE = tmp_path / "file"
    settings.PRINT_HOUSE.write_text("in the way")
    with plan_scope(TODAY):
        _, letter = to_the_member(county())
    run_jobs(wait=False)
    job = ProcrastinateJob.objects.get(args__letter_id=str(letter.pk))
    assert (job.status, job.attempts) == ("todo", 1)
    with plan_scope(TODAY):
        waiting = Mailing.objects.get(letter=letter, carrier="print")
        assert (waiting.tries, waiting.stands) == (1, "waiting")
        assert "took no letter" in waiting.why
    settings.PRINT_HOUSE.unlink()
    tasks.mail(str(letter.pk), str(job.args["referral_id"]))
    tasks.mail(str(letter.pk), str(job.args["referral_id"]))
    assert len([path for path in tmp_path.rglob("*.pdf") if "-enclosure-" not in path.name]) == 1
    with plan_scope(TODAY):
        assert Letter.objects.get(pk=letter.pk).mailed_at is not None
