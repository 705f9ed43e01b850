"""An identifier that cannot be right is known by its shape or its check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.policy.identifiers import (
    cin_is_valid,
    cin_of,
    icd10_has_shape,
    mbi_is_valid,
    mbi_of,
    npi_is_valid,
)


@pytest.mark.parametrize(
    ("npi", "valid"),
    [
        ("1234567893", True),
        ("1234567890", False),
        ("1003000126", True),
        ("1679576722", True),
        ("3234567893", False),
        ("123456789", False),
        ("12345678930", False),
        (" 1234567893", False),
        ("1234567893\n", False),
        ("１234567893", False),
        ("", False),
    ],
    ids=lambda each: repr(each),
)
def test_v15_an_npi_has_ten_digits_and_the_right_check_digit(npi, valid):
    assert npi_is_valid(npi) is valid


@given(st.integers(100_000_000, 299_999_999))
def test_exactly_one_check_digit_makes_an_npi(first_nine):
    assert sum(npi_is_valid(f"{first_nine}{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize(
    ("typed", "cin"),
    [
        ("91234567A", "91234567A"),
        ("91234567a", "91234567A"),
        ("9123 4567 A", "91234567A"),
        ("91234567A16123", "91234567A"),  # the card: check digit and day of issue follow
        ("81234567A", None),
        ("912345678", None),
        ("91234567A1612", None),
        ("91234567AA6123", None),
        ("", None),
    ],
)
def test_a_cin_is_read_from_the_number_or_from_the_card(typed, cin):
    assert cin_of(typed) == cin
    assert cin_is_valid(typed) is (cin is not None)


@pytest.mark.parametrize(
    ("typed", "mbi"),
    [
        ("1EG4TE5MK73", "1EG4TE5MK73"),
        ("1eg4-te5-mk73", "1EG4TE5MK73"),
        ("1EG4TE5MK7", None),
        ("0EG4TE5MK73", None),
        ("1SG4TE5MK73", None),  # S is one of the letters left out
        ("1EG4TE5MO73", None),
    ],
)
def test_an_mbi_has_eleven_characters_in_the_published_pattern(typed, mbi):
    assert mbi_of(typed) == mbi
    assert mbi_is_valid(typed) is (mbi is not None)


@pytest.mark.parametrize(
    ("code", "has_shape"),
    [
        ("M48.061", True),
        ("Z71.2", True),
        ("I10", True),
        ("C4A.0", True),
        ("U07.1", True),
        ("M48061", False),
        ("48.061", False),
        ("M48.", False),
        ("M48.06123", False),
        ("m48.061", False),
    ],
)
def test_a_diagnosis_code_has_the_shape_of_one(code, has_shape):
    assert icd10_has_shape(code) is has_shape
