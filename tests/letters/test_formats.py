"""Large print, text, audio script and braille: the same letter, every sentence that a clause orders in each."""

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping

import pypdfium2
import pytest

from letters.fingers import bare, pages_of, read
from letters.samples import DRAWN, data_of, in_each_example
from secondopinion.letters import formats, words
from secondopinion.letters.braille import TABLES, NoBraille
from secondopinion.letters.formats import NOT_MADE, print_as
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.kinds import KINDS
from secondopinion.letters.paper import marks_of, passages, render, squeeze
from secondopinion.letters.refusal import Incomplete
from secondopinion.policy.formats import Format

IN_WORDS = (Format.ELECTRONIC, Format.AUDIO, Format.BRAILLE)
TORN = "\ufffe"  # what the reader of a PDF puts for a hyphen at the end of a line


def said_by(letter: Frozen) -> Mapping[str, list[str]]:
    return passages(letter.kind, letter.program, letter.language, letter.data)


def made(letter: Frozen, format: Format) -> str:
    file = print_as(letter, format, said_by(letter))
    assert file is not None
    return file.content.decode()


def denial(language: str = "en") -> Frozen:
    return freeze("denial_to_member", "medi-cal", language, data_of("denial_to_member", "example-medi-cal"))


@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_every_ordered_sentence_is_in_the_text(kind, language):
    for letter in in_each_example(kind, language):
        held = squeeze(made(letter, Format.ELECTRONIC))
        absent = [p for said in said_by(letter).values() for p in said if squeeze(p) not in held.replace("-", "-")]
        assert [p for p in absent if not _in_items(p, made(letter, Format.ELECTRONIC))] == []


def _in_items(passage: str, text: str) -> bool:
    """A passage that is a list: its words stand in the text with the signs of its items between them."""
    return squeeze(passage) in squeeze(re.sub(r"(?m)^(?:- |\d+\. |#+ )", "", text))


@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_every_ordered_sentence_is_in_the_script(kind, language):
    for letter in in_each_example(kind, language):
        spoken = list(_plain_words(made(letter, Format.AUDIO)))
        for said in said_by(letter).values():
            assert [p for p in said if not _follows(list(_plain_words(p)), spoken)] == []


def _plain_words(text: str) -> Iterator[str]:
    """Words that are said as they are written: no figures, no initials, no addresses of the web, and no script that
    writes words without spaces."""
    text = re.sub(r"[“”«»\"]", "", unicodedata.normalize("NFC", text).replace("’", "'").replace("\xa0", " "))
    text = re.sub(r"[\u0e00-\u0eff\u1780-\u17ff\u3000-\u9fff\uff00-\uffef]", " ", text)
    for token in text.split():
        if not re.search(r"[\d@/_$%+]|\w\.\w|[A-Z]{2}", token):
            yield from (w.lower() for w in re.findall(r"[^\W\d_]{3,}", token))


def _follows(wanted: list[str], spoken: list[str]) -> bool:
    """Whether the words stand in order, with no more between them than figures and signs that were put into words."""
    if not wanted:
        return True
    room = 3 * len(wanted) + 40
    for start, word in enumerate(spoken):
        if word == wanted[0]:
            here = iter(spoken[start : start + room])
            if all(w in here for w in wanted):
                return True
    return False


@pytest.mark.parametrize(("kind", "language"), [p for p in DRAWN if p.values[1] in TABLES])
def test_every_ordered_sentence_is_in_the_braille(kind, language):
    for letter in in_each_example(kind, language):
        braille = made(letter, Format.BRAILLE)
        for mark, said in said_by(letter).items():
            # On the sheet of many languages, the mark ends with the language of its sentence.
            tongue = mark.split()[-1] if KINDS[kind].reader == "everyone" else language
            if tongue in TABLES:
                assert [p for p in said if bare(p) not in read(braille, tongue)] == [], mark


@pytest.mark.parametrize(("kind", "language"), [p for p in DRAWN if p.values[1] in TABLES])
def test_braille_has_lines_of_forty_cells_and_pages_of_twenty_five_lines(kind, language):
    for letter in in_each_example(kind, language):
        pages = pages_of(made(letter, Format.BRAILLE))
        assert {len(page) for page in pages} == {25}
        assert all(len(line) <= 40 and line == line.rstrip() for page in pages for line in page)
        assert all("!" <= c <= "_" or c == " " for page in pages for line in page for c in line)
        assert [page[-1].strip()[1:] for page in pages[:3]] == ["A", "B", "C"][: len(pages)]


@pytest.mark.parametrize(("kind", "language"), [p for p in DRAWN if p.values[1] not in TABLES])
def test_a_language_without_a_braille_table_is_refused_by_its_name(kind, language):
    letter = next(in_each_example(kind, language))
    with pytest.raises(NoBraille, match=r"no braille table for [A-Z]\w+ here.*Have a transcriber make it"):
        made(letter, Format.BRAILLE)


@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_a_script_holds_nothing_without_a_sound(kind, language):
    if KINDS[kind].reader == "everyone":
        return  # eighteen languages on one sheet
    for letter in in_each_example(kind, language):
        script = made(letter, Format.AUDIO)
        marks = {c for c in script if not c.isspace() and unicodedata.category(c)[0] not in "LMN"}
        assert marks <= set(".,?!:;'-¿¡؟،؛。，：、？！\u200c"), marks  # the last keeps letters of Farsi apart
        if language in ("en", "es"):
            assert not re.search(r"\d", script)


@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_text_marks_its_title_headings_and_lists_and_keeps_telephones_whole(kind, language):
    for letter in in_each_example(kind, language):
        lines = made(letter, Format.ELECTRONIC).splitlines()
        assert sum(line.startswith("# ") for line in lines) == 1
        pieces = words.words_of(letter.kind, letter.program, letter.language, letter.data)
        for sort, sign in ((words.Sort.HEADING, "## "), (words.Sort.ITEM, "- ")):
            wanted = sum(p.sort is sort and p.number is None for p in pieces)
            assert sum(line.startswith(sign) for line in lines) == wanted
        assert letter.data["plan"]["phone"] in "\n".join(lines)
        assert not any("\xa0" in line for line in lines)


@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_large_print_is_twenty_points_and_says_all_of_it(kind, language):
    for letter in in_each_example(kind, language):
        file = print_as(letter, Format.LARGE_PRINT, said_by(letter))
        assert file is not None
        assert marks_of(file.content, said_by(letter)) == set(said_by(letter))
        assert _smallest(file.content) >= 20


def _smallest(pdf: bytes) -> float:
    document, sizes = pypdfium2.PdfDocument(io.BytesIO(pdf)), set()
    for page in document:
        for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            size = pypdfium2.raw.c_float()
            pypdfium2.raw.FPDFTextObj_GetFontSize(item.raw, size)
            sizes.add(round(size.value * abs(item.get_matrix().get()[3]), 1))
    return min(sizes)


def test_standard_print_is_the_sealed_letter_and_no_other_file():
    assert print_as(denial(), Format.STANDARD, ()) is None


@pytest.mark.parametrize("format", [f for f in Format if f is not Format.STANDARD])
def test_the_same_data_gives_the_same_bytes_and_their_seal(format):
    one, two = (print_as(denial(), format, {"GG.1538 II.K.1"}) for _ in range(2))
    assert one is not None
    assert one == two
    assert len(one.sha256) == 64


@pytest.mark.parametrize("format", [f for f in Format if f is not Format.STANDARD])
def test_a_file_that_lacks_what_a_clause_orders_is_refused_by_the_clause(format):
    with pytest.raises(Incomplete, match=r"GG\.1538 II\.Z"):
        print_as(denial(), format, {"GG.1538 II.Z"})


@pytest.mark.parametrize("format", IN_WORDS)
def test_words_that_got_lost_on_the_way_stop_the_file(format, monkeypatch):
    whole = words.words_of
    monkeypatch.setattr(
        formats, "words_of", lambda *of: tuple(p for p in whole(*of) if "right to appeal" not in p.words)
    )
    with pytest.raises(Incomplete, match=r"II\.K\.2"):
        print_as(denial(), format, {"GG.1538 II.K.2"})


def test_why_a_file_was_not_made_is_told_without_a_name():
    letter = denial("ar")
    with pytest.raises(NOT_MADE) as refused:
        print_as(letter, Format.BRAILLE, ())
    assert letter.data["member"]["name"] not in str(refused.value)


@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_large_print_has_more_pages_and_nothing_runs_off_the_paper(kind, language):
    letter = next(in_each_example(kind, language))
    of_size = {
        size: pypdfium2.PdfDocument(render(kind, letter.program, language, letter.data, size))
        for size in ("standard", "large-print")
    }
    assert len(of_size["large-print"]) > len(of_size["standard"])
    for document in of_size.values():
        for page in document:
            for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
                left, bottom, right, top = item.get_bounds()
                assert 60 < left <= right < page.get_width() - 60
                assert 20 < bottom <= top < page.get_height() - 20


@pytest.mark.parametrize(
    ("kind", "language"), [p for p in DRAWN if p.values[0] in ("right_in_handbook", "right_insert")]
)
def test_a_programs_name_is_not_torn_by_the_end_of_a_line_of_large_print(kind, language):
    for letter in in_each_example(kind, language):
        for page in pypdfium2.PdfDocument(render(kind, letter.program, language, letter.data, "large-print")):
            assert f"Medi{TORN}" not in page.get_textpage().get_text_range()
