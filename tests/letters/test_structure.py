"""Every letter, in every language and both sizes, is built so that it can be read aloud (PDF/UA-1)."""

import io

import pikepdf
import pytest

from letters.samples import DRAWN, data_of, in_each_example
from letters.structure import elements, faults, languages
from secondopinion.letters.languages import LANGUAGES
from secondopinion.letters.paper import render

SIZES = ("standard", "large-print")


@pytest.mark.parametrize("format", SIZES)
@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_nothing_is_wrong_with_the_structure(kind, language, format):
    for letter in in_each_example(kind, language):
        pdf = render(kind, letter.program, language, letter.data, format)
        assert faults(pdf, language) == []
        if LANGUAGES[language].right_to_left:
            assert any(said.startswith("en") for said in languages(pdf))


def test_on_the_sheet_of_many_languages_each_sentence_says_its_own():
    data = data_of("language_help", "example-medi-cal")
    said = {each.split("-")[0] for each in languages(render("language_help", "medi-cal", "en", data))}
    others = {"tl", "hy", "km", "hi", "hmn", "ja", "lo", "pa", "th", "uk"}
    assert {"es", "vi", "zh", "ko", "fa", "ar", "ru"} | others <= said


def test_the_lists_and_tables_of_the_longest_letter_are_tagged_as_such():
    pdf = render("packet_cover", "medi-cal", "en", data_of("packet_cover", "example-medi-cal"))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        kinds = {str(element.S) for element in elements(document.Root.StructTreeRoot)}
    assert {"/L", "/LI", "/Table", "/TH", "/TD"} <= kinds


def spoilt(change) -> bytes:
    data = data_of("denial_to_member", "example-medi-cal")
    with pikepdf.open(io.BytesIO(render("denial_to_member", "medi-cal", "en", data))) as document:
        change(document)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def _one(document: pikepdf.Pdf, kind: str) -> pikepdf.Dictionary:
    return next(e for e in elements(document.Root.StructTreeRoot) if str(e.S) == kind)


def _paint(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    page.contents_add(b"0 0 10 10 re f")


def _no_title(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as said:
        del said["dc:title"]


@pytest.mark.parametrize(
    ("spoil", "checkpoint"),
    [
        (lambda d: d.Root.__delitem__("/Lang"), "11-001"),
        (lambda d: d.Root.MarkInfo.__setitem__("/Marked", False), "06-001"),
        (lambda d: d.Root.ViewerPreferences.__delitem__("/DisplayDocTitle"), "07-002"),
        (_no_title, "06-003"),
        (_paint, "01-003"),
        (lambda d: _one(d, "/H2").__setitem__("/S", pikepdf.Name("/H3")), "14-003"),
        (lambda d: _one(d, "/H2").__setitem__("/S", pikepdf.Name("/Figure")), "13-004"),
        (lambda d: _one(d, "/LI").__setitem__("/S", pikepdf.Name("/P")), "09-004"),
        (lambda d: _one(d, "/H2").__setitem__("/S", pikepdf.Name("/Grob")), "02-001"),
        (lambda d: next(iter(d.pages[0].Resources.Font.values())).__delitem__("/ToUnicode"), "10-001"),
    ],
)
def test_a_fault_is_found_and_named_by_its_checkpoint(spoil, checkpoint):
    assert any(checkpoint in fault for fault in faults(spoilt(spoil), "en"))
