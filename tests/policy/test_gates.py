"""The gates: each refuses for its own reason, in a fixed order, and what is not known is not a no."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.policy.gates import GATES, GROWN_UP, Held, Sought, age_on, through_the_gates
from secondopinion.policy.specialties import Level

SPECIALIST = Sought(age=45, ccs=False, specialists_only=True, same_license=False, excludes_pcp=False)
ABOUT_THE_PCP = Sought(age=45, ccs=False, specialists_only=False, same_license=False, excludes_pcp=True)
ABOUT_A_PODIATRIST = Sought(age=45, ccs=False, specialists_only=False, same_license=True, excludes_pcp=False)
CHILD = replace(SPECIALIST, age=12, ccs=True)
GOOD = Held(
    licensed=True, npi_is_alive=True, contracted=True, excluded=False, accepts=True, age_from=None, age_to=None,
    panel_is_ccs=None, is_questioned=False, gave_an_opinion=False, is_the_pcp=False, is_physician=True,
    serves_as_pcp=False, has_same_license=True, level=Level.E0, related=True, attested=False,
)  # fmt: skip
NOT_COMPARED = replace(GOOD, level=None)


@pytest.mark.clause("II.H")
@pytest.mark.parametrize(
    ("gate", "held", "sought"),
    [
        ("licence", replace(GOOD, licensed=False), SPECIALIST),
        ("npi", replace(GOOD, npi_is_alive=False), SPECIALIST),
        ("contract", replace(GOOD, contracted=False), SPECIALIST),
        ("exclusion", replace(GOOD, excluded=True), SPECIALIST),
        ("age", replace(GOOD, age_to=17), SPECIALIST),
        ("age", replace(GOOD, age_from=46), SPECIALIST),
        ("ccs", replace(GOOD, panel_is_ccs=False), CHILD),
        ("questioned", replace(GOOD, is_questioned=True), SPECIALIST),
        ("earlier", replace(GOOD, gave_an_opinion=True), SPECIALIST),
        ("pcp", replace(NOT_COMPARED, is_the_pcp=True), ABOUT_THE_PCP),
        ("physician", replace(GOOD, is_physician=False), SPECIALIST),
        ("physician", replace(GOOD, serves_as_pcp=True), SPECIALIST),
        ("same_licence", replace(NOT_COMPARED, has_same_license=False), ABOUT_A_PODIATRIST),
        ("specialty", replace(GOOD, level=Level.E3), SPECIALIST),
        ("specialty", replace(GOOD, level=Level.E4), SPECIALIST),
        ("specialty", replace(GOOD, level=Level.E4, attested=True), SPECIALIST),
        ("specialty", replace(NOT_COMPARED, related=False), ABOUT_THE_PCP),
    ],
)
def test_each_gate_refuses_for_its_own_reason(gate, held, sought):
    passed = through_the_gates(held, sought)
    assert passed.refused_by is not None
    assert (passed.refused_by.name, passed.is_no) == (gate, True)
    assert passed.against == passed.refused_by.fails


@pytest.mark.clause("III.A")
@pytest.mark.parametrize(
    ("held", "sought"),
    [
        (GOOD, SPECIALIST),
        (replace(GOOD, level=Level.E1), SPECIALIST),
        (replace(GOOD, level=Level.E2), SPECIALIST),
        (replace(GOOD, level=Level.E3, attested=True), SPECIALIST),
        (replace(GOOD, age_from=45, age_to=45), SPECIALIST),
        (replace(GOOD, is_the_pcp=True), SPECIALIST),  # the PCP is left out where the PCP is questioned
        (replace(GOOD, panel_is_ccs=True), CHILD),
        (replace(GOOD, panel_is_ccs=False), replace(CHILD, age=GROWN_UP)),
        (replace(GOOD, panel_is_ccs=False), replace(CHILD, ccs=False)),
        (replace(NOT_COMPARED, is_physician=False, serves_as_pcp=True), ABOUT_THE_PCP),
        (replace(NOT_COMPARED, related=False, attested=True), ABOUT_THE_PCP),
        (replace(NOT_COMPARED, related=False, is_physician=False), ABOUT_A_PODIATRIST),
    ],
)
def test_whom_no_gate_refuses_may_give_the_opinion(held, sought):
    passed = through_the_gates(held, sought)
    assert (passed.refused_by, passed.against, passed.open) == (None, "", ())


@pytest.mark.parametrize(
    ("held", "sought"),
    [
        (GOOD, replace(CHILD, ccs=None)),
        (replace(GOOD, panel_is_ccs=None), CHILD),
        (replace(NOT_COMPARED, related=None), ABOUT_THE_PCP),
        (replace(NOT_COMPARED, has_same_license=None), ABOUT_A_PODIATRIST),
    ],
)
def test_what_is_not_known_keeps_nobody_off_the_list_and_is_said(held, sought):
    passed = through_the_gates(held, sought)
    assert passed.refused_by is None
    assert [gate.unknown for gate in passed.open] != []
    assert all(gate.unknown for gate in passed.open)


@pytest.mark.parametrize("unsure", ["licensed", "npi_is_alive", "contracted", "excluded"])
def test_an_unconfirmed_licence_is_no_reason_to_send_a_member_there_and_none_to_say_that_nobody_is(unsure):
    passed = through_the_gates(replace(GOOD, **{unsure: None}), SPECIALIST)
    assert passed.refused_by is not None
    assert not passed.is_no
    assert passed.against == passed.refused_by.unknown != ""


def test_a_no_weighs_more_than_what_is_not_known_before_it():
    passed = through_the_gates(replace(GOOD, licensed=None, is_questioned=True), SPECIALIST)
    assert passed.refused_by is not None
    assert (passed.refused_by.name, passed.is_no) == ("questioned", True)


def test_the_gates_stand_in_their_order():
    assert [gate.name for gate in GATES] == [
        "licence", "npi", "contract", "exclusion", "age", "ccs", "questioned", "earlier", "pcp", "physician",
        "same_licence", "specialty",
    ]  # fmt: skip


known = st.sampled_from([True, False, None])
ages = st.none() | st.integers(0, 110)
held_by = st.builds(
    Held, licensed=known, npi_is_alive=known, contracted=known, excluded=known, accepts=known, age_from=ages,
    age_to=ages, panel_is_ccs=known, is_questioned=st.booleans(), gave_an_opinion=st.booleans(),
    is_the_pcp=st.booleans(), is_physician=st.booleans(), serves_as_pcp=st.booleans(), has_same_license=known,
    level=st.none() | st.sampled_from(Level), related=known, attested=st.booleans(),
)  # fmt: skip
sought_by = st.builds(
    Sought, age=st.integers(0, 110), ccs=known, specialists_only=st.booleans(), same_license=st.booleans(),
    excludes_pcp=st.booleans(),
)  # fmt: skip


@given(held_by, sought_by)
@settings(max_examples=1000, deadline=None)
def test_nobody_passes_who_fails_a_gate_and_the_first_that_fails_is_told(held, sought):
    passed = through_the_gates(held, sought)
    noes = [gate for gate in GATES if gate.passes(held, sought) is False]
    unsure = [gate for gate in GATES if gate.must_be_known and gate.passes(held, sought) is None]
    assert passed.refused_by is next(iter(noes or unsure), None)
    assert (passed.against == "") == (not any(gate.refuses(held, sought) for gate in GATES))


@given(held_by, sought_by, st.data())
@settings(max_examples=500, deadline=None)
def test_to_learn_what_was_not_known_never_helps_one_whom_a_no_keeps_out(held, sought, data):
    unknown = [f.name for f in fields(Held) if getattr(held, f.name) is None and f.name not in ("age_from", "age_to")]
    unknown = [name for name in unknown if name != "level"]
    if unknown and through_the_gates(held, sought).is_no:
        learnt = data.draw(st.sampled_from(unknown))
        assert through_the_gates(replace(held, **{learnt: True}), sought).refused_by is not None
        assert through_the_gates(replace(held, **{learnt: False}), sought).refused_by is not None


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2005, 11, 23), date(2026, 11, 22), 20),  # the Sunday before the twenty-first birthday
        (date(2005, 11, 23), date(2026, 11, 23), 21),  # Monday
        (date(2004, 2, 29), date(2025, 2, 28), 20),  # a Friday
        (date(2004, 2, 29), date(2025, 3, 1), 21),  # a Saturday
    ],
)
def test_age_is_in_whole_years_on_the_day(born, day, age):
    assert age_on(born, day) == age
