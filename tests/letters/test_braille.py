"""The cells of the braille codes, sign by sign, and where words stand on a page of braille."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.fingers import bare, pages_of, read_line
from secondopinion.letters.braille import NoBraille, braille_of, cells
from secondopinion.letters.words import Piece, Sort


@pytest.mark.parametrize(
    ("print_", "found"),
    [
        ("Call us.", ",CALL US4"),
        ("TTY 711", ",,TTY #GAA"),
        ("PhD", ",PH,D"),
        ("1-800-555-0142", "#A-#HJJ-#EEE-#JADB"),
        ("1,000 or 60.5", "#A1JJJ OR #FJ4E"),
        ("8:30", "#H3#CJ"),
        ("4a and 4k and 4A", "#D;A AND #DK AND #D,A"),
        ("(no)", '"<NO">'),
        ("He said “no.”", ",HE SAID 8NO40"),
        ('He said "no."', ",HE SAID 8NO40"),
        ("don’t", "DON'T"),
        ("Why?", ",WHY8"),
        ("José Núñez", ",JOS^/E ,N^)U^]NEZ".replace("^)U", "^/U")),
        ("Nguyễn", ",NGUY^%^]EN"),
        ("$5 or 20%", "@S#E OR #BJ.0"),
        ("a@b.example", "A@AB4EXAMPLE"),
        ("yes—no", "YES,-NO"),
        ("II.K.2", ",,II4,K4#B"),
    ],
)
def test_english_is_unified_english_braille_grade_one(print_, found):
    assert cells(print_, "en") == found


@pytest.mark.parametrize(
    ("print_", "found"),
    [
        ("¿Qué?", "5.QU!5"),
        ("¡Sí!", "6.S/6"),
        ("niño, pingüino", "NI]O1 PING\\INO"),
        ("corazón útil", "CORAZ+N )TIL"),
        ("árbol", "(RBOL"),
        ("ONU", "..ONU"),
        ("2.5 y (a)", "#B'E Y <A>"),
        ("“no”", "8NO8"),
    ],
)
def test_spanish_has_signs_of_its_own(print_, found):
    assert cells(print_, "es") == found


def test_a_sign_that_the_table_lacks_is_named():
    with pytest.raises(NoBraille, match=r"“☂” \(U\+2602\), which the braille table lacks"):
        cells("An ☂", "en")
    with pytest.raises(NoBraille, match="U\\+05D0"):
        cells("א", "en")


@given(st.text("abcjkzABZ 019", max_size=60))
def test_what_is_written_can_be_read_back(text):
    assert read_line(cells(text, "en"), "en") == bare(text)


def lines(*pieces: Piece) -> list[str]:
    return [line for page in pages_of(braille_of(pieces, "en", "English")) for line in page[:-1]]


def test_a_title_stands_in_the_middle_a_heading_at_the_fifth_cell_and_a_paragraph_at_the_third():
    found = lines(
        Piece(Sort.TITLE, ("No",)), Piece(Sort.HEADING, ("Why",)), Piece(Sort.PARAGRAPH, ("word " * 12,)),
        Piece(Sort.ITEM, ("thing " * 8,)), Piece(Sort.FACT, ("here",), label="Where"),
    )  # fmt: skip
    assert found[:4] == [" " * 18 + ",NO", "", "    ,WHY", "  " + " ".join(["WORD"] * 7)]
    assert found[4].startswith("WORD")
    assert found[5].startswith("_4 THING")
    assert found[6].startswith("  THING")
    assert found[7] == ",WHERE3 HERE"


def test_no_heading_is_left_at_the_foot_of_a_page():
    for before in range(18, 26):
        pieces = [Piece(Sort.ITEM, ("x",))] * before
        pages = pages_of(braille_of([*pieces, Piece(Sort.HEADING, ("Why",)), *pieces[:3]], "en", "English"))
        page = next(page for page in pages if "    ,WHY" in page)
        assert page[page.index("    ,WHY") + 1].startswith("_4 X")


def test_a_word_longer_than_a_line_goes_on_after_a_sign_and_loses_nothing():
    found = lines(Piece(Sort.ITEM, ("w" * 90,)))
    assert found[1].endswith('"')
    assert "".join(found).count("W") == 90


def test_a_passage_in_a_language_without_a_table_is_left_to_the_print():
    found = lines(Piece(Sort.PARAGRAPH, ("Yes",)), Piece(Sort.PARAGRAPH, ("Да",), language="ru"))
    assert [line for line in found if line] == ["  ,YES"]
