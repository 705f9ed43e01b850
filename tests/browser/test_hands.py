"""What hands did is added up by the keystroke-level model."""

from __future__ import annotations

import pytest

from browser.hands import CLICK, HOME, KEY, POINT, SCREEN, THINK, Tally


def test_an_estimate_adds_up_what_the_hands_do_and_leaves_the_waiting_out() -> None:
    tally = Tally(clicks=2, keys=3, characters=10, shifts=1, pointings=2, homings=1, thoughts=4, screens=1, waited=9.0)
    assert tally.estimate() == pytest.approx(14 * KEY + 2 * POINT + 2 * CLICK + HOME + 4 * THINK + SCREEN)
    assert tally.writing() == pytest.approx(11 * KEY)


def test_the_counts_hold_all_but_what_the_clock_said() -> None:
    assert "waited" not in Tally(waited=9.0).counts()
    assert set(Tally().counts()) == set(vars(Tally())) - {"waited"}
