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


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "lunes 14 de diciembre de 2026, 10:00 a. m."),
        ("vi", "thứ Hai, ngày 14 tháng 12 năm 2026, lúc 10:00 sáng"),
        ("zh", "2026年12月14日（星期一）上午10:00"),
        ("ko", "2026년 12월 14일(월요일) 오전 10:00"),
        ("fa", "دوشنبه ۱۴ دسامبر ۲۰۲۶، ساعت ۱۰:۰۰ صبح"),
        ("ar", "الاثنين، 14 ديسمبر 2026، الساعة 10:00 صباحًا"),
        ("ru", "14 декабря 2026 года (понедельник), 10:00"),
    ],
)
def test_an_instant_is_said_as_each_language_says_it(language: str, said: str) -> None:
    assert instant_in_words(AT, language) == said


def test_russian_and_arabic_count_by_their_own_rules() -> None:
    assert [counted(n, "days", "ru") for n in (1, 3, 7, 11, 21, 72, 112)] == [
        "1 день", "3 дня", "7 дней", "11 дней", "21 день", "72 дня", "112 дней",
    ]  # fmt: skip
    assert [counted(n, "days", "ar") for n in (2, 7, 30, 100, 103)] == [
        "يومين (2)", "7 أيام", "30 يومًا", "100 يوم", "103 أيام",
    ]  # fmt: skip
    assert counted(72, "hours", "fa") == "۷۲ ساعت"


def test_a_russian_evening_has_twenty_hours() -> None:
    assert instant_in_words(datetime(2026, 12, 15, 4, 5, tzinfo=UTC), "ru").endswith(", 20:05")
