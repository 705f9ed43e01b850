"""What a letter says is fixed when it is owed, and nothing it needs may be missing then."""

import re
import shutil
from datetime import date

import pytest

from letters.places import leaves, put, take
from letters.samples import EVERY, data_of, frozen
from secondopinion.letters import kinds
from secondopinion.letters.freeze import freeze, in_words
from secondopinion.letters.kinds import KINDS, PROGRAMS, Example, UnknownLetter, examples, template_sha256
from secondopinion.letters.paper import render, seal, text_of
from secondopinion.letters.refusal import Incomplete
from secondopinion.policy.gg1538.edition_2024_12.letters import LETTERS

APPROVAL = ("approval_to_member", "example-medi-cal")


def refusal(kind: str, data: dict, program: str = "medi-cal") -> str:
    with pytest.raises(Incomplete) as refused:
        freeze(kind, program, "en", data)
    return str(refused.value)


def test_the_house_draws_the_letters_that_the_policy_knows():
    assert set(KINDS) == set(LETTERS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_program_that_has_a_letter_sees_an_example_of_it(kind):
    programs = {p for e in examples(kind) for p in ([e.program] if e.program else ["medi-cal", "onecare"])}
    assert programs == set(KINDS[kind].programs)


def test_only_onecare_dismisses_a_request_or_sends_a_case_to_medicares_reviewer():
    assert {k.name for k in KINDS.values() if k.programs != PROGRAMS} == {
        "dismissal_to_member", "dismissal_to_requester", "appeal_forwarded_to_member",
    }  # fmt: skip
    data = data_of("dismissal_to_member", "example-onecare")
    data["referral"]["program"] = "medi-cal"
    assert "it is a letter of onecare only" in refusal("dismissal_to_member", data)


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_of_a_letter_has_the_same_groups(kind):
    assert len({frozenset(e.data) for e in examples(kind)}) == 1


@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_every_example_can_be_frozen(kind: str, example: Example):
    assert frozen(kind, example).data == example.data


@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_taking_any_value_away_is_refused_by_its_name(kind: str, example: Example):
    for path in leaves(example.data):
        if isinstance(path[-1], int):
            continue
        data = data_of(kind, example.name)
        take(data, path)
        said = refusal(kind, data, example.data["referral"]["program"])
        assert str(path[-1]).replace("_", " ") in said


@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_a_blank_is_not_a_value(kind: str, example: Example):
    for path in leaves(example.data):
        data = data_of(kind, example.name)
        put(data, path, "  ")
        refusal(kind, data, example.data["referral"]["program"])


def test_the_same_data_has_the_same_hash_however_it_is_ordered():
    data = data_of(*APPROVAL)
    other = dict(reversed(data.items()))
    assert freeze("approval_to_member", "medi-cal", "en", data) == freeze("approval_to_member", "medi-cal", "en", other)


def test_a_change_in_a_shared_passage_shows_in_the_templates_hash(tmp_path, monkeypatch):
    before = template_sha256("denial_to_member", "en")
    folder = tmp_path / "templates"
    shutil.copytree(kinds.TEMPLATES, folder)
    monkeypatch.setattr(kinds, "TEMPLATES", folder)
    assert template_sha256.__wrapped__("denial_to_member", "en") == before
    rights = folder / "rights-en.typ"
    rights.write_text(rights.read_text() + "// a change\n")
    assert template_sha256.__wrapped__("denial_to_member", "en") != before


def test_a_day_may_be_given_as_a_day():
    data = data_of(*APPROVAL)
    data["dated_on"] = date(2026, 11, 20)  # Friday
    assert freeze("approval_to_member", "medi-cal", "en", data).data["dated_on"] == "2026-11-20"


@pytest.mark.parametrize("wrong", ["2026-13-01", "2026-2-1", "Friday"])
def test_a_day_that_is_no_day_is_refused(wrong):
    data = data_of(*APPROVAL)
    data["appointment_by"] = wrong
    assert f"appointment by is “{wrong}”, which is not a day" in refusal("approval_to_member", data)


def test_what_frozen_data_was_made_from_may_change_afterwards():
    data = data_of(*APPROVAL)
    kept = freeze("approval_to_member", "medi-cal", "en", data)
    data["referral"]["number"] = "another"
    assert kept.data["referral"]["number"] != "another"


def test_a_value_no_letter_uses_is_refused():
    data = data_of(*APPROVAL)
    data["member"]["diagnosis"] = "private"
    assert "diagnosis, in member is given, and no letter of this kind uses it" in refusal("approval_to_member", data)


def test_a_value_of_the_wrong_sort_is_refused():
    data = data_of(*APPROVAL)
    data["report_within_days"] = "ten"
    assert "report within days must be a whole number" in refusal("approval_to_member", data)


def test_an_empty_list_is_refused_where_no_example_is_empty():
    data = data_of("information_needed_to_member", "example-medi-cal")
    data["missing"] = []
    assert "missing is an empty list" in refusal("information_needed_to_member", data)


def test_a_onecare_denial_needs_both_programs_rules():
    data = data_of("denial_to_member", "example-onecare")
    data["rules"] = None
    assert "rules is missing" in refusal("denial_to_member", data, "onecare")


def test_a_letter_of_another_program_is_refused():
    assert "the referral is medi-cal and the letter onecare" in refusal(
        "approval_to_member", data_of(*APPROVAL), "onecare"
    )


@pytest.mark.parametrize("words", ["surgery 63030", "test J1234"])
def test_a_member_is_never_shown_a_procedure_code(words):
    data = data_of(*APPROVAL)
    data["referral"]["request_words"] = words
    assert "looks like a procedure code" in refusal("approval_to_member", data)


def test_a_refusal_never_repeats_what_the_data_says_of_a_person():
    data = data_of(*APPROVAL)
    data["decided_on"] = None
    assert "Delgado" not in refusal("approval_to_member", data)


@pytest.mark.parametrize(
    ("kind", "language"), [("love_letter", "en"), ("denial_to_member", "xx"), ("denial_to_member", "../en")]
)
def test_an_unknown_letter_is_refused_in_one_sentence(kind, language):
    with pytest.raises(UnknownLetter, match=r"^[^\n]+\.$"):
        freeze(kind, "medi-cal", language, {})


def test_a_place_in_the_data_is_told_in_words():
    assert in_words(("reasons", 1, "reason")) == "reason, in reasons number 2"
    assert in_words(("appeal", "mail_lines", 0)) == "mail lines number 1, in appeal"
    assert re.fullmatch(r"the data", in_words(()))


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh", "Анна Петрова", "Zoë Łukasz Ñandú", "O’Hara-Smith", "李明", "김민준", "อรุณ", "Հայկ"]
)
def test_names_of_many_languages_can_be_printed(name):
    data = data_of(*APPROVAL)
    data["recipient"]["name"] = name
    kept = freeze("approval_to_member", "medi-cal", "en", data)
    assert name in text_of(render("approval_to_member", "medi-cal", "en", kept.data))


@pytest.mark.parametrize(
    ("name", "told"),
    [("བོད", "U+0F56"), ("a\x07b", "the invisible character U+0007"),
     ("Rosa \u202eevil", "U+202E"), ("\U00010380", "U+10380")],
)  # fmt: skip
def test_what_the_typeface_cannot_print_is_refused_when_the_letter_is_owed(name, told):
    data = data_of(*APPROVAL)
    data["recipient"]["name"] = name
    said = refusal("approval_to_member", data)
    assert told in said
    assert "name, in recipient" in said


def test_the_typeface_is_asked_about_just_what_the_press_would_refuse():
    data = data_of(*APPROVAL)
    data["recipient"]["name"] = "བོད"
    with pytest.raises(Incomplete, match="could not be displayed"):
        render("approval_to_member", "medi-cal", "en", data)


def test_lines_a_person_typed_stay_lines():
    data = data_of("denial_to_member", "example-medi-cal")
    data["clinical_reason"] = "One line.\r\nAnother line."
    kept = freeze("denial_to_member", "medi-cal", "en", data)
    assert "One line." in text_of(seal(kept, {"GG.1538 II.K.1"}).pdf)
