"""What is sensitive by its code, what a minor's parent is not told, and how far an accounting reaches back."""

from __future__ import annotations

from datetime import date

import pytest

from secondopinion.policy.privacy import (
    Authority,
    Purpose,
    Segment,
    accounted_from,
    age_on,
    born_by,
    is_hidden_from,
    is_of_age,
    segments_of,
    years_from,
)

TODAY = date(2026, 11, 23)  # Monday
S = Segment


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("M54.5", set()),
        ("F32.1", {S.BEHAVIOURAL_HEALTH}),
        ("f321", {S.BEHAVIOURAL_HEALTH}),
        ("F10.20", {S.SUBSTANCE_USE}),
        ("B20", {S.HIV_AND_STI}),
        ("A53.9", {S.HIV_AND_STI}),
        ("A49.9", set()),
        ("O09.90", {S.REPRODUCTIVE}),
        ("O99.320", {S.REPRODUCTIVE, S.SUBSTANCE_USE}),
        ("Z30.9", {S.REPRODUCTIVE}),
        ("F64.0", {S.GENDER}),
        ("T74.21XA", {S.VIOLENCE}),
    ],
)
def test_a_code_tells_which_sensitive_care_it_is(code, found):
    assert segments_of(code, TODAY) == found


def test_without_a_code_nobody_knows():
    assert segments_of(" ", TODAY) is None


def hidden(authority, age, segments, *, named=False):
    born = date(TODAY.year - age, TODAY.month, TODAY.day)
    return is_hidden_from(authority, names_sensitive=named, born_on=born, segments=segments, on=TODAY)


@pytest.mark.parametrize("segment", [S.BEHAVIOURAL_HEALTH, S.SUBSTANCE_USE, S.HIV_AND_STI, S.GENDER])
def test_from_twelve_on_the_minor_alone_is_told_of_such_care(segment):
    assert not hidden(Authority.PARENT, 11, {segment})
    assert hidden(Authority.PARENT, 12, {segment})


@pytest.mark.parametrize("segment", [S.REPRODUCTIVE, S.VIOLENCE])
def test_some_care_is_the_minors_own_at_any_age(segment):
    assert hidden(Authority.PARENT, 10, {segment})


def test_a_parent_hears_of_other_care_and_of_unknown_care_only_of_a_small_child():
    assert not hidden(Authority.PARENT, 15, set())
    assert hidden(Authority.PARENT, 15, None)
    assert not hidden(Authority.PARENT, 11, None)


def test_an_appointment_covers_sensitive_care_only_where_it_names_it():
    assert hidden(Authority.IN_WRITING, 50, {S.HIV_AND_STI})
    assert not hidden(Authority.IN_WRITING, 50, {S.HIV_AND_STI}, named=True)
    assert not hidden(Authority.IN_WRITING, 50, set())
    assert not hidden(Authority.IN_WRITING, 50, None)


def test_legal_authority_stands_in_the_members_place():
    assert not hidden(Authority.LEGAL, 50, {S.HIV_AND_STI})


@pytest.mark.parametrize(
    ("born", "on", "adult"),
    [
        (date(2008, 11, 23), date(2026, 11, 22), False),  # Sunday
        (date(2008, 11, 23), date(2026, 11, 23), True),  # Monday
        (date(2008, 2, 29), date(2026, 2, 28), False),  # Saturday
        (date(2008, 2, 29), date(2026, 3, 1), True),  # Sunday
    ],
)
def test_a_minor_is_of_age_from_the_eighteenth_birthday_on(born, on, adult):
    assert is_of_age(born, on) is adult
    assert (born <= born_by(on)) is adult
    assert age_on(born, on) == (18 if adult else 17)


def test_an_accounting_reaches_six_years_back():
    assert accounted_from(TODAY) == date(2020, 11, 23)  # Monday
    assert accounted_from(date(2028, 2, 29)) == date(2022, 2, 28)  # Tuesday, Monday
    assert years_from(date(2028, 2, 29), 1) == date(2029, 2, 28)  # Tuesday, Wednesday


def test_care_payment_and_the_running_of_the_plan_are_not_accounted_for():
    assert {p for p in Purpose if not p.accounted} == {
        Purpose.TREATMENT, Purpose.PAYMENT, Purpose.OPERATIONS, Purpose.MEMBER, Purpose.AUTHORIZED,
    }  # fmt: skip
