"""Two people and a worker at the same words at once, and people killed at every line: one approval, one mailing."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any
from uuid import UUID

from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob

from county import NOW, TODAY, County, county
from referrals.life import steps
from referrals.mailed import manifest
from referrals.spanish import approval, denied_in_spanish, to_the_reader, translated
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.letters.refusal import KeptBack
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import language_work
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral, Translation
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.posting import post
from secondopinion.referrals.told_translating import ApproveWords
from secondopinion.referrals.translating import enter

WRITING = ("/referrals/language_work.py", "/referrals/translating.py", "/referrals/advance.py", "/referrals/ledger.py")


def given_words_that_wait() -> tuple[County, UUID, Letter, ApproveWords]:
    """A letter whose words are entered by a nurse, committed."""
    with plan_scope(TODAY):
        there = county()
        way = denied_in_spanish(there)
        letter = to_the_reader(way.referral)
        return there, way.referral, letter, approval(translated(there, letter))


def at_once(*doing: Callable[[], object]) -> list[object]:
    """Each in a thread and a transaction of its own, all let go together; what came of each."""
    ready = threading.Barrier(len(doing))

    def one(act: Callable[[], object]) -> object:
        try:
            ready.wait(5)
            with plan_scope(TODAY):
                return act()
        except (Refused, KeptBack) as refused:
            return type(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(doing)) as pool:
        return [each.result() for each in [pool.submit(one, act) for act in doing]]


def jobs(letter: Letter) -> int:
    return ProcrastinateJob.objects.filter(args__letter_id=str(letter.pk)).count()


def test_two_who_approve_at_once_approve_once(committed):
    there, referral, letter, told = given_words_that_wait()
    with plan_scope(TODAY):
        people = [there.person(name) for name in ("appeals@plan", "intake@plan")]
    came = at_once(*(lambda p=p: language_work.approve(referral, told, person=p, now=NOW) for p in people))
    assert came.count(Refused) == 1
    with plan_scope(TODAY):
        assert steps(Referral.objects.get(pk=referral)).count("approve_words") == 1
        assert jobs(letter) == 1
        assert set(Translation.objects.filter(letter=letter).values_list("approved_by", flat=True)) < {
            person.name for person in people
        } | {""}


def test_who_changes_the_words_while_another_approves_changes_them_before_or_not_at_all(committed):
    there, referral, letter, told = given_words_that_wait()
    with plan_scope(TODAY):
        row = Translation.objects.filter(letter=letter).first()
        nurse, other = there.person("nurse@plan"), there.person("appeals@plan")
    came = at_once(
        lambda: language_work.approve(referral, told, person=other, now=NOW),
        lambda: enter(referral, letter.pk, {row.pk: "Otra cosa."}, "Puente", person=nurse, now=NOW),
    )
    assert came.count(Refused) == 1, "one of the two came first"
    with plan_scope(TODAY):
        row.refresh_from_db()
        approved = row.approved_at is not None
        assert (row.text == "Otra cosa.") is not approved, "nobody approved what nobody read"
        assert jobs(letter) == (1 if approved else 0)


def test_a_worker_that_looks_while_the_words_are_approved_finds_all_of_them_or_leaves_the_letter(committed, tmp_path):
    there, referral, letter, told = given_words_that_wait()
    with plan_scope(TODAY):
        other = there.person("appeals@plan")
    house = PrintHouse(tmp_path)

    def worker() -> object:
        return post(letter.pk, now=NOW, carrier=house)

    came = at_once(lambda: language_work.approve(referral, told, person=other, now=NOW), worker)
    assert came[1] in (True, KeptBack)
    with plan_scope(TODAY):
        assert jobs(letter) == 1, "the approval sends the worker in any case"
    assert post(letter.pk, now=NOW, carrier=house) is (came[1] is KeptBack)
    assert [row["letter_id"] for row in manifest(house)] == [str(letter.pk)]
    with plan_scope(TODAY):
        assert steps(Referral.objects.get(pk=referral)).count("mailed") == 1


def killed_at(nth: int) -> Callable[..., Any]:
    """A trace that kills this process at the nth line of the approval."""
    left = nth

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if not any(part in frame.f_code.co_filename for part in WRITING):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


def killed_while(act: Callable[[], object], nth: int) -> bool:
    """Do something in a child that is killed at its nth line. False: it came to its end before."""
    connections.close_all()
    child = os.fork()
    if not child:
        sys.settrace(killed_at(nth))
        with plan_scope(TODAY):
            act()
        sys.settrace(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0, "the child failed by itself"
    return False


def test_whoever_is_killed_at_any_line_of_an_approval_has_approved_all_with_its_job_or_nothing(committed, monkeypatch):
    # A typesetter's threads do not survive a fork; that the letter can be printed is proved elsewhere.
    monkeypatch.setattr("secondopinion.referrals.translating.finished", lambda letter, words: None)
    there, referral, letter, told = given_words_that_wait()
    with plan_scope(TODAY):
        other = there.person("appeals@plan")
    killed, lines = True, 0
    while killed:
        lines += 1
        killed = killed_while(lambda: language_work.approve(referral, told, person=other, now=NOW), lines)
        with plan_scope(TODAY):
            waiting = Translation.objects.filter(letter=letter, approved_at__isnull=True).count()
            events = steps(Referral.objects.get(pk=referral)).count("approve_words")
            assert (waiting, jobs(letter), events) in ((len(told.seen), 0, 0), (0, 1, 1)), f"line {lines}"
        killed = killed and bool(waiting)
    assert lines > 60, "every line of the approval was tried"
    with plan_scope(TODAY):
        number = Referral.objects.values_list("number", flat=True).get(pk=referral)
        assert list(differences([number])) == []
