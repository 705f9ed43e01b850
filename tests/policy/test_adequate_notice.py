"""The time to object counts from a notice that its reader can read (GG.1507 II.D.1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.when import day
from secondopinion.policy.adequate_notice import Sent, Wanted, adequate_notice
from secondopinion.policy.formats import Format

MONDAY = day("Monday 2026-11-30")
THURSDAY = day("Thursday 2026-12-10")
DAYS = 60
BRAILLE, LARGE, STANDARD = Format.BRAILLE, Format.LARGE_PRINT, Format.STANDARD


def counted(*sent: Sent, wanted: tuple[Wanted, ...] = ()) -> date | None:
    return adequate_notice(sent, wanted, DAYS).on


def test_without_a_choice_the_first_mailing_counts():
    assert counted(Sent(THURSDAY), Sent(MONDAY)) == MONDAY


def test_nothing_mailed_starts_no_time():
    found = adequate_notice((), (), DAYS)
    assert (found.on, found.first_on, found.moved) == (None, None, False)


def test_a_letter_not_in_the_format_that_stood_starts_no_time():
    found = adequate_notice([Sent(MONDAY)], [Wanted(MONDAY, BRAILLE)], DAYS)
    assert (found.on, found.first_on, found.moved, found.format) == (None, MONDAY, True, BRAILLE)


def test_the_time_counts_from_the_mailing_in_the_format_that_stood():
    wanted = (Wanted(MONDAY - timedelta(days=90), LARGE),)
    assert counted(Sent(MONDAY), Sent(THURSDAY, LARGE), wanted=wanted) == THURSDAY


def test_a_format_asked_for_while_the_time_runs_makes_it_count_anew_from_the_mailing_in_it():
    wanted = (Wanted(THURSDAY, BRAILLE),)
    assert counted(Sent(MONDAY), wanted=wanted) == MONDAY, "asked for, and not sent yet: the first still stands"
    assert counted(Sent(MONDAY), Sent(THURSDAY, BRAILLE), wanted=wanted) == THURSDAY


@pytest.mark.parametrize(("late", "counts"), [(0, True), (1, False)])
def test_a_format_asked_for_after_the_time_was_over_revives_nothing(late, counts):
    asked = MONDAY + timedelta(days=DAYS + late)
    again = Sent(asked + timedelta(days=5), BRAILLE)
    assert counted(Sent(MONDAY), again, wanted=(Wanted(asked, BRAILLE),)) == (again.on if counts else MONDAY)


def test_a_letter_sent_again_in_the_same_format_moves_nothing():
    wanted = (Wanted(MONDAY, LARGE),)
    assert counted(Sent(MONDAY, LARGE), Sent(THURSDAY, LARGE), wanted=wanted) == MONDAY


def test_whoever_goes_back_to_standard_print_can_read_it_from_then_on():
    wanted = (Wanted(MONDAY, BRAILLE), Wanted(THURSDAY, STANDARD))
    assert counted(Sent(MONDAY), Sent(THURSDAY), wanted=wanted) == THURSDAY


def test_standard_print_goes_along_so_any_format_can_be_read_by_who_reads_print():
    assert counted(Sent(MONDAY, BRAILLE)) == MONDAY


def test_a_letter_in_another_language_starts_no_time():
    foreign = Sent(MONDAY, in_own_language=False)
    assert counted(foreign) is None
    assert counted(foreign, Sent(THURSDAY)) == THURSDAY


DATES, FORMATS = st.dates(MONDAY, MONDAY + timedelta(days=200)), st.sampled_from(Format)
SENDINGS = st.lists(st.builds(Sent, DATES, FORMATS), max_size=6)
CHOICES = st.lists(st.builds(Wanted, DATES, FORMATS), max_size=4)


@given(SENDINGS, CHOICES)
def test_the_day_is_that_of_a_sending_never_before_the_first_and_the_same_in_any_order(sendings, choices):
    found = adequate_notice(sendings, choices, DAYS)
    assert found.on is None or found.on in {each.on for each in sendings}
    assert found.on is None or found.first_on is None or found.first_on <= found.on
    if len({each.on for each in sendings}) == len(sendings):
        assert adequate_notice(list(reversed(sendings)), choices, DAYS) == found
