"""Yes, no, or not yet known: how findings join, and what they remember."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.policy.findings import Finding, Verdict

YES = Finding(Verdict.YES, because=frozenset({"a"}), cites=frozenset({"1"}))
NO = Finding(Verdict.NO, because=frozenset({"b"}), cites=frozenset({"2"}))
OPEN = Finding(Verdict.UNKNOWN, needs=frozenset({"c"}), cites=frozenset({"3"}))

verdicts = st.sampled_from(list(Verdict))


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    verdict = draw(verdicts)
    names = draw(st.frozensets(st.sampled_from("abcd"), min_size=1))
    cites = draw(st.frozensets(st.sampled_from("123")))
    if verdict is Verdict.UNKNOWN:
        return Finding(verdict, needs=names, cites=cites)
    return Finding(verdict, because=names, cites=cites)


def test_one_yes_is_enough_for_or_and_only_the_yes_is_remembered() -> None:
    assert (YES | NO | OPEN) == YES


def test_one_no_is_enough_for_and_and_only_the_no_is_remembered() -> None:
    assert (YES & NO & OPEN) == NO


def test_an_unknown_beside_a_yes_leaves_and_unknown_and_asks_only_what_is_open() -> None:
    assert (YES & OPEN) == OPEN


def test_an_unknown_is_not_read_as_no() -> None:
    assert (NO | OPEN) == OPEN


def test_two_yeses_remember_both_reasons_and_both_clauses() -> None:
    other = Finding(Verdict.YES, because=frozenset({"d"}), cites=frozenset({"4"}))
    assert (YES & other) == Finding(Verdict.YES, frozenset({"a", "d"}), frozenset(), frozenset({"1", "4"}))


def test_the_opposite_of_a_finding_is_settled_by_the_same_facts() -> None:
    assert (~YES).verdict is Verdict.NO
    assert (~YES).because == YES.because
    assert ~OPEN == OPEN


@pytest.mark.parametrize("finding", [YES, NO, OPEN])
def test_a_finding_refuses_to_be_a_truth_value(finding: Finding) -> None:
    with pytest.raises(TypeError, match="compare its verdict"):
        bool(finding)


@given(findings(), findings(), findings())
def test_joining_does_not_depend_on_order_or_grouping(a: Finding, b: Finding, c: Finding) -> None:
    assert (a | b) == (b | a)
    assert (a & b) == (b & a)
    assert ((a | b) | c) == (a | (b | c))
    assert ((a & b) & c) == (a & (b & c))


@given(findings(), findings())
def test_de_morgan_holds_for_verdict_because_needs_and_cites_alike(a: Finding, b: Finding) -> None:
    assert ~(a & b) == (~a | ~b)
    assert ~(a | b) == (~a & ~b)
