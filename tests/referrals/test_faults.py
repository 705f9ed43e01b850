"""What happens when two act at once, and when the database or the process dies in the middle of a step."""

import threading

import psycopg
import pytest
from django.db import connection, connections
from django.db.utils import OperationalError

from county import NOW, county
from referrals.life import YES, asked
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import advance as door
from secondopinion.referrals import posting
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Change
from secondopinion.referrals.ledger import lock, write
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Referral, RunningClock
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import Answer, Authorize


@pytest.fixture
def referral_id(committed):
    """A committed referral that waits for answers, and the county around it."""
    with plan_scope(NOW.date()):
        there = county()
        taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    return there, taken.referral_id


def test_of_two_people_deciding_at_once_one_is_told_that_the_referral_has_moved_on(referral_id):
    there, referral = referral_id
    with plan_scope(NOW.date()):
        advance(referral, Answer(YES), person=there.person("nurse@plan"), now=NOW)
        nurse, physician = there.person("nurse@plan"), there.person("physician@plan")
    start, outcomes = threading.Barrier(2), []

    def decide(person):
        try:
            start.wait()
            with plan_scope(NOW.date()):
                outcomes.append(advance(referral, Authorize(), person=person, now=NOW, seen=2).state)
        except Refused as refused:
            outcomes.append(str(refused))
        finally:
            connections.close_all()

    both = [threading.Thread(target=decide, args=(p,)) for p in (nurse, physician)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(o == "authorized" for o in outcomes) == [False, True]
    assert any("has moved on" in o for o in outcomes)
    with plan_scope(NOW.date()):
        assert Event.objects.filter(referral_id=referral, step="authorize").count() == 1


def test_whoever_waits_for_the_lock_reads_the_clocks_as_the_other_left_them(referral_id):
    there, referral = referral_id
    with plan_scope(NOW.date()):
        nurse = there.person("nurse@plan")
    read = []

    def wait_for_it():
        with plan_scope(NOW.date()):
            read.append(lock(referral))
        connections.close_all()

    with plan_scope(NOW.date()):
        held = lock(referral)
        other = threading.Thread(target=wait_for_it)
        other.start()
        other.join(0.5)
        assert other.is_alive()
        write(held.referral, held.clocks, "hand_over", "closed", Change(), nurse, "nurse", NOW)
    other.join()
    assert held.clocks
    assert (read[0].referral.state, read[0].clocks) == ("closed", ())


def test_a_database_killed_in_the_middle_of_a_step_leaves_nothing_half_written(referral_id, test_owner, monkeypatch):
    there, referral = referral_id
    write = door.write

    def killed(*args, **kwargs):
        with psycopg.connect(**test_owner.for_psycopg(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return write(*args, **kwargs)

    with plan_scope(NOW.date()):
        nurse = there.person("nurse@plan")
    monkeypatch.setattr(door, "write", killed)
    with pytest.raises(OperationalError), plan_scope(NOW.date()):
        advance(referral, Answer(YES), person=nurse, now=NOW)
    monkeypatch.undo()
    connections.close_all()
    with plan_scope(NOW.date()):
        row = Referral.objects.get(pk=referral)
        assert (row.position, row.yes) == (1, 0)
        assert Event.objects.filter(referral=row).count() == 1
        assert not Letter.objects.exists()
        advance(referral, Answer(YES), person=nurse, now=NOW)


@pytest.mark.parametrize("where", ["before the proof", "after the proof"])
def test_a_worker_killed_while_mailing_mails_once_all_the_same(referral_id, tmp_path, monkeypatch, where):
    there, referral = referral_id
    with plan_scope(NOW.date()):
        nurse = there.person("nurse@plan")
        advance(referral, Answer(YES), person=nurse, now=NOW)
        letter_id = advance(referral, Authorize(), person=nurse, now=NOW).letters[0]
    carrier = PrintHouse(tmp_path)
    step = posting.advance

    class Killed(BaseException):
        pass

    def dies(*args, **kwargs):
        if where == "after the proof":
            step(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(posting, "advance", dies)
    with pytest.raises(Killed):
        posting.post(letter_id, now=NOW, carrier=carrier)
    monkeypatch.undo()
    assert posting.post(letter_id, now=NOW, carrier=carrier) is True
    assert posting.post(letter_id, now=NOW, carrier=carrier) is False
    assert len([f for f in tmp_path.glob("*/*.pdf") if "enclosure" not in f.name]) == 1
    assert len(list(tmp_path.glob("*/*enclosure*.pdf"))) == 2  # the leaflets of an approval
    assert len(next(tmp_path.glob("*/manifest.csv")).read_text().splitlines()) == 2
    with plan_scope(NOW.date()):
        assert Event.objects.filter(referral_id=referral, step="mailed").count() == 1
        clock = RunningClock.objects.filter(referral_id=referral, kind="member-notice")
        assert {c.stopped_at for c in clock} == {NOW}
