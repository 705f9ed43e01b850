"""What a person or a voice reads aloud: figures, days, hours, codes and addresses in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.letters.languages import LANGUAGES
from secondopinion.letters.number_words import english, english_ordinal, english_year, spanish
from secondopinion.letters.spoken import NoScript, said, script_of, signs


@pytest.mark.parametrize(
    ("written", "aloud"),
    [
        ("1-800-555-0142 (TTY 711).", "one, eight zero zero, five five five, zero one four two, T T Y, seven one one."),
        ("until Tuesday, January\xa019,\xa02027.", "until Tuesday, January nineteenth, two thousand twenty-seven."),
        ("Monday to Friday, 8 a.m. to 5:30 p.m.", "Monday to Friday, eight A M to five thirty P M"),
        ("We close at 5 p.m. Call us.", "We close at five P M. Call us."),
        ("You pay $0 or 20%.", "You pay zero dollars or twenty percent."),
        ("$1,250.50", "one thousand two hundred fifty dot fifty dollars"),
        ("Away: 3.2 miles.", "Away: three point two miles."),
        ("GG.1538 II.C.3", "G G, one five three eight, I I, C, three"),
        ("42 CFR 438.404(b)(5)", "four two, C F R, four three eight, four zero four, b, five"),
        ("number SO-2026-000431", "number S O, two zero two six, zero zero zero four three one"),
        ("www.dhcs.ca.gov/help", "w w w dot dhcs dot ca dot gov slash help"),
        ("a.b@plan.example", "a dot b at plan dot example"),
        ("Orchard City, CA 92999", "Orchard City, C A, nine two nine nine nine"),
        ("“deny” means no – always & ever", "deny means no, always and ever"),
    ],
)  # fmt: skip
def test_english_is_said_without_a_figure_or_a_sign(written, aloud):
    assert said(written, "en") == aloud


@pytest.mark.parametrize(
    ("written", "aloud"),
    [
        ("hasta el 1 de enero de 2027", "hasta el primero de enero de dos mil veintisiete"),
        ("Tiene 60 días. Cuesta $0.", "Tiene sesenta días. Cuesta cero dólares."),
        ("a 12.05 millas", "a doce punto cero cinco millas"),
        ("de 8 a.m. a 5:30 p.m.", "de ocho A M a cinco treinta P M"),
    ],
)
def test_spanish_is_said_without_a_figure(written, aloud):
    assert said(written, "es") == aloud


def test_the_other_languages_say_telephones_figure_by_figure():
    for language in signs():
        assert "8 0 0" in said("1-800-555-0142", language) or language in ("en", "es")


def test_every_language_of_the_letters_has_its_signs_in_words():
    assert set(signs()) == set(LANGUAGES)
    assert {frozenset(names) for names in signs().values()} == {frozenset(signs()["en"])}


def test_a_language_whose_signs_nobody_wrote_down_is_refused_by_name():
    with pytest.raises(NoScript, match="how signs are said in Welsh"):
        script_of((), "cy", "Welsh")


@pytest.mark.parametrize(
    ("number", "word"),
    [(0, "zero"), (13, "thirteen"), (40, "forty"), (72, "seventy-two"), (120, "one hundred twenty"),
     (1005, "one thousand five"), (999_999, "nine hundred ninety-nine thousand nine hundred ninety-nine")],
)  # fmt: skip
def test_numbers_in_english(number, word):
    assert english(number) == word


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "first"), (2, "second"), (3, "third"), (12, "twelfth"), (20, "twentieth"), (21, "twenty-first"),
     (30, "thirtieth"), (31, "thirty-first"), (9, "ninth"), (5, "fifth")],
)  # fmt: skip
def test_days_of_the_month_in_english(number, word):
    assert english_ordinal(number) == word


@pytest.mark.parametrize(
    ("year", "word"),
    [(1971, "nineteen seventy-one"), (1905, "nineteen oh five"), (1900, "nineteen hundred"),
     (2005, "two thousand five"), (2026, "two thousand twenty-six")],
)  # fmt: skip
def test_years_in_english(year, word):
    assert english_year(year) == word


@pytest.mark.parametrize(
    ("number", "word"),
    [(21, "veintiuno"), (31, "treinta y uno"), (100, "cien"), (101, "ciento uno"), (1000, "mil"),
     (2026, "dos mil veintiséis"), (21_000, "veintiún mil"), (31_500, "treinta y un mil quinientos"),
     (101_000, "ciento un mil")],
)  # fmt: skip
def test_numbers_in_spanish(number, word):
    assert spanish(number) == word


@given(st.integers(0, 999_999))
def test_no_two_numbers_are_said_alike(number):
    for say in (english, spanish):
        assert say(number) != say((number + 1) % 1_000_000)
        assert not any(c.isdecimal() for c in say(number))
