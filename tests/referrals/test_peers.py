"""A treating provider who wants to talk with a physician is called in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from county import NOW, County
from policy.when import at
from referrals.brought import WORDS, authorized, denied, peer_asked, with_a_physician
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral, RunningClock
from secondopinion.referrals.told_review import AnswerPeer, AskPeer

LIND = ("Dr. Lind", "1-714-555-0150")


def test_a_call_is_due_in_half_an_hour_or_one_business_day_and_orders_the_list(there: County) -> None:
    for emergency, due in ((True, "Monday 2026-11-23 10:30"), (False, "Tuesday 2026-11-24 23:59:59")):
        way = with_a_physician(there).then(AskPeer(NOW, *LIND, emergency))
        row = Referral.objects.get(pk=way.referral)
        assert (row.due_at, row.due_kind) == (at(due), "peer")


def test_after_a_denial_the_talk_is_possible_and_after_a_plain_yes_there_is_nothing_to_talk_over(there: County) -> None:
    way = denied(there).then(AskPeer(NOW, *LIND))
    assert RunningClock.objects.filter(referral_id=way.referral, kind="peer", stopped_at=None).exists()
    with pytest.raises(Refused, match="no decision to talk over"):
        authorized(there).then(AskPeer(NOW, *LIND))


def test_a_physician_ends_it_at_the_instant_of_the_call_and_nobody_else_does(there: County) -> None:
    way = peer_asked(there)
    with pytest.raises(Refused, match="is not yours to do"):
        way.then(AnswerPeer(WORDS), "nurse@plan")
    with pytest.raises(Refused, match="after it was asked for"):
        way.then(AnswerPeer(WORDS, NOW - timedelta(minutes=1)), "physician@plan")
    called, now = at("Tuesday 2026-11-24 16:00"), at("Wednesday 2026-11-25 09:00")
    way.then(AnswerPeer(WORDS, called), "physician@plan", now)
    clock = RunningClock.objects.get(referral_id=way.referral, kind="peer")
    assert (clock.outcome, clock.stopped_at) == ("met", called)
    with pytest.raises(Refused, match="No treating provider waits"):
        way.then(AnswerPeer(WORDS), "physician@plan", now)


def test_one_provider_waits_at_a_time_and_may_ask_again_later(there: County) -> None:
    way = peer_asked(there)
    with pytest.raises(Refused, match="waits for a call already"):
        way.then(AskPeer(NOW, *LIND, emergency=True))
    way.then(AnswerPeer(WORDS), "physician@plan").then(AskPeer(NOW, *LIND, emergency=True))
    assert Referral.objects.get(pk=way.referral).due_at == at("Monday 2026-11-23 10:30")
    for wrong in (AskPeer(NOW, "", LIND[1]), AskPeer(NOW, LIND[0], " ")):
        with pytest.raises(Refused, match="at which number"):
            with_a_physician(there).then(wrong)
