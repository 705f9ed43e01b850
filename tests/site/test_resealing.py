"""Kept files lie sealed; a changed, swapped or keyless one does not open; and all of them move to a new key."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from county import NOW, TODAY, County, county, sign_in
from referrals.life import PDF, given_an_authorized_referral
from secondopinion.people import rls
from secondopinion.people.kept.sealing import KeyLost, Tampered, current_key_id, key_id_of
from secondopinion.referrals.models import Paper
from secondopinion.referrals.papers import paper
from secondopinion.referrals.reading import snapshot_of
from secondopinion.site import keys
from secondopinion.site.refusal import Refusal
from secondopinion.site.resealing import reseal

OLD, NEW = bytes(32), bytes(range(32))


@pytest.fixture
def there(as_plan: None, settings) -> County:
    settings.FILE_KEYS = (OLD,)
    return county()


def kept(there: County, content: bytes = PDF) -> Paper:
    before = snapshot_of(given_an_authorized_referral(there))
    row = paper(before, Paper.Kind.RECORD, "notes.pdf", content, there.person("nurse@plan"), NOW)
    row.save(force_insert=True)
    return Paper.objects.get(pk=row.pk)


def test_what_lies_in_the_database_is_not_the_file(there):
    row = kept(there)
    assert row.plain() == PDF
    assert PDF not in bytes(row.content)
    assert b"%PDF" not in bytes(row.content)
    assert row.key_id == key_id_of(OLD)
    assert len(bytes(row.data_key)) == 32 + 28


@pytest.mark.parametrize("column", ["content", "data_key"])
@pytest.mark.parametrize("at", [0, 20, -1])
def test_a_changed_byte_is_noticed_wherever_it_is(there, column, at):
    row = kept(there)
    changed = bytearray(getattr(row, column))
    changed[at] ^= 1
    setattr(row, column, bytes(changed))
    with pytest.raises(Tampered, match="Restore it from a backup"):
        row.plain()


def test_a_file_that_was_put_into_another_row_does_not_open(there):
    one, other = kept(there), kept(there)
    for column in ("content", "data_key", "key_id", "sha256"):
        setattr(other, column, getattr(one, column))
    with pytest.raises(Tampered):
        other.plain()


def test_a_lost_key_is_named_and_nothing_else_is_said(there, settings):
    row = kept(there)
    settings.FILE_KEYS = (NEW,)
    with pytest.raises(KeyLost, match=f"under the key {key_id_of(OLD)}.*SECONDOPINION_FILE_KEYS"):
        row.plain()


def test_the_desk_says_in_words_that_a_file_does_not_open(there, client, settings):
    row = kept(there)
    sign_in(client, "nurse@plan")
    settings.FILE_KEYS = (NEW,)
    answer = client.get(reverse("paper-pdf", args=[row.referral.number, row.pk]))
    assert answer.status_code == 500
    assert "The file does not open" in answer.content.decode()
    assert key_id_of(OLD) in answer.content.decode()


def test_a_file_from_before_is_read_plain_and_checked_against_its_seal(there):
    row = old_row(there)
    assert Paper.objects.get(pk=row.pk).plain() == PDF
    row.content = PDF + b" "
    with pytest.raises(Tampered, match="SHA-256"):
        row.plain()


def old_row(there: County) -> Paper:
    """A paper as it was kept before papers were sealed."""
    sealed = kept(there)
    row = Paper(
        id=uuid4(), referral_id=sealed.referral_id, network_id=sealed.network_id, kind="record", name="old.pdf",
        pages=1, content=PDF, sha256=sealed.sha256, added_at=NOW, added_by="Somebody",
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def test_every_file_moves_to_the_newest_key_and_the_old_key_can_go(there, settings, capsys):
    before, old = kept(there), old_row(there)
    settings.FILE_KEYS = (NEW, OLD)
    assert reseal([]) == 0
    assert "newest key: 3; could not be opened: 0" in capsys.readouterr().out
    settings.FILE_KEYS = (NEW,)
    rls.set_scope(rls.Scope(None, TODAY))
    after = {row.pk: row for row in Paper.objects.all()}
    assert {row.key_id for row in after.values()} == {current_key_id()}
    assert after[before.pk].plain() == after[old.pk].plain() == PDF
    assert bytes(after[before.pk].content) == bytes(before.content), "the file itself is not written again"
    assert reseal([]) == 0
    assert "newest key: 0" in capsys.readouterr().out


def test_a_file_that_does_not_open_stays_as_it_is_and_is_named(there, settings, capsys):
    row = kept(there)
    settings.FILE_KEYS = (NEW,)
    assert reseal([]) == 1
    assert f"referrals_paper {row.pk}: This file was sealed under the key" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE referrals_paper SET name = 'x'",
        "UPDATE referrals_paper SET sha256 = 'x'",
        "UPDATE referrals_paper SET content = 'x'",
        "UPDATE referrals_paper SET key_id = ''",
        "UPDATE referrals_paper SET data_key = NULL",
        "DELETE FROM referrals_paper",
    ],
)
def test_the_database_lets_nobody_change_a_sealed_file(there, change):
    kept(there)
    refusal = pytest.raises(DatabaseError, match=r"write-once|permission denied")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_keys_come_from_the_environment_the_newest_first(monkeypatch):
    monkeypatch.setenv(keys.VARIABLE, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= " + "A" * 43 + "=")
    assert keys.for_files() == (NEW, OLD)


@pytest.mark.parametrize("said", ["short", "AAAA", "A" * 43 + "= x"])
def test_what_is_no_key_stops_the_start_without_being_repeated(monkeypatch, said):
    monkeypatch.setenv(keys.VARIABLE, said)
    with pytest.raises(Refusal, match="is no key") as refused:
        keys.for_files()
    assert said not in str(refused.value)


def test_without_any_the_state_folder_keeps_one(monkeypatch, tmp_path):
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    monkeypatch.setenv("SECONDOPINION_HOME", str(tmp_path))
    (first,) = keys.for_files()
    assert len(first) == 32
    assert keys.for_files() == (first,)
    assert os.stat(tmp_path / "file-key.secret").st_mode & 0o077 == 0
