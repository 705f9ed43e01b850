"""The jobs of the house, run as the worker runs them."""

import logging
from datetime import UTC, datetime, timedelta

import psycopg
from django.conf import settings

from county import LONG_AGO, NOW, county
from referrals.life import YES, asked
from secondopinion.directory.loading.runs import ONE_AT_A_TIME
from secondopinion.directory.models import LoadRun, QualifiedProfessional
from secondopinion.directory.models_dated import LicenseHeld
from secondopinion.directory.models_verifying import HealthReport
from secondopinion.letters.models import Letter
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.checks.every import EVERY
from secondopinion.referrals.models import Referral
from secondopinion.referrals.models_right import RightStatement
from secondopinion.referrals.receive import receive
from secondopinion.site import tasks


def given_an_authorized_referral(at=NOW):
    there = county()
    return receive(asked(there, answers=YES, received_at=at), person=there.person("intake@plan"), now=at)


def test_the_worker_mails_the_letter_that_the_step_owed(committed, run_due_jobs):
    with plan_scope(NOW.date()):
        taken = given_an_authorized_referral()
    run_due_jobs()
    with plan_scope(NOW.date()):
        letter = Letter.objects.get(pk=taken.letters[0])
        assert letter.mailed_at is not None
        assert (settings.PRINT_HOUSE / letter.batch_line).read_bytes() == bytes(letter.pdf)
        steps = Referral.objects.get(pk=taken.referral_id).events.values_list("step", flat=True)
        assert list(steps) == ["receive", "authorize", "mailed"]


def test_the_night_says_a_line_for_each_check_and_what_differs(committed, caplog):
    with plan_scope(NOW.date()):
        taken = given_an_authorized_referral(datetime.now(UTC))  # the night has the real clock
    with caplog.at_level(logging.INFO, logger="secondopinion.overnight"):
        assert tasks.overnight(0) == 0
    assert [r.message.partition(":")[0] for r in caplog.records[:-1]] == [check.name for check in EVERY]
    assert caplog.records[-1].message == "Referrals looked at: 1; nothing found."
    with plan_scope(NOW.date()):
        Referral.objects.filter(pk=taken.referral_id).update(position=7)
    with caplog.at_level(logging.ERROR, logger="secondopinion.overnight"):
        assert tasks.overnight(0) == 1
    assert f"{taken.number}: the position is 7, the history says 2" in caplog.text


def test_every_minute_the_house_takes_the_steps_that_are_due(committed):
    with plan_scope(NOW.date()):
        taken = given_an_authorized_referral()
        Referral.objects.filter(pk=taken.referral_id).update(valid_until=NOW.date() - timedelta(days=400))
    assert tasks.sweep(0) == 1
    with plan_scope(NOW.date()):
        assert Referral.objects.get(pk=taken.referral_id).state == "expired"
    assert tasks.sweep(0) == 0


def test_every_night_the_health_of_the_directory_is_counted_and_kept(committed):
    with plan_scope(NOW.date()):
        county()
    assert tasks.directory_night(0) == 0
    with plan_scope(NOW.date()):
        report = HealthReport.objects.get()
        assert report.figures["contracted"] == 7
        assert report.figures["counts"]["excluded"] == 1


def test_a_licence_that_ends_with_the_day_stops_counting_at_night_even_after_a_night_was_missed(committed):
    today = datetime.now(UTC).astimezone(PACIFIC).date()  # the night has the real clock
    with plan_scope(today):
        who = county().sam
        run = LoadRun.objects.create(kind="plain", file_name="a.csv", file_sha256="0" * 64, on_day=today, state="done")
        LicenseHeld.objects.create(
            professional=who, said_by="plan", said_from_on=LONG_AGO, from_on=LONG_AGO, run=run, number="A1", state="CA",
            status="active", to_on=today - timedelta(days=2),
        )  # fmt: skip
        HealthReport.objects.create(on_day=today - timedelta(days=4), counted_at=NOW, figures={})
        assert QualifiedProfessional.objects.get(pk=who.pk).license_to_on > today
    assert tasks.directory_night(0) == 1
    with plan_scope(today):
        assert QualifiedProfessional.objects.get(pk=who.pk).license_to_on == today - timedelta(days=2)
    assert tasks.directory_night(0) == 0, "a second run of a day finds nothing to do"


def test_while_a_file_is_loaded_the_night_keeps_its_hands_off_and_keeps_no_report(committed, caplog, test_owner):
    with plan_scope(NOW.date()):
        county()
    with psycopg.connect(**test_owner.for_psycopg()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        with caplog.at_level(logging.WARNING, logger="secondopinion.overnight"):
            assert tasks.directory_night(0) == 0
    assert "a file is being loaded" in caplog.text
    with plan_scope(NOW.date()):
        assert not HealthReport.objects.exists()


def test_the_night_owes_the_right_and_the_worker_tells_it(committed):
    with plan_scope(NOW.date()):
        there = county()
    assert tasks.owe_the_right(0) == 4
    assert tasks.owe_the_right(0) == 0
    assert tasks.tell_of_the_right(0) == 4
    assert tasks.tell_of_the_right(0) == 0
    with plan_scope(NOW.date()):
        told = RightStatement.objects.get(member=there.maria)
        assert told.letter is not None
        assert (settings.PRINT_HOUSE / told.evidence).read_bytes() == bytes(told.letter.pdf)
