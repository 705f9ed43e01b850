"""Same or equivalent: five levels, from the same code to another field altogether."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.policy import specialties
from secondopinion.policy.parameters import ValuesFaulty, raw
from secondopinion.policy.specialties import (
    EquivalenceSet,
    Level,
    UnknownFamily,
    codes_that_fit,
    equivalence,
    in_force,
    is_physician,
    is_primary_care,
    is_same_license,
    is_same_or_equivalent,
    plain_name,
    sets_in_force,
)

TODAY = date(2026, 11, 23)  # a Monday
PLAN = "Orchard County Health Plan"  # made up: the plan that approved the sets we ship
SPINE, ORTHOPEDICS, NEUROSURGERY = "207XS0117X", "207X00000X", "207T00000X"
CARDIOLOGY, HEART_PROCEDURES, INTERNAL = "207RC0000X", "207RI0011X", "207R00000X"
CODES = [row["code"] for row in raw("specialties")["specialty"]]
E0, E1, E2, E3, E4 = Level

# One line a pair: the index, the candidate, the family, the level there, and the level back.
PAIRS = [
    (SPINE, SPINE, "spine", E0, E0),
    (SPINE, SPINE, None, E0, E0),
    # A subspecialty of the index is the same specialty; the index's own parent is wider, and no equivalent.
    (ORTHOPEDICS, SPINE, "spine", E1, E3),
    (ORTHOPEDICS, "207XP3100X", None, E1, E3),
    (CARDIOLOGY, HEART_PROCEDURES, None, E1, E3),
    (CARDIOLOGY, "207RC0001X", None, E1, E3),
    (CARDIOLOGY, "207RA0001X", None, E1, E3),
    (INTERNAL, HEART_PROCEDURES, None, E1, E3),
    ("207RG0100X", "207RT0003X", None, E1, E3),
    ("208000000X", "2080P0202X", None, E1, E3),
    ("2084P0800X", "2084P0804X", None, E1, E3),
    ("208600000X", "2086S0129X", None, E1, E3),
    ("207V00000X", "207VX0201X", None, E1, E3),
    # Each set of rules.md 7.3, within its family, outside it, and while no family is recorded.
    (SPINE, NEUROSURGERY, "spine", E2, E2),
    (SPINE, NEUROSURGERY, None, E2, E2),
    (SPINE, NEUROSURGERY, "hand", E4, E4),
    ("207RH0003X", "207RX0202X", "oncology", E2, E2),
    ("207RH0003X", "207RX0202X", "spine", E4, E4),
    ("2086X0206X", "208600000X", "tumor-surgery", E2, E1),
    ("2086X0206X", "208600000X", "hand", E3, E1),
    ("207XS0106X", "2086S0105X", "hand", E2, E2),
    ("207XS0106X", "2082S0105X", "hand", E2, E2),
    ("2086S0105X", "2082S0105X", "hand", E2, E2),
    ("207XS0106X", "2082S0105X", "pain", E4, E4),
    ("208VP0000X", "207LP2900X", "pain", E2, E2),
    ("208VP0000X", "208VP0014X", "pain", E1, E2),
    ("207LP2900X", "2081P2900X", "pain", E2, E2),
    ("208VP0014X", "2081P2900X", None, E2, E2),
    ("2088F0040X", "207VF0040X", "pelvic-floor", E2, E2),
    ("2086S0129X", "2085R0204X", "peripheral-vascular", E2, E2),
    ("208200000X", "2086S0122X", "plastic", E2, E2),
    # Other fields altogether.
    (SPINE, "207XS0106X", None, E4, E4),
    (CARDIOLOGY, "208600000X", None, E4, E4),
    ("207VX0201X", "208600000X", "tumor-surgery", E4, E4),
    ("2084N0400X", "2084P0800X", None, E4, E4),
    ("213E00000X", "207XX0004X", None, E4, E4),
    ("207XZ9999X", ORTHOPEDICS, None, E3, E1),  # a code we do not hold belongs to its classification
]


def level_of(index: str, candidate: str, family: str | None) -> Level:
    """The level on the day of these tests, for the plan that approved the sets."""
    return equivalence(index, candidate, family, TODAY, PLAN)


@pytest.mark.parametrize(("index", "candidate", "family", "there", "back"), PAIRS)
def test_a_candidate_is_placed_at_its_level_and_the_other_way_round_at_its_own(index, candidate, family, there, back):
    assert (level_of(index, candidate, family), level_of(candidate, index, family)) == (there, back)


@pytest.mark.clause("III.B")
def test_the_wider_specialty_counts_only_when_a_medical_director_attests():
    assert is_same_or_equivalent(SPINE, NEUROSURGERY, "spine", TODAY, PLAN)
    assert not is_same_or_equivalent(SPINE, ORTHOPEDICS, "spine", TODAY, PLAN)
    assert is_same_or_equivalent(SPINE, ORTHOPEDICS, "spine", TODAY, PLAN, attested=True)
    assert not is_same_or_equivalent(SPINE, CARDIOLOGY, None, TODAY, PLAN, attested=True)


def test_a_set_that_this_plan_has_not_approved_widens_nothing():
    assert equivalence(SPINE, NEUROSURGERY, "spine", TODAY, "Another Plan") is Level.E4
    assert equivalence(SPINE, SPINE, "spine", TODAY, "Another Plan") is Level.E0
    assert equivalence(ORTHOPEDICS, SPINE, "spine", TODAY, "Another Plan") is Level.E1, "boards need no approval"


def test_of_a_family_the_latest_approved_set_of_the_day_holds_and_a_proposal_replaces_nothing():
    first = sets_in_force("spine", TODAY, PLAN)[0]
    second = replace(first, codes=frozenset({SPINE}), from_on=date(2027, 1, 1), approved_on=date(2026, 12, 14))
    proposal = replace(first, from_on=date(2027, 6, 1), plan="", role="", approved_on=None)
    rows = [proposal, second, first]
    assert in_force(rows, date(2026, 12, 31), PLAN) == (first,)
    assert in_force(rows, date(2027, 1, 1), PLAN) == (second,)
    assert in_force(rows, date(2027, 6, 1), PLAN) == (second,)
    assert in_force([proposal], date(2028, 1, 1), PLAN) == ()


def test_a_set_holds_from_the_day_of_its_approval_and_not_before():
    late = EquivalenceSet("spine", frozenset({SPINE}), "", date(2026, 1, 1), PLAN, "Chief Medical Officer", TODAY)
    assert in_force([late], date(2026, 11, 22), PLAN) == ()
    assert in_force([late], TODAY, PLAN) == (late,)


def test_every_set_that_we_ship_says_who_approved_it_and_when():
    for family in specialties.families():
        (held,) = sets_in_force(family, TODAY, PLAN)
        assert (held.role, held.plan) == ("Chief Medical Officer", PLAN)


def test_half_an_approval_is_a_fault_of_the_file():
    row = {"family": "spine", "codes": [], "because": "", "from": TODAY, "approved": {"by": "Chief Medical Officer"}}
    with pytest.raises(ValuesFaulty, match="by, of and on"):
        specialties._set(row)


def test_an_equivalence_set_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(UnknownFamily, match="'teeth': give one of hand, oncology"):
        level_of(SPINE, NEUROSURGERY, "teeth")


@given(st.sampled_from(CODES), st.sampled_from(CODES), st.sampled_from([None, *specialties.families()]))
@settings(max_examples=300, deadline=None)
def test_equivalence_is_mutual_and_a_subspecialty_is_never_its_own_parent(one, other, family):
    there, back = level_of(one, other, family), level_of(other, one, family)
    assert (there is Level.E0) == (one == other)
    if there is Level.E1:
        assert back in {Level.E2, Level.E3}
    elif there is Level.E4:
        assert back is Level.E4


@given(st.sampled_from(CODES), st.sampled_from([None, *specialties.families()]), st.sets(st.sampled_from(CODES)))
@settings(max_examples=200, deadline=None)
def test_the_codes_that_fit_are_those_up_to_e3_nearest_first(index, family, held):
    fits = codes_that_fit(index, family, TODAY, plan=PLAN, held=held)
    assert fits == {c: level_of(index, c, family) for c in CODES if level_of(index, c, family) <= Level.E3}
    assert list(fits.values()) == sorted(fits.values())
    assert fits[index] is Level.E0


@given(st.sampled_from(CODES), st.sampled_from(specialties.families()))
@settings(max_examples=200, deadline=None)
def test_to_record_no_family_never_narrows_the_choice(index, family):
    known, unknown = (codes_that_fit(index, each, TODAY, plan=PLAN) for each in (family, None))
    assert known.keys() <= unknown.keys()
    assert all(unknown[code] <= level for code, level in known.items())


def test_a_code_of_the_directory_that_we_do_not_hold_fits_by_its_classification():
    fits = codes_that_fit(ORTHOPEDICS, "spine", TODAY, plan=PLAN, held=["207XZ9999X", "208D00000X"])
    assert fits["207XZ9999X"] is Level.E1
    assert "208D00000X" not in fits


@pytest.mark.clause("II.F")
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("213E00000X", "213ES0103X", True),
        ("103T00000X", "103G00000X", True),
        ("103T00000X", "103K00000X", False),
        ("213E00000X", "207XX0004X", False),
        ("363LF0000X", "363L00000X", True),
        (SPINE, CARDIOLOGY, True),  # a physician's licence is one, whatever the specialty
        ("225100000X", "225X00000X", False),
    ],
)
def test_two_codes_stand_under_one_licence_or_two(one, other, same):
    assert is_same_license(one, other) is same
    assert is_same_license(other, one) is same


@pytest.mark.parametrize(
    ("code", "primary", "physician"),
    [
        ("207Q00000X", True, True),
        ("207QA0505X", True, True),
        (INTERNAL, True, True),
        (CARDIOLOGY, False, True),
        ("363L00000X", True, False),
        ("363LF0000X", True, False),
        ("363A00000X", True, False),
        ("367A00000X", True, False),
        ("208000000X", True, True),
        ("2080P0202X", False, True),
        ("103T00000X", False, False),
        ("213E00000X", False, False),
    ],
)
def test_a_code_says_whether_it_is_primary_care_and_whether_a_physician(code, primary, physician):
    assert is_primary_care(code) is primary
    assert is_physician(code) is physician


def test_a_letter_never_shows_a_code():
    assert plain_name(SPINE) == "orthopedic spine surgery"
    assert plain_name("207XZ9999X") == "bone and joint surgery (orthopedics)"
    assert plain_name("202K00000X") == "specialist medical care"
    assert plain_name("999") == "health care"


def test_every_specialty_has_its_own_name_and_a_well_formed_code():
    names = [plain_name(code) for code in CODES]
    assert len(set(names)) == len(names)
    assert all(len(code) == 10 and code.endswith("X") for code in CODES)
    assert specialties.version() == "2026-11-25"
