"""Which condition a diagnosis speaks of, and who has the background for it: related, not related, or not known."""

from __future__ import annotations

from datetime import date

import pytest

from secondopinion.policy import relevance
from secondopinion.policy.parameters import raw
from secondopinion.policy.relevance import conditions_of, families_of, is_related, related_specialties
from secondopinion.policy.specialties import plain_name

TODAY = date(2026, 11, 23)  # a Monday
PLAN = "Orchard County Health Plan"  # made up


@pytest.mark.parametrize(
    ("diagnosis", "families"),
    [
        ("M54.50", ("spine", "pain")),
        ("m54.50", ("spine", "pain")),
        ("C50.911", ("tumor-surgery", "plastic", "oncology")),
        ("C18.9", ("oncology", "tumor-surgery")),
        ("M18.11", ("hand",)),
        ("I70.213", ("peripheral-vascular",)),
        ("N81.2", ("pelvic-floor",)),
        ("I25.10", None),  # heart disease: no set is scoped to it
        ("", None),
    ],
)
def test_a_diagnosis_falls_into_its_families(diagnosis, families):
    found = families_of(diagnosis)
    assert (found and set(found)) == (families and set(families))


def test_the_narrowest_condition_comes_first():
    assert conditions_of("M54.50")[0].name in {"the spine", "pain"}
    assert conditions_of("M54.50")[-1].name == "bones, joints and muscles"


@pytest.mark.clause("III.A")
@pytest.mark.parametrize(
    ("code", "diagnosis", "related"),
    [
        ("207RC0000X", "I25.10", True),
        ("207N00000X", "I25.10", False),
        ("207Q00000X", "I25.10", True),  # primary care has the background for everything
        ("363LF0000X", "I25.10", True),
        ("207RC0000X", "", None),  # nobody has given a diagnosis
        ("207RC0000X", "Z00.00", None),  # the map has nothing on it
        ("207ZP0102X", "I25.10", None),  # the map never names this specialty
    ],
)
def test_a_specialty_is_related_to_a_diagnosis_or_not_or_it_is_not_known(code, diagnosis, related):
    assert is_related(code, diagnosis, TODAY, PLAN) is related


def test_a_map_that_the_plan_has_not_approved_says_nothing():
    assert is_related("207N00000X", "I25.10", TODAY, "Another Plan") is None
    assert related_specialties("I25.10", TODAY, "Another Plan") == ()


def test_every_condition_names_specialties_that_we_can_say_in_words():
    for each in raw("relevance")["condition"]:
        assert each["begins"], each["name"]
        assert all(plain_name(code) != "health care" for code in each["specialties"])
    assert relevance.version() == "2026-11-25"
