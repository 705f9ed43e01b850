"""Readers of a language in which letters are not written: the letter is in English, and somebody reads it out."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from county import NOW, TODAY
from referrals.brought import denied
from referrals.life import steps
from referrals.mailed import manifest
from referrals.spanish import denied_in_spanish, denied_in_tagalog, to_the_reader
from secondopinion.letters.carriers import PrintHouse
from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.people.rls import network_scope
from secondopinion.referrals import language_work
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice, ReadingAloud, Referral
from secondopinion.referrals.posting import post
from secondopinion.referrals.told_translating import ReadAloud
from secondopinion.referrals.ways_out import enclosed_with

INTERPRETER = "Interpreter 4711"


def test_an_english_reader_owes_nobody_a_reading(there):
    denied(there)
    assert not ReadingAloud.objects.exists()


def test_a_letter_in_english_to_a_reader_of_another_language_leaves_at_once_and_is_to_be_read_out(there, tmp_path):
    way = denied_in_tagalog(there)
    letter = to_the_reader(way.referral)
    (task,) = language_work.to_read_out(there.person("nurse@plan"))
    assert (task.letter_id, task.language, letter.language) == (letter.pk, "tl", "en")
    notice = Notice.objects.select_related("letter").get(letter=letter)
    names = [each.name for each in enclosed_with(notice)]
    assert names == ["language-help.pdf", "your-rights.pdf", "nondiscrimination-notice.pdf"]
    assert post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path))
    assert len(manifest(PrintHouse(tmp_path))) == 1
    assert language_work.to_read_out(there.person("nurse@plan")), "mailed is not read out"


def test_a_language_that_is_not_complete_yet_is_read_out_too(there):
    there.one.language = "vi"
    there.one.save(update_fields=["language"])
    way = denied(there)
    assert to_the_reader(way.referral).reading_aloud.language == "vi"


def test_a_reader_whose_language_nobody_knows_is_to_be_asked(there):
    there.one.language = ""
    there.one.save(update_fields=["language"])
    way = denied(there)
    assert to_the_reader(way.referral).reading_aloud.language == "und"


def test_a_representative_whose_language_nobody_asked_owes_no_second_reading(there):
    AuthorizedRepresentative.objects.create(
        member=there.one, name="Miriam Okafor", authority="in-writing", evidence="A form", from_on=TODAY
    )
    way = denied_in_tagalog(there)
    copy = to_the_reader(way.referral, "representative")
    assert [task.letter.pk == copy.pk for task in ReadingAloud.objects.all()] == [False]


def test_a_letter_in_the_readers_language_is_not_to_be_read_out(there):
    denied_in_spanish(there)
    assert not ReadingAloud.objects.exists()


def test_reading_out_is_written_into_the_history_and_closes_the_task_once(there):
    way = denied_in_tagalog(there)
    letter, nurse = to_the_reader(way.referral), there.person("nurse@plan")
    told = ReadAloud(letter.pk, "read", INTERPRETER)
    language_work.read_out(way.referral, told, person=nurse, now=NOW)
    task = ReadingAloud.objects.get(letter=letter)
    assert (task.outcome, task.interpreter, task.done_by, task.done_at) == ("read", INTERPRETER, nurse.name, NOW)
    assert steps(Referral.objects.get(pk=way.referral))[-1] == "read_aloud"
    assert language_work.to_read_out(nurse) == []
    with pytest.raises(Refused, match="does not wait to be read out"):
        language_work.read_out(way.referral, told, person=nurse, now=NOW)
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        ReadingAloud.objects.filter(letter=letter).update(interpreter="x")


@pytest.mark.parametrize(
    ("outcome", "interpreter", "sentence"),
    [("read", " ", "Say who interpreted"), ("perhaps", INTERPRETER, "Say whether the letter was read out")],
)
def test_a_reading_without_its_interpreter_or_outcome_is_refused(there, outcome, interpreter, sentence):
    way = denied_in_tagalog(there)
    told = ReadAloud(to_the_reader(way.referral).pk, outcome, interpreter)
    with pytest.raises(Refused, match=sentence):
        language_work.read_out(way.referral, told, person=there.person("nurse@plan"), now=NOW)


def test_a_reader_may_decline(there):
    way = denied_in_tagalog(there)
    told = ReadAloud(to_the_reader(way.referral).pk, "declined")
    language_work.read_out(way.referral, told, person=there.person("nurse@plan"), now=NOW)
    assert ReadingAloud.objects.get().outcome == "declined"


def test_another_network_sees_no_task(there):
    denied_in_tagalog(there)
    with network_scope(there.citrus.pk, on=TODAY):
        assert not ReadingAloud.objects.exists()
