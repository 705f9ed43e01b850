"""When two opinions differ on the need for a procedure (II.D)."""

from __future__ import annotations

import itertools

import pytest

from secondopinion.policy.findings import Verdict
from secondopinion.policy.opinions import Need, differ

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN


@pytest.mark.clause("II.D")
@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (Need.NEEDED, Need.NOT_NEEDED, YES),
        (Need.NEEDED, Need.ALTERNATIVE, YES),  # another procedure is another opinion of the need
        (Need.NEEDED, Need.DEFER, YES),
        (Need.NEEDED, Need.NEEDED, NO),
        (Need.NOT_NEEDED, Need.NO_PROCEDURE, NO),
        (Need.ALTERNATIVE, Need.ALTERNATIVE, UNKNOWN),  # perhaps not the same one
        (Need.NEEDED, Need.UNDETERMINED, UNKNOWN),
        (None, Need.NOT_NEEDED, UNKNOWN),
        (Need.NEEDED, None, UNKNOWN),
    ],
)
def test_two_opinions_differ_on_the_need_or_do_not_or_nobody_knows_yet(first, second, found):
    assert differ(first, second) is found


def test_it_does_not_matter_which_opinion_came_first():
    for first, second in itertools.product([None, *Need], repeat=2):
        assert differ(first, second) is differ(second, first)
