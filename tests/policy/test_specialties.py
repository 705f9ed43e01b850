"""Same or equivalent: five levels, from the same code to another field altogether."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.policy import specialties
from secondopinion.policy.parameters import raw
from secondopinion.policy.specialties import (
    Level,
    UnknownFamily,
    equivalence,
    is_physician,
    is_primary_care,
    is_same_or_equivalent,
    plain_name,
)

SPINE, ORTHOPEDICS, NEUROSURGERY = "207XS0117X", "207X00000X", "207T00000X"
CARDIOLOGY, HEART_PROCEDURES, INTERNAL = "207RC0000X", "207RI0011X", "207R00000X"
CODES = [row["code"] for row in raw("specialties")["specialty"]]


@pytest.mark.parametrize(
    ("index", "candidate", "family", "level"),
    [
        (SPINE, SPINE, "spine", Level.E0),
        (SPINE, SPINE, None, Level.E0),
        (ORTHOPEDICS, SPINE, None, Level.E1),
        (CARDIOLOGY, HEART_PROCEDURES, None, Level.E1),
        (INTERNAL, HEART_PROCEDURES, None, Level.E1),
        (SPINE, NEUROSURGERY, "spine", Level.E2),
        (NEUROSURGERY, SPINE, "spine", Level.E2),
        (NEUROSURGERY, SPINE, None, Level.E2),
        ("207XS0106X", "2082S0105X", "hand", Level.E2),
        ("207LP2900X", "2081P2900X", "pain", Level.E2),
        (SPINE, NEUROSURGERY, "hand", Level.E4),
        (SPINE, ORTHOPEDICS, "spine", Level.E3),
        (HEART_PROCEDURES, INTERNAL, None, Level.E3),
        (SPINE, "207XS0106X", None, Level.E4),
        (CARDIOLOGY, "208600000X", None, Level.E4),
        ("207XZ9999X", ORTHOPEDICS, None, Level.E3),  # a code we do not hold belongs to its classification
        (ORTHOPEDICS, "207XZ9999X", None, Level.E1),
    ],
)
def test_a_candidate_is_placed_at_its_level(index, candidate, family, level):
    assert equivalence(index, candidate, family) is level


@pytest.mark.clause("III.B")
def test_the_wider_specialty_counts_only_when_a_medical_director_attests():
    assert is_same_or_equivalent(SPINE, NEUROSURGERY, "spine")
    assert not is_same_or_equivalent(SPINE, ORTHOPEDICS, "spine")
    assert is_same_or_equivalent(SPINE, ORTHOPEDICS, "spine", attested=True)
    assert not is_same_or_equivalent(SPINE, CARDIOLOGY, attested=True)


def test_an_equivalence_set_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(UnknownFamily, match="'teeth': give one of hand, oncology"):
        equivalence(SPINE, NEUROSURGERY, "teeth")


@given(st.sampled_from(CODES), st.sampled_from(CODES), st.sampled_from([None, *specialties.families()]))
@settings(max_examples=300, deadline=None)
def test_equivalence_is_mutual_and_a_subspecialty_is_never_its_own_parent(one, other, family):
    there, back = equivalence(one, other, family), equivalence(other, one, family)
    assert (there is Level.E0) == (one == other)
    if there is Level.E1:
        assert back in {Level.E2, Level.E3}
    elif there is Level.E4:
        assert back is Level.E4


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
    assert specialties.version() == "2026-11-23"
