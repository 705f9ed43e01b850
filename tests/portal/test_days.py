"""Days, hours and counts as a Member reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from secondopinion.portal.words import counted, day_in_words, instant_in_words, number_in_words, short_day_in_words

MONDAY = date(2026, 12, 14)
AT = datetime(2026, 12, 14, 18, 0, tzinfo=UTC)  # Monday 2026-12-14 10:00 in California


def test_a_day_is_said_with_its_weekday() -> None:
    assert day_in_words(MONDAY, "en") == "Monday, December 14, 2026"
    assert short_day_in_words(MONDAY, "en") == "December 14, 2026"


def test_an_instant_is_said_on_the_plans_clock_and_belongs_to_the_plans_day() -> None:
    assert instant_in_words(AT, "en") == "Monday, December 14, 2026 at 10:00 AM"
    late = datetime(2026, 12, 15, 4, 5, tzinfo=UTC)  # Monday 2026-12-14 20:05
    assert instant_in_words(late, "en") == "Monday, December 14, 2026 at 8:05 PM"
    assert day_in_words(late, "en") == "Monday, December 14, 2026"


@pytest.mark.parametrize(("hour", "said"), [(8, "12:30 AM"), (20, "12:30 PM"), (19, "11:30 AM"), (21, "1:30 PM")])
def test_noon_and_midnight_are_twelve(hour: int, said: str) -> None:
    assert instant_in_words(datetime(2026, 12, 14, hour, 30, tzinfo=UTC), "en").endswith(f" at {said}")


def test_a_language_without_pages_reads_english_days() -> None:
    assert day_in_words(MONDAY, "hmn") == "Monday, December 14, 2026"


def test_a_count_agrees_with_its_noun() -> None:
    assert [counted(n, "days", "en") for n in (1, 7)] == ["1 day", "7 days"]
    assert number_in_words(72, "en") == "72"
