"""Letters in the reader's language: the same frame, every word on the paper, every field in its own order."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pypdfium2
import pytest

from letters.samples import TO_MEMBERS, data_of
from letters.tongues import complete
from secondopinion.letters import paper, translating
from secondopinion.letters.checking import off_the_paper, out_of_frame
from secondopinion.letters.kinds import KINDS, TEMPLATES, Example
from secondopinion.letters.languages import ENGLISH, LANGUAGES, OWN_LANGUAGE, language_for, missing, written
from secondopinion.letters.refusal import Incomplete
from secondopinion.letters.translating import AS_IT_IS, NAMED_IN, WORDED, WORDED_IN, free_words, in_language, set_phrase
from secondopinion.policy.parameters import value
from secondopinion.referrals.set_phrases import set_phrases, untranslated

DRAWN = [
    pytest.param(kind, language, id=f"{kind.name}-{language}")
    for kind in KINDS.values()
    for language in kind.languages
    if language != ENGLISH
]
COMPLETE = [each.tag for each in LANGUAGES.values() if each.complete and each.tag != ENGLISH]
RIGHT_TO_LEFT = [
    language for language in ("ar", "fa") if language in KINDS["denial_to_member"].languages
]  # fmt: skip


@pytest.mark.parametrize("language", COMPLETE or [ENGLISH])
def test_a_complete_language_has_every_letter_and_every_set_phrase(language: str):
    assert missing(language) == ()
    assert untranslated(language, set_phrase) == ()


@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_a_translation_keeps_the_frame_of_the_english_letter(kind, language):
    assert list(out_of_frame(kind.name, language)) == []
    assert list(out_of_frame("rights", language)) == []


@pytest.mark.parametrize(("kind", "language"), DRAWN)
def test_a_translated_letter_says_on_paper_what_every_clause_orders(kind, language):
    assert list(off_the_paper(kind, language)) == []


def test_only_letters_to_members_and_their_representatives_are_drawn_in_other_languages():
    assert {kind.values[0].reader for kind in DRAWN} <= OWN_LANGUAGE  # type: ignore[union-attr]


def test_every_language_of_the_policy_is_one_that_letters_can_be_written_in():
    for program in ("medi_cal", "onecare"):
        codes = value(f"languages.threshold.{program}", date(2026, 11, 25)).words  # Wednesday
        assert {written(code) for code in codes} == set(LANGUAGES)


@pytest.mark.parametrize(("code", "tag"), [("zh", "zh-Hant"), ("spa", "es"), ("EN", "en"), ("tl", None), ("", None)])
def test_a_code_of_the_enrolment_file_names_a_language_of_letters(code, tag):
    assert written(code) == tag


def test_an_office_is_written_to_in_english_and_a_member_in_a_language_that_is_complete():
    with complete("es"):
        assert language_for("denial_to_requester", "es") == "en"
        assert language_for("denial_to_member", "es") == "es"
        assert language_for("denial_to_member", "tl") == "en"
    with complete("vi"):
        assert language_for("denial_to_member", "es") == "en", "a language counts once all of it stands"


@pytest.mark.parametrize(("kind", "example"), TO_MEMBERS)
def test_every_text_of_a_letters_data_is_known_as_words_or_as_the_same_in_every_language(kind: str, example: Example):
    for path, text in texts(example.data):
        names = [step for step in path if isinstance(step, str)]
        known = (
            names[-1] in WORDED | AS_IT_IS or names[-1].endswith(("_on", "_by", "_until")) or names[-1] in ("on", "by")
            or tuple(names[-2:]) in WORDED_IN | NAMED_IN
        )  # fmt: skip
        assert known, f"{'.'.join(map(str, path))} of {kind} is neither: {text!r}"


def test_a_set_phrase_carries_its_day_and_its_number_over(tmp_path, monkeypatch):
    (tmp_path / "es.toml").write_text(
        '"November {n}" = "{n} de noviembre"\n"Late on {day}." = "Tarde el {day}."\n"{n} hours" = "{n} horas"\n'
        '"1 hours" = "una hora"\n'
    )
    monkeypatch.setattr(translating, "PHRASES", tmp_path)
    translating._phrases.cache_clear()
    try:
        assert set_phrase("es", "Late on November 20.") == "Tarde el 20 de noviembre."
        assert set_phrase("es", "72 hours") == "72 horas"
        assert set_phrase("es", "1 hours") == "una hora"
        assert set_phrase("es", "many hours") is None
    finally:
        translating._phrases.cache_clear()


def test_what_a_person_wrote_is_free_words_and_what_the_policy_says_is_not():
    data = data_of("denial_to_member", "example-medi-cal")
    free = free_words("es", data)
    assert data["clinical_reason"] in free
    assert data["to_approve"][0] in free
    assert data["recipient"]["name"] not in free
    assert "GG.1538 II.C.3" not in free
    assert free_words("en", data) == ()


def test_a_letter_in_a_language_carries_the_translations_it_is_given_and_no_others():
    data = data_of("denial_to_member", "example-medi-cal")
    done = in_language("es", data, {data["clinical_reason"]: "Las imágenes no muestran ninguna rotura."})
    assert done["clinical_reason"] == "Las imágenes no muestran ninguna rotura."
    assert done["to_approve"] == data["to_approve"]
    assert done["recipient"] == data["recipient"]
    assert json.dumps(data) == json.dumps(data_of("denial_to_member", "example-medi-cal"))


def test_every_set_phrase_is_named_once():
    assert len(set_phrases()) == len(set(set_phrases())) > 100


FIELDS = ("1-800-555-0142", "SO-2026-000431", "OC 4417 0926", "1-714-555-0190", "acms.dss.ca.gov", "Rosa Delgado")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_a_field_reads_from_left_to_right_on_a_page_that_does_not(language: str, field: str):
    data = data_of("denial_to_member", "example-medi-cal")
    drawn = list(rows_of(paper.render("denial_to_member", "medi-cal", language, data)))
    assert any(field.replace(" ", "") in row for row in drawn)
    assert not any(field.replace(" ", "")[::-1] in row for row in drawn)


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_an_address_keeps_the_order_of_its_lines(language: str):
    data = data_of("denial_to_member", "example-medi-cal")
    drawn = "".join(rows_of(paper.render("denial_to_member", "medi-cal", language, data)))
    assert "".join(", ".join(data["hearing"]["mail_lines"]).split()) in drawn


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_a_page_written_from_right_to_left_begins_at_the_right(language: str):
    data = data_of("denial_to_member", "example-medi-cal")
    document = pypdfium2.PdfDocument(paper.render("denial_to_member", "medi-cal", language, data))
    page = document[1].get_textpage()
    ends = [
        page.get_charbox(n)[2] for n in range(page.count_chars()) if "\u0620" <= page.get_text_range(n, 1) <= "\u06d3"
    ]
    assert max(ends) == pytest.approx(612 - 72, abs=3)


def test_a_name_that_ends_in_a_full_stop_keeps_it_at_its_end():
    data = data_of("denial_to_member", "example-medi-cal")
    data["referral"]["requester"], data["referral"]["requester_name"] = "physician", "Linh Nguyen, M.D."
    drawn = "".join(rows_of(paper.render("denial_to_member", "medi-cal", "ar", data)))
    assert "LinhNguyen,M.D." in drawn


def test_a_character_that_no_typeface_has_stops_the_press_in_any_language():
    data = data_of("denial_to_member", "example-medi-cal")
    data["clinical_reason"] = "བོད"
    with pytest.raises(Incomplete, match="could not be displayed"):
        paper.render("denial_to_member", "medi-cal", "ar", data)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.typ")), ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_no_template_holds_marks_of_direction(path):
    assert not set(path.read_text("utf-8")) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def rows_of(pdf: bytes) -> Iterator[str]:
    """The characters of each row of a page as they lie on it, from left to right, without spaces."""
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        rows: dict[int, list[tuple[float, str]]] = {}
        for n in range(text.count_chars()):
            char = text.get_text_range(n, 1)
            if char.strip() and char not in "\ufffe\u0002":
                left = text.get_charbox(n)[0]
                bottom = pypdfium2.raw.c_double()
                x = pypdfium2.raw.c_double()
                pypdfium2.raw.FPDFText_GetCharOrigin(text.raw, n, x, bottom)
                rows.setdefault(round(bottom.value), []).append((left, char))
        for at in sorted(rows, reverse=True):
            yield "".join(char for _, char in sorted(rows[at]))


def texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from texts(inner, (*path, at))
    elif isinstance(value, str):
        yield path, value
