"""The desk and the worker at the same letter at once: each waits its turn."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from county import NOW, TODAY, county
from referrals.mailed import mailings, steps, to_the_member
from secondopinion.letters.carriers import NotCarried, Parcel, PrintHouse
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.afterwards import send_again
from secondopinion.referrals.posting import post

WORDS = "A new address, told by phone."


class Away:
    """A carrier that takes nothing."""

    def post(self, parcel: Parcel) -> str:
        raise NotCarried("The print house is closed.")


def test_sending_again_while_the_worker_hands_over_waits_its_turn_and_neither_is_thrown_out(committed, tmp_path):
    with plan_scope(TODAY):
        there = county()
        found, letter = to_the_member(there)
        clerk = there.person("intake@plan")
    with pytest.raises(NotCarried):
        post(letter.pk, now=NOW, carrier=Away())
    handing, asked_for = threading.Event(), threading.Event()

    class Slow:
        """A print house that is asked something else by the desk while it takes the letter."""

        def post(self, parcel: Parcel) -> str:
            handing.set()
            asked_for.wait(1)
            return PrintHouse(tmp_path).post(parcel)

    def desk() -> str:
        handing.wait(5)
        try:
            with plan_scope(TODAY):
                asked_for.set()
                send_again(found.pk, letter.pk, "print", WORDS, person=clerk, now=NOW)
            return "sent again"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(desk)
        assert post(letter.pk, now=NOW, carrier=Slow()) is True
        assert other.result() == "sent again"
    with plan_scope(TODAY):
        assert [m[1:] for m in mailings(letter) if m[0] == "print"] == [(1, "handed_over"), (2, "waiting")]
        assert steps(found)[-2:] == ["mailed", "mail_again"]
