"""Every check finds what it is for, and a healthy county has nothing to find.

Each row below is damage that the program cannot do: it is done as the owner of the tables, with their guards off.
"""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connections

from county import NOW, county
from emptying import empty_tables
from referrals.life import DENIAL, PDF, asked, given_a_referral_with_a_physician, given_an_authorized_referral
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter, Mailing
from secondopinion.people.models import Member
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.afterwards import take_acknowledgements
from secondopinion.referrals.chain import ask_for_another
from secondopinion.referrals.checks.every import EVERY
from secondopinion.referrals.language_work import read_out
from secondopinion.referrals.models import ReadingAloud, Referral
from secondopinion.referrals.overnight import differences, overnight
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import receive
from secondopinion.referrals.right_owed import owe_what_is_due
from secondopinion.referrals.right_telling import tell_who_waits
from secondopinion.referrals.sweep import take_due
from secondopinion.referrals.told import Choose, Report, Schedule, See, Withdraw
from secondopinion.referrals.told_translating import ReadAloud

GUARDED = (
    "referrals_event",
    "referrals_notice",
    "letters_letter",
    "letters_mailing",
    "referrals_readingaloud",
    "referrals_rightstatement",
    "referrals_referral",
    "referrals_runningclock",
)
DAMAGED = (*GUARDED, "people_license", "directory_candidateat")
NIGHT = datetime(2026, 12, 1, 10, 30, tzinfo=UTC)  # Tuesday 02:30 in California


def given_a_county_where_everything_happened(mailing):
    """Referrals in many states: authorized, scheduled, denied, deemed denied, withdrawn, closed and followed."""
    with plan_scope(NOW.date()):
        there = county()
        intake, physician = there.person("intake@plan"), there.person("physician@plan")
        given_an_authorized_referral(there)
        scheduled = given_an_authorized_referral(there)
        advance(scheduled.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
        advance(scheduled.pk, Schedule(NOW + timedelta(days=20)), person=intake, now=NOW)
        denied = given_a_referral_with_a_physician(there, member=there.joe, program="onecare")
        told = DENIAL.__class__(**{f: getattr(DENIAL, f) for f in DENIAL.__slots__} | {
            "medicare_reason": "Medicare covers what is reasonable and necessary.",
            "medi_cal_reason": "Medi-Cal covers what is medically necessary."})  # fmt: skip
        advance(denied.pk, told, person=physician, now=NOW)
        receive(asked(there, member=there.maria, requester="physician"), person=intake, now=NOW)
        withdrawn = receive(asked(there, member=there.maria, condition="x"), person=intake, now=NOW)
        advance(withdrawn.referral_id, Withdraw("member", "Maria", "No more."), person=intake, now=NOW)
        seen = given_an_authorized_referral(there)
        advance(seen.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
        day = NOW + timedelta(days=1)
        advance(seen.pk, See(date(2026, 11, 24)), person=intake, now=day)  # Tuesday
        report = Report("not-needed", "Exercise first.", "", date(2026, 11, 24), "r.pdf", PDF)
        advance(seen.pk, report, person=intake, now=day)
        mail_all(mailing, day)
        seen.refresh_from_db()
        ask_for_another(seen, channel="phone", received_at=day, requester="member", requester_name="Member One",
                        person=intake, now=day)  # fmt: skip
        mail_all(mailing, day)
    tell_everybody(mailing, NOW)
    take_due(datetime(2026, 12, 1, 7, 45, tzinfo=UTC))  # Monday 23:45: the time of Maria's physician is over
    with plan_scope(NOW.date()):
        mail_all(mailing, NIGHT)
        acknowledge_all(NIGHT)
        read_out_all(there.person("nurse@citrus"), NIGHT)
        return dict(Referral.objects.order_by("number").values_list("number", "state"))


def mail_all(folder, now):
    for letter in Letter.objects.filter(mailed_at__isnull=True).order_by("owed_at"):
        post(letter.pk, now=now, carrier=PrintHouse(folder))


def tell_everybody(folder, now):
    """Of nobody is it known that the Member was told of the right: each is owed a statement, and gets it."""
    with plan_scope(now.date()):
        assert owe_what_is_due(now) == Member.objects.count()
    assert tell_who_waits(now, PrintHouse(folder)).kept == 0


def read_out_all(nurse, now):
    """Maria reads Spanish; the letters that were not written in it are read out to her."""
    for task in ReadingAloud.objects.filter(done_at__isnull=True):
        read_out(task.referral_id, ReadAloud(task.letter_id, "read", "Interpreter 4711"), person=nurse, now=now)


def acknowledge_all(now):
    """The print house answers for every letter."""
    rows = ["mailing_id,sha256,status,on,reason"]
    for mailing in Mailing.objects.filter(carrier="print").select_related("letter"):
        rows.append(f"{mailing.letter_id},{mailing.letter.pdf_sha256},accepted,{mailing.handed_over_at:%Y-%m-%d},")
    assert take_acknowledgements("\n".join(rows).encode(), now).refused == ()


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker, test_owner, tmp_path_factory):
    """A county where everything happened, told once for this file, with a copy of its rows: its states by number."""
    with django_db_blocker.unblock():
        states = given_a_county_where_everything_happened(tmp_path_factory.mktemp("print-house"))
        with unguarded(test_owner) as connection:
            connection.execute("CREATE SCHEMA kept")
            for table in DAMAGED:
                connection.execute(f"CREATE TABLE kept.{table} AS TABLE {table}")
        yield states
        connections.close_all()
    with psycopg.connect(**test_owner.for_psycopg()) as connection:
        connection.execute("DROP SCHEMA kept CASCADE")
    empty_tables(test_owner)


@pytest.fixture
def whole(lived, django_db_blocker, test_owner):
    """The county as it was lived; whatever the test damages is put back afterwards."""
    with django_db_blocker.unblock():
        yield lived
    with unguarded(test_owner) as connection:
        for table in DAMAGED:
            connection.execute(f"DELETE FROM {table}")
        for table in DAMAGED:
            connection.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept.{table}")


@contextmanager
def unguarded(owner):
    """The owner's connection, the guards of the tables switched off: here can be done what nobody else can."""
    with psycopg.connect(**owner.for_psycopg()) as connection:
        for table in GUARDED:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield connection
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found_by(summary):
    return {t.check.name: [(d.number, d.what) for d in t.first] for t in summary.tallies if t.count}


def of(state):
    """The one referral (the first by number) in a state, for a WHERE."""
    return f"(SELECT id FROM referrals_referral WHERE state = '{state}' ORDER BY number LIMIT 1)"


DAMAGE = {
    "history": f"DELETE FROM referrals_event WHERE step = 'take_up' AND referral_id = {of('denied')}",
    "hashes": f"UPDATE referrals_event SET actor = 'Somebody else' WHERE position = 1 AND referral_id = {of('denied')}",
    "state": f"UPDATE referrals_referral SET state = 'nurse_review' WHERE id = {of('authorized')}",
    "answers": f"UPDATE referrals_referral SET no = 1024 WHERE id = {of('scheduled')}",
    "row": f"UPDATE referrals_referral SET valid_until = '2029-01-01' WHERE id = {of('scheduled')}",
    "steps": f"UPDATE referrals_event SET role = 'intake' WHERE step = 'deny' AND referral_id = {of('denied')}",
    "clocks": "UPDATE referrals_runningclock SET due_at = due_at + interval '1 day'"
    f" WHERE stopped_at IS NULL AND kind = 'visit-record' AND referral_id = {of('scheduled')}",
    "due": f"UPDATE referrals_referral SET due_at = due_at + interval '1 day' WHERE id = {of('scheduled')}",
    "stuck": f"UPDATE referrals_runningclock SET stopped_at = now() WHERE referral_id = {of('scheduled')}",
    "notices": f"DELETE FROM referrals_notice WHERE kind = 'denial_to_member' AND referral_id = {of('denied')}",
    "letters": "UPDATE referrals_event e SET details = jsonb_set(details, '{letter}', (SELECT f.details->'letter'"
    " FROM referrals_event f WHERE f.referral_id = e.referral_id AND f.step = 'mailed' ORDER BY f.position LIMIT 1))"
    f" WHERE e.step = 'mailed' AND e.referral_id = {of('closed')}",
    "mailed": "UPDATE letters_letter SET mailed_at = NULL WHERE kind = 'deemed_denial_to_member'",
    "waiting": "UPDATE letters_letter SET mailed_at = NULL WHERE kind = 'withdrawal_to_member'",
    "acknowledged": "UPDATE letters_mailing SET stands = 'handed_over', acknowledged_at = NULL,"
    " handed_over_at = '2026-11-24 18:00Z' WHERE carrier = 'print' AND letter_id IN"
    f" (SELECT letter_id FROM referrals_notice WHERE referral_id = {of('denied')})",
    "language": "UPDATE referrals_readingaloud SET done_at = NULL, outcome = '', interpreter = ''",
    "signatures": "UPDATE people_license SET to_on = '2026-11-20'",
    "visits": "UPDATE referrals_event SET step = 'see' WHERE step IN ('choose', 'see')"
    f" AND referral_id = {of('closed')}",
    "chain": "UPDATE referrals_referral SET opinion_number = 2 WHERE follows_id IS NOT NULL",
    "candidates": "DELETE FROM directory_candidateat",
    "told": "UPDATE referrals_rightstatement SET told_on = NULL, told_by = '', evidence = ''"
    " WHERE id = (SELECT id FROM referrals_rightstatement ORDER BY due_on, id LIMIT 1)",
}  # fmt: skip


def test_a_county_where_everything_happened_has_nothing_to_find(whole):
    assert set(whole.values()) == {"authorized", "scheduled", "denied", "deemed_denied", "withdrawn", "closed"}
    everything = overnight(NIGHT, everything=True)
    assert (everything.looked, found_by(everything)) == (len(whole), {})
    with plan_scope(NOW.date()):
        assert list(differences()) == []
    # Finished, every letter out and every clock ended: not looked at.
    assert overnight(NIGHT).looked == sum(state in ("authorized", "scheduled") for state in whole.values())


def test_every_check_has_a_sentence_a_name_of_its_own_and_a_test():
    assert {check.name for check in EVERY} == set(DAMAGE)
    assert len({check.sentence for check in EVERY}) == len(EVERY)
    assert all(check.sentence.endswith(".") for check in EVERY)


@pytest.mark.parametrize("name", DAMAGE)
def test_a_check_finds_what_it_is_for(whole, test_owner, name):
    with unguarded(test_owner) as connection:
        assert connection.execute(DAMAGE[name]).rowcount > 0
    found = found_by(overnight(NIGHT, everything=True))
    assert name in found, found
    told = " ".join(what for _, what in found[name])
    assert "Member One" not in told
    assert "Maria" not in told
