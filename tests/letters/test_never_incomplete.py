"""No denial or other adverse letter that could leave lacks a reason, the right to appeal or a place to complain."""

import pytest

from letters.never_incomplete import prove
from letters.payloads import is_complete, payloads
from letters.samples import data_of


@pytest.mark.clause("II.K.1")
@pytest.mark.clause("II.K.2")
@pytest.mark.clause("II.K.3")
@pytest.mark.django_db
@pytest.mark.usefixtures("as_plan")
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_of_random_payloads_none_without_the_three_could_leave(seed: int) -> None:
    found = prove(seed, 500)
    assert found["complete"] > 100
    assert found["incomplete"] > 100
    assert found["through the type"] > 50
    assert found["refused by the database"] > 100


def test_the_same_seed_gives_the_same_payloads() -> None:
    assert list(payloads(7, 50)) == list(payloads(7, 50))
    assert list(payloads(7, 50)) != list(payloads(8, 50))


def test_the_judge_of_its_own_knows_a_whole_letter_from_one_that_lacks_something() -> None:
    whole = data_of("denial_to_member", "example-onecare")
    assert is_complete(whole)
    for name in ("reasons", "appeal", "complaint"):
        assert not is_complete({**whole, name: type(whole[name])()})
        assert not is_complete({each: value for each, value in whole.items() if each != name})
    assert not is_complete({**whole, "reasons": [{**whole["reasons"][0], "reason": "\u00a0\u200b"}]})
