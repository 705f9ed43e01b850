"""The one door: nothing else writes an event or a state.

`advance` locks the referral, checks the step against the table, asks the policy itself from the recorded
answers (a caller cannot bring a yes of its own), and writes what becomes true together in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from secondopinion.people.person import Person
from secondopinion.policy.gg1538.questions import Decider
from secondopinion.referrals import (
    aftermath,
    appealing,
    attesting,
    choosing,
    closing,
    consultation,
    correcting,
    deciding,
    hearing,
    objecting,
    outcomes,
    outside,
    peers,
    posted,
    reading_aloud,
    reviewing,
    timing,
    translating,
)
from secondopinion.referrals.change import Change, Taken
from secondopinion.referrals.ledger import lock, write
from secondopinion.referrals.lifecycle import Refused, Step, check, target_of
from secondopinion.referrals.responsible import responsible
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import By
from secondopinion.referrals.told import Told

Verb = Callable[[Snapshot, Any, Person, datetime], Change]
HIGHEST_FIRST: Final = (
    By.PHYSICIAN, By.NURSE, By.INTAKE, By.APPEALS, By.CONTRACTING, By.MEMBER, By.OFFICE, By.PROFESSIONAL, By.POLICY,
    By.SYSTEM,
)  # fmt: skip

VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "classify": reviewing.classify,
        "hand_over": reviewing.hand_over,
        "answer": reviewing.answer,
        "file_record": reviewing.file_record,
        "take_up": reviewing.take_up,
        "ask": reviewing.ask,
        "supply": reviewing.supply,
        "refer_up": reviewing.refer_up,
        "send_back": reviewing.send_back,
        "expedite": timing.expedite,
        "refuse_expedite": timing.refuse_expedite,
        "delay": timing.delay,
        "tell_member": timing.tell_member,
        "late_information": timing.late_information,
        "show_authority": timing.show_authority,
        "deem": timing.deem,
        "authorize": deciding.authorize,
        "reverse": deciding.reverse,
        "deny": deciding.deny,
        "withdraw": deciding.withdraw,
        "tell_requester": deciding.tell_requester,
        "limit": outcomes.limit,
        "grant_in_part": outcomes.grant_in_part,
        "dismiss": outcomes.dismiss,
        "vacate": outcomes.vacate,
        "rescind": outcomes.rescind,
        "tell_cost": outcomes.tell_cost,
        "excuse": outcomes.excuse,
        "search": outside.search,
        "attest_training": attesting.attest_training,
        "agree_outside": outside.agree_outside,
        "draft_agreement": outside.draft_agreement,
        "sign_agreement": outside.sign_agreement,
        "drop_agreement": outside.drop_agreement,
        "give_page": choosing.give_page,
        "take_back_page": choosing.take_back_page,
        "choose": choosing.choose,
        "choose_again": choosing.choose_again,
        "pick": choosing.pick,
        "none_suits": choosing.none_suits,
        "decline": consultation.decline,
        "schedule": consultation.schedule,
        "miss": consultation.miss,
        "see": consultation.see,
        "report": consultation.report,
        "return_tests": aftermath.return_tests,
        "remind": aftermath.remind,
        "chase": aftermath.chase,
        "lapse": aftermath.lapse,
        "ask_further": aftermath.ask_further,
        "parent_decided": aftermath.parent_decided,
        "dispute": objecting.dispute,
        "acknowledge": objecting.acknowledge,
        "uphold": objecting.uphold,
        "overturn": objecting.overturn,
        "lift": objecting.lift,
        "answer_complaint": objecting.answer_complaint,
        "refuse_fast_appeal": appealing.refuse_fast_appeal,
        "extend_appeal": appealing.extend_appeal,
        "write_answer": appealing.write_answer,
        "forward_to_reviewer": hearing.forward_to_reviewer,
        "reviewer_agrees": hearing.reviewer_agrees,
        "hearing_asked": hearing.hearing_asked,
        "packet_sent": hearing.packet_sent,
        "hearing_upheld": hearing.hearing_upheld,
        "ask_peer": peers.ask_peer,
        "answer_peer": peers.answer_peer,
        "is_new": objecting.is_new,
        "is_appeal": objecting.is_appeal,
        "correct": correcting.correct,
        "record_first": correcting.record_first,
        "carry_over": correcting.carry_over,
        "mailed": closing.mailed,
        "postmarked": posted.postmarked,
        "not_delivered": posted.not_delivered,
        "came_back": posted.came_back,
        "mail_again": posted.mail_again,
        "mailed_again": posted.mailed_again,
        "approve_words": translating.approve_words,
        "read_aloud": reading_aloud.read_aloud,
        "close": closing.close,
    }
)


def advance(referral_id: UUID, told: Told, *, person: Person, now: datetime, seen: int | None = None) -> Taken:
    """Take one step on a referral.

    `told` says which step and everything it needs; `seen` is the position the person had on the screen.
    Raises `Refused` with a sentence when the step may not be taken; then nothing at all is written.
    """
    # Inside a door's transaction no savepoint is needed: nothing is sent before everything was checked.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        locked = lock(referral_id)
        before = locked.referral
        if seen is not None and seen != before.position:
            raise Refused(
                "The referral has moved on since you opened the page: a step was taken in the meantime, by you or "
                "by somebody else. Nothing was done now. Read the history below, then decide again."
            )
        step = check(told.step, before.stands, person.roles)
        _check_decider(step, before, person, now)
        change = VERBS[step.name](before, told, person, now)
        _check_owed(step, change)
        _check_signed(step, change, person)
        target = target_of(step, before.stands).value
        role = role_of(step, person)
        position, letters = write(before, locked.clocks, step.name, target, change, person, role, now)
    return Taken(before.id, before.number, step.name, target, position, letters)


def role_of(step: Step, person: Person) -> str:
    """The role in which the person takes the step: the highest of theirs that the table allows."""
    for role in HIGHEST_FIRST:
        if role in step.by and role.value in person.roles:
            return role.value
    raise Refused(f"“{step.words}” is not yours to do.")


def _check_decider(step: Step, before: Snapshot, person: Person, now: datetime) -> None:
    """Only the entity that answers for the referral today may take a deciding step (II.L)."""
    if not step.decider_only or person.is_a("policy", "system"):
        return
    who = responsible(before, now)
    if who.network == person.network:
        return
    if who.decider is Decider.PLAN:
        raise Refused(
            "The plan decides this request: your network was not delegated to on the day it was received, or is not "
            "any more. You can record answers, information and the visit; the decision stays with the plan."
        )
    raise Refused(
        "The Member's Health Network decides this request: it was delegated to on the day of receipt, or stands in the "
        "place of the one that was. Call the network; its clock has been running since the first receipt."
    )


def _check_owed(step: Step, change: Change) -> None:
    owed = {o.kind for o in change.owes}
    if extra := owed - set(step.owes):
        raise AssertionError(f"The step {step.name} may not owe {sorted(extra)}: the table does not say so.")
    if lacking := set(step.always) - owed:
        raise AssertionError(f"The step {step.name} must owe {sorted(lacking)}: the table says so.")


def _check_signed(step: Step, change: Change, person: Person) -> None:
    """An adverse step bears a physician's signature; no service account has one (HSC 1367.01(e), (k))."""
    if step.adverse and (person.staff_id is None or not change.details.get("signed")):
        raise AssertionError(f"The step {step.name} is adverse and not signed by a physician in person.")
