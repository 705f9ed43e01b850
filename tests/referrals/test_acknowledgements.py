"""What the print house says of its letters, read back row by row: once, in any order, and never what cannot be."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from county import NOW
from referrals.mailed import acknowledged, mailings, steps, to_the_member
from secondopinion.letters.acknowledging import NotAFile
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Mailing
from secondopinion.referrals.afterwards import take_acknowledgements
from secondopinion.referrals.closing import open_items
from secondopinion.referrals.models import Event
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.posting import post

HOUR = timedelta(hours=1)


@pytest.fixture
def house(tmp_path: Path) -> PrintHouse:
    return PrintHouse(tmp_path / "print")


def test_the_postmark_of_the_print_house_stands_in_the_history_once(there, house):
    found, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    came = take_acknowledgements(acknowledged(letter, "accepted"), NOW + HOUR)
    assert (came.taken, came.known, came.refused) == (1, 0, ())
    tuesday = date(2026, 11, 24)  # Tuesday
    told = acknowledged(letter, "mailed", tuesday)
    assert take_acknowledgements(told, NOW + 24 * HOUR).taken == 1
    again = take_acknowledgements(told, NOW + 25 * HOUR)
    assert (again.taken, again.known, again.refused) == (0, 1, ())
    assert take_acknowledgements(acknowledged(letter, "accepted"), NOW + 26 * HOUR).known == 1, "a late word"
    printed = Mailing.objects.get(letter=letter, carrier="print")
    assert (printed.stands, printed.postmarked_on) == ("arrived", tuesday)
    event = Event.objects.get(referral=found, step="postmarked")
    assert event.details["on"] == "2026-11-24"
    assert list(differences([found.number])) == []


def test_a_letter_that_the_print_house_rejects_is_somebodys_task(there, house):
    found, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    take_acknowledgements(acknowledged(letter, "rejected", reason="file damaged"), NOW + HOUR)
    assert mailings(letter)[0] == ("print", 1, "failed")
    assert steps(found)[-1] == "not_delivered"
    assert [item for item in open_items(found.pk) if "came back" in item]


def test_returned_mail_may_be_told_by_the_print_house_too(there, house):
    found, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    take_acknowledgements(acknowledged(letter, "mailed"), NOW + HOUR)
    told = acknowledged(letter, "returned", date(2026, 12, 1), "no such street")  # Tuesday
    assert take_acknowledgements(told, NOW + timedelta(days=9)).taken == 1
    assert take_acknowledgements(told, NOW + timedelta(days=9)).known == 1
    assert steps(found)[-2:] == ["postmarked", "came_back"]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"mailing_id": "7"}, "is not the mailing_id of a letter"),
        ({"mailing_id": "00000000-0000-0000-0000-000000000009"}, "No such mailing was ever handed over"),
        ({"sha256": "0" * 64}, "another file was printed"),
        ({"status": "lost"}, "The status is none of"),
        ({"on": "24.11.2026"}, "The day is not a day"),
        ({"on": "2026-11-22"}, "before the letter was handed over, or after today"),
        ({"on": "2026-11-29"}, "before the letter was handed over, or after today"),
        ({"status": "rejected", "reason": ""}, "needs a reason"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_and_the_next_one_is_taken(there, house, other, sentence):
    _, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    good = acknowledged(letter, "mailed")
    bad = acknowledged(letter, **{"status": "mailed", **other}).splitlines(keepends=True)[1]
    heading, row = good.splitlines(keepends=True)
    came = take_acknowledgements(heading + bad + b"one,two\n" + row, NOW + HOUR)
    assert came.taken == 1
    (refused, short) = came.refused
    assert (refused.number, short.number) == (2, 3)
    assert sentence in refused.sentence
    assert "2 values, and 5 are needed" in short.sentence


def test_two_words_that_cannot_both_be_so_are_refused(there, house):
    _, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    take_acknowledgements(acknowledged(letter, "mailed"), NOW + HOUR)
    later = NOW + timedelta(days=2)
    for told, sentence in (
        (acknowledged(letter, "mailed", date(2026, 11, 24)), "with another postmark"),  # Tuesday
        (acknowledged(letter, "rejected", reason="damaged"), "cannot be rejected now"),
    ):
        (refused,) = take_acknowledgements(told, later).refused
        assert sentence in refused.sentence


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"letter,day\n", b"%PDF-1.7", b"x" * (20 * 1024 * 1024 + 1)])
def test_a_file_that_is_none_is_refused_whole(as_plan, content):
    with pytest.raises(NotAFile, match=r"\.$"):
        take_acknowledgements(content, NOW)
