"""A Member reads every English letter at sixth grade, in short sentences, without a code or a riddle of capitals."""

import re

import pytest

from letters.reading import LEGAL_NAMES, grade, grade_of, prose_of, syllables, unexplained, without_names
from letters.samples import TO_MEMBERS
from secondopinion.letters.freeze import CODE
from secondopinion.letters.kinds import Example
from secondopinion.letters.words import Piece, Sort, words_of

HARDEST = 6.0  # DD.2002 III.J.4: sixth grade or below
LONGEST = 15.0  # words in a sentence, on average
LONGEST_OF_ALL = 30


def pieces_of(kind: str, example: Example) -> tuple[Piece, ...]:
    return words_of(kind, example.data["referral"]["program"], "en", example.data)


@pytest.mark.parametrize(("kind", "example"), TO_MEMBERS)
def test_a_member_reads_it_at_sixth_grade_in_short_sentences(kind: str, example: Example):
    told = list(prose_of(pieces_of(kind, example), example.data))
    assert len(told) >= 5, "this is hardly a letter"
    assert grade_of(told) <= HARDEST
    assert sum(map(len, told)) / len(told) <= LONGEST
    assert max(map(len, told)) <= LONGEST_OF_ALL, max(told, key=len)


@pytest.mark.parametrize(("kind", "example"), TO_MEMBERS)
def test_no_passage_of_a_letter_is_far_harder_than_the_whole(kind: str, example: Example):
    for piece in pieces_of(kind, example):
        if "race, color" in piece.words:
            continue  # the grounds on which nobody may be treated worse, each as the law names it (45 CFR 92.10)
        told = list(prose_of([piece], example.data))
        if sum(map(len, told)) >= 20:
            assert grade_of(told) <= HARDEST + 4, piece.words


@pytest.mark.parametrize(("kind", "example"), TO_MEMBERS)
def test_capitals_are_explained_where_they_stand(kind: str, example: Example):
    assert unexplained(pieces_of(kind, example), example.data) == set()


@pytest.mark.parametrize(("kind", "example"), TO_MEMBERS)
def test_no_sentence_holds_a_bare_code(kind: str, example: Example):
    for piece in pieces_of(kind, example):
        if piece.sort is not Sort.FACT:
            plain = re.sub(r"\b[A-Z]{2} \d{5}\b|GG\.\d{4}|\b20\d\d\b", " ", without_names(piece.words, example.data))
            assert not CODE.search(plain), plain


def test_the_measure_knows_easy_from_hard():
    easy = "You can call us. We will help you. It is free for you to ask. The doctor will see you soon."
    hard = (
        "Utilization determinations necessitate comprehensive documentation demonstrating the appropriateness of "
        "specialized consultations notwithstanding previously adjudicated authorizations."
    )
    assert grade(easy) < 3
    assert grade(hard) > 15


@pytest.mark.parametrize(
    ("word", "count"), [("you", 1), ("appeal", 2), ("decided", 3), ("approved", 2), ("hospital", 3), ("Zyzzyva", 3)]
)
def test_syllables_are_the_dictionarys(word, count):
    assert syllables(word) == count


def test_a_riddle_of_capitals_is_found_and_an_explained_one_is_not():
    riddle = Piece(Sort.PARAGRAPH, ("Ask the PCP about UM. Call Health Care Services (DHCS), or DHCS. TTY 711.",))
    assert unexplained([riddle], {}) == {"PCP", "UM"}


def test_each_legal_name_that_is_left_out_stands_in_a_letter():
    told = "\n".join(piece.words for p in TO_MEMBERS for piece in pieces_of(*p.values))  # type: ignore[arg-type]
    assert [name for name in LEGAL_NAMES if name not in told] == []
