"""A wording is a draft until one person has proposed and another approved it, and a draft does not leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import override_settings

from county import NOW, TODAY, County, county
from secondopinion.letters import approving, kinds
from secondopinion.letters.approving import NotSo, Standing, Wording, approve, propose, standing_of, withdraw, wordings
from secondopinion.letters.kinds import KINDS
from secondopinion.letters.models import WordingApproval
from secondopinion.letters.refusal import KeptBack
from secondopinion.people.rls import network_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_plan")]
KIND, TONGUE = "denial_to_member", "es"


@pytest.fixture
def there() -> County:
    return county()


@pytest.fixture
def real_members() -> Iterator[None]:
    with override_settings(LETTERS_APPROVED_ONLY=True):
        yield


def wording(kind: str = KIND, language: str = TONGUE) -> Wording:
    return next(each for each in wordings() if (each.kind, each.language) == (kind, language))


def proposed(there: County) -> str:
    key = wording().key
    propose([key], there.person("appeals@plan"), NOW)
    return key


def test_every_kind_stands_in_every_language_in_which_it_is_drawn_and_all_begin_as_drafts():
    found = wordings()
    assert {(each.kind, each.language) for each in found} == {
        (k.name, tag) for k in KINDS.values() for tag in k.languages
    }
    assert {each.standing for each in found} == {Standing.DRAFT}


@pytest.mark.usefixtures("real_members")
def test_a_draft_does_not_leave_and_what_two_people_agreed_on_does(there):
    with pytest.raises(KeptBack, match="in Spanish is a draft"):
        approving.keep_back_a_draft(KIND, TONGUE)
    key = proposed(there)
    with pytest.raises(KeptBack, match="in Spanish is a draft"):
        approving.keep_back_a_draft(KIND, TONGUE)
    approve([key], there.person("physician@plan"), NOW)
    assert approving.keep_back_a_draft(KIND, TONGUE) == wording().sha256
    with pytest.raises(KeptBack, match="in English is a draft"):
        approving.keep_back_a_draft(KIND, "en")


def test_without_a_setting_a_draft_stays():
    with override_settings():
        from_settings = approving.settings
        del from_settings.LETTERS_APPROVED_ONLY
        assert approving.drafts_stay()


def test_made_up_people_get_drafts():
    assert approving.keep_back_a_draft(KIND, TONGUE) == wording().sha256


def test_whoever_proposes_does_not_approve(there):
    key = proposed(there)
    with pytest.raises(NotSo, match="You proposed"):
        approve([key], there.person("appeals@plan"), NOW)
    row = WordingApproval.objects.get()
    for staff in (row.proposed_staff, None):
        with pytest.raises(DatabaseError, match="wording_approved_by_another"), transaction.atomic():
            WordingApproval.objects.filter(pk=row.pk).update(approved_by="x", approved_staff=staff, approved_at=NOW)
    assert standing_of(KIND, TONGUE) is Standing.PROPOSED


def test_nothing_is_approved_twice_or_unasked(there):
    key, other = proposed(there), wording(language="en").key
    with pytest.raises(NotSo, match="waits for no approval"):
        approve([key, other], there.person("physician@plan"), NOW)
    assert standing_of(KIND, TONGUE) is Standing.PROPOSED, "all or none"
    approve([key], there.person("physician@plan"), NOW)
    with pytest.raises(NotSo, match="waits for no approval"):
        approve([key], there.person("lapsed@plan"), NOW)
    with pytest.raises(NotSo, match="proposed or approved already"):
        propose([key], there.person("appeals@plan"), NOW)


def test_what_was_said_cannot_be_changed_deleted_or_said_at_once(there):
    approve([proposed(there)], there.person("physician@plan"), NOW)
    row = WordingApproval.objects.get()
    for change in ({"approved_by": "x"}, {"proposed_by": "x"}, {"wording_sha256": "0" * 64}):
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            WordingApproval.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    row.pk, row.language = None, "en"
    with pytest.raises(DatabaseError, match="proposed first"), transaction.atomic():
        row.save(force_insert=True)


def test_an_approval_is_taken_back_for_a_reason_and_the_wording_is_a_draft_again(there):
    key = proposed(there)
    approve([key], there.person("physician@plan"), NOW)
    with pytest.raises(NotSo, match="Say why"):
        withdraw(key, " ", there.person("appeals@plan"), NOW)
    withdraw(key, "It says the wrong number of days.", there.person("appeals@plan"), NOW)
    assert standing_of(KIND, TONGUE) is Standing.DRAFT
    with pytest.raises(NotSo, match="nothing to take back"):
        withdraw(key, "Once more.", there.person("appeals@plan"), NOW)
    assert proposed(there) == key, "and can be proposed anew"
    assert WordingApproval.objects.count() == 2


def test_a_network_words_no_letters(there):
    key = wording().key
    with pytest.raises(NotSo, match="the plan’s"):
        propose([key], there.person("physician@citrus"), NOW)
    proposed(there)
    with network_scope(there.citrus.pk, on=TODAY):
        assert standing_of(KIND, TONGUE) is Standing.PROPOSED, "it may know"
        assert WordingApproval.objects.update(approved_by="x", approved_staff=1, approved_at=NOW) == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            WordingApproval.objects.create(
                kind=KIND, language="ar", wording_sha256="0" * 64, proposed_by="x", proposed_role="x",
                proposed_staff=1, proposed_at=NOW,
            )  # fmt: skip


@pytest.mark.parametrize("file", ["denial_to_member/es.typ", "rights-es.typ", "house-es.typ", "house.typ", "es.toml"])
def test_a_change_of_any_file_it_is_made_of_makes_it_a_draft_again(there, file, tmp_path, monkeypatch):
    copy = tmp_path / "templates"
    for path in kinds.TEMPLATES.rglob("*"):
        if path.is_file():
            (copy / path.relative_to(kinds.TEMPLATES)).parent.mkdir(parents=True, exist_ok=True)
            (copy / path.relative_to(kinds.TEMPLATES)).write_bytes(path.read_bytes())
    phrases = tmp_path / "phrases"
    phrases.mkdir()
    (phrases / "es.toml").write_text('"December 2024" = "diciembre de 2024"\n', encoding="utf-8")
    for module in (approving, kinds):
        monkeypatch.setattr(module, "TEMPLATES", copy)
    monkeypatch.setattr(approving, "PHRASES", phrases)
    approve([proposed(there)], there.person("physician@plan"), NOW)
    english = wording(language="en").sha256
    assert standing_of(KIND, TONGUE) is Standing.APPROVED
    changed: Path = phrases / file if file.endswith(".toml") else copy / file
    changed.write_text(changed.read_text(encoding="utf-8") + "\n// Otra cosa.\n", encoding="utf-8")
    again = wording()
    assert (again.standing, again.was_approved) == (Standing.DRAFT, True)
    assert (wording(language="en").sha256 == english) is (file != "house.typ")
    with override_settings(LETTERS_APPROVED_ONLY=True), pytest.raises(KeptBack):
        approving.keep_back_a_draft(KIND, TONGUE)
