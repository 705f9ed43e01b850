"""A letter in the reader's language waits for its words, and nothing untranslated leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from county import NOW, TODAY
from letters.tongues import complete
from referrals.brought import with_a_physician
from referrals.life import DENIAL, steps
from referrals.mailed import manifest
from referrals.spanish import (
    AGENCY,
    INTO_SPANISH,
    approval,
    approved,
    denied_in_spanish,
    spanish_for,
    to_the_reader,
    translated,
)
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.paper import text_of
from secondopinion.letters.refusal import KeptBack
from secondopinion.letters.translating import free_places
from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.people.rls import network_scope
from secondopinion.referrals import language_work
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, ReadingAloud, Referral, RunningClock, Translation
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.posting import post
from secondopinion.referrals.translating import enter

HOUR = timedelta(hours=1)
REASON = DENIAL.reasons[0].words


def jobs(letter: Letter) -> int:
    return ProcrastinateJob.objects.filter(args__letter_id=str(letter.pk), status="todo").count()


def waiting(letter: Letter) -> int:
    return Translation.objects.filter(letter=letter, approved_at__isnull=True).count()


def words(letter: Letter) -> str:
    letter.refresh_from_db()
    return " ".join(text_of(bytes(letter.pdf)).split())


# The whole way


def test_a_denial_in_spanish_waits_for_its_words_and_leaves_with_them(there, tmp_path):
    way = denied_in_spanish(there)
    letter = to_the_reader(way.referral)
    assert (letter.language, jobs(letter)) == ("es", 0)
    rows = {row.original: row for row in Translation.objects.filter(letter=letter)}
    assert {REASON, DENIAL.clinical_reason, DENIAL.would_change} <= set(rows)
    assert rows[REASON].field == "reasons.0.reason"
    translated(there, letter)
    assert jobs(letter) == 0, "what is entered is not approved"
    approved(there, letter)
    assert jobs(letter) == 1
    house = PrintHouse(tmp_path)
    assert post(letter.pk, now=NOW + HOUR, carrier=house)
    said = words(letter)
    for english, spanish in INTO_SPANISH.items():
        assert spanish in said
        assert english not in said
    assert letter.data["reasons"][0]["reason"] == REASON, "what was frozen stays as it was"
    assert letter.printed["reasons"][0]["reason"] == INTO_SPANISH[REASON]
    assert [row["letter_id"] for row in manifest(house)] == [str(letter.pk)]
    assert Referral.objects.get(pk=way.referral).member_notice_at == NOW + HOUR
    assert list(differences([letter.data["referral"]["number"]])) == []


def test_the_copies_to_offices_and_the_pcp_are_english_and_leave_at_once(there):
    office = {"requester": "physician", "requester_name": "Peter Holm, MD", "requester_npi": there.first.npi}
    way = denied_in_spanish(there, **office)
    for role, kind in (("requester", "denial_to_requester"), ("pcp", "denial_to_pcp")):
        letter = to_the_reader(way.referral, role, kind)
        assert (letter.language, jobs(letter), waiting(letter)) == ("en", 1, 0)


def test_the_clock_of_the_notice_runs_while_the_words_wait(there):
    way = denied_in_spanish(there)
    running = RunningClock.objects.filter(referral_id=way.referral, stopped_at__isnull=True)
    due = running.filter(kind="member-notice").order_by("due_at").first().due_at
    assert due is not None
    assert Referral.objects.get(pk=way.referral).due_at <= due, "it is on the work list by its clock"
    (task,) = language_work.to_translate(there.person("nurse@plan"))
    assert (task.referral.pk, task.entered) == (way.referral, 0)
    assert task.referral.due_at is not None
    assert language_work.wait_for_words(Referral.objects.all()).get().pk == way.referral


# Nothing untranslated leaves


def test_a_letter_whose_words_wait_does_not_leave_even_if_a_worker_is_sent_for_it(there, tmp_path):
    way = denied_in_spanish(there)
    letter = to_the_reader(way.referral)
    for _ in range(2):
        with pytest.raises(KeptBack, match="waits for a translation"):
            post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path))
    translated(there, letter)
    with pytest.raises(KeptBack, match="waits for a translation"):
        post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path))
    letter.refresh_from_db()
    assert (letter.sealed_at, letter.mailed_at, manifest(PrintHouse(tmp_path))) == (None, None, [])
    printed = Mailing.objects.get(letter=letter, carrier="print")
    assert (printed.stands, printed.tries) == ("waiting", 3)
    approved(there, letter)
    assert post(letter.pk, now=NOW + HOUR, carrier=PrintHouse(tmp_path))
    assert len(manifest(PrintHouse(tmp_path))) == 1


def test_the_database_seals_no_letter_whose_words_wait(there):
    letter = to_the_reader(denied_in_spanish(there).referral)
    with pytest.raises(DatabaseError, match="waits for a translation"):
        Letter.objects.filter(pk=letter.pk).update(sealed_at=NOW, pdf=b"%PDF", pdf_sha256="0" * 64)


def test_a_set_phrase_that_is_none_any_more_is_owed_as_words_and_keeps_the_letter_here(there, tmp_path, monkeypatch):
    def on_the_day_of_the_step(language: str, data: dict[str, Any]) -> dict[str, Any]:
        return {words: place for words, place in free_places(language, data).items() if words != REASON}

    with monkeypatch.context() as then:
        then.setattr("secondopinion.referrals.languages.free_places", on_the_day_of_the_step)
        letter = to_the_reader(denied_in_spanish(there).referral)
    translated(there, letter)
    approved(there, letter)
    with pytest.raises(KeptBack, match="waits for a translation"):
        post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path))
    assert Translation.objects.get(letter=letter, approved_at__isnull=True).original == REASON
    translated(there, letter)
    approved(there, letter)
    assert post(letter.pk, now=NOW + HOUR, carrier=PrintHouse(tmp_path))
    assert INTO_SPANISH[REASON] in words(letter)


def test_a_step_that_is_taken_back_leaves_no_words_to_translate_and_no_letter(there):
    way = with_a_physician(there)
    there.one.language = "es"
    there.one.save(update_fields=["language"])
    with complete("es"), transaction.atomic():
        way.then(DENIAL, "physician@plan")
        assert Translation.objects.filter(referral=way.referral).exists()
        transaction.set_rollback(True)
    assert not Translation.objects.filter(referral=way.referral).exists()
    assert not Notice.objects.filter(referral=way.referral, kind="denial_to_member").exists()
    assert steps(Referral.objects.get(pk=way.referral))[-1] == "refer_up"


# Two people


def test_whoever_enters_a_translation_does_not_approve_it(there):
    way = denied_in_spanish(there)
    letter = to_the_reader(way.referral)
    rows = translated(there, letter, "nurse@plan")
    with pytest.raises(Refused, match="Somebody else has to read it"):
        approved(there, letter, "nurse@plan")
    before = steps(Referral.objects.get(pk=way.referral))
    assert "approve_words" not in before
    staff = there.staff["nurse@plan"].pk
    with pytest.raises(DatabaseError, match="translation_is_approved_by_another"), transaction.atomic():
        Translation.objects.filter(pk=rows[0].pk).update(approved_by="x", approved_staff=staff, approved_at=NOW)
    with pytest.raises(DatabaseError, match="translation_is_approved_by_another"), transaction.atomic():
        Translation.objects.filter(pk=rows[0].pk).update(approved_by="x", approved_staff=None, approved_at=NOW)


def test_two_who_each_entered_a_part_approve_each_others(there):
    way = denied_in_spanish(there)
    letter = to_the_reader(way.referral)
    rows = list(Translation.objects.filter(letter=letter))
    first, rest = rows[0], rows[1:]
    enter(way.referral, letter.pk, {first.pk: spanish_for(first)}, AGENCY, person=there.person("nurse@plan"), now=NOW)
    others = {row.pk: spanish_for(row) for row in rest}
    enter(way.referral, letter.pk, others, AGENCY, person=there.person("intake@plan"), now=NOW)
    told = approval(list(Translation.objects.filter(pk=first.pk)))
    language_work.approve(way.referral, told, person=there.person("intake@plan"), now=NOW)
    assert (waiting(letter), jobs(letter)) == (len(rest), 0)
    approved(there, letter, "nurse@plan")
    assert (waiting(letter), jobs(letter)) == (0, 1)


def test_what_is_approved_is_what_was_read(there):
    way = denied_in_spanish(there)
    letter = to_the_reader(way.referral)
    rows = translated(there, letter)
    read = approval(rows)
    again = {rows[0].pk: "Otra cosa."}
    enter(way.referral, letter.pk, again, AGENCY, person=there.person("nurse@plan"), now=NOW + HOUR)
    with pytest.raises(Refused, match="changed or approved since"):
        language_work.approve(way.referral, read, person=there.person("appeals@plan"), now=NOW + HOUR)
    assert waiting(letter) == len(rows)


def test_an_approved_translation_cannot_be_changed_or_deleted(there):
    letter = to_the_reader(denied_in_spanish(there).referral)
    translated(there, letter)
    approved(there, letter)
    row = Translation.objects.filter(letter=letter).first()
    for change in ({"text": "x"}, {"original": "x"}, {"approved_by": "x"}, {"language": "vi"}):
        with pytest.raises(DatabaseError, match=r"cannot be changed|seal is not"), transaction.atomic():
            Translation.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(Refused, match="No words of this letter wait"):
        enter(letter.notice.referral_id, letter.pk, {row.pk: "x"}, AGENCY, person=there.person("intake@plan"), now=NOW)


@pytest.mark.parametrize(
    ("text", "translator", "sentence"),
    [
        ("Su médico pidió 99214.", AGENCY, "procedure code"),
        ("Una nota ᚠ", AGENCY, "cannot print"),
        ("palabra " * 1000, AGENCY, "longer than"),
        ("Una nota", " ", "Say who translated"),
    ],
)
def test_a_translation_that_cannot_be_is_refused_in_a_sentence(there, text, translator, sentence):
    way = denied_in_spanish(there)
    letter = to_the_reader(way.referral)
    row = Translation.objects.filter(letter=letter).first()
    with pytest.raises(Refused, match=sentence):
        enter(way.referral, letter.pk, {row.pk: text}, translator, person=there.person("nurse@plan"), now=NOW)
    assert not Translation.objects.filter(letter=letter, entered_at__isnull=False).exists()


def test_words_that_tell_of_a_review_the_reader_does_not_have_are_not_approved(there):
    letter = to_the_reader(denied_in_spanish(there).referral)
    translated(there, letter)
    row = Translation.objects.get(letter=letter, original=REASON)
    texts = {row.pk: "Puede pedir una Independent Medical Review."}
    enter(letter.notice.referral_id, letter.pk, texts, AGENCY, person=there.person("nurse@plan"), now=NOW)
    with pytest.raises(Refused, match="cannot be printed"):
        approved(there, letter)
    assert jobs(letter) == 0


def test_the_history_says_who_entered_and_who_approved(there):
    way = denied_in_spanish(there)
    letter = to_the_reader(way.referral)
    translated(there, letter)
    approved(there, letter)
    event = Event.objects.get(referral_id=way.referral, step="approve_words")
    assert (event.actor, event.role) == (there.person("appeals@plan").name, "appeals")
    assert {each["entered_by"] for each in event.details["words"]} == {there.person("nurse@plan").name}
    assert REASON not in str(event.details), "the words stand in their own rows"


# Used again, and copies


def test_the_same_words_are_translated_once_on_a_referral(there, tmp_path):
    AuthorizedRepresentative.objects.create(
        member=there.one, name="Miriam Okafor", authority="in-writing", evidence="A form", from_on=TODAY,
        address="9 Lemon Terrace, Valencia Park, CA 92997", language="es",
    )  # fmt: skip
    way = denied_in_spanish(there)
    own, copy = to_the_reader(way.referral), to_the_reader(way.referral, "representative")
    assert waiting(own) == waiting(copy) > 0
    translated(there, own)
    approved(there, own)
    assert (waiting(copy), jobs(own), jobs(copy)) == (0, 1, 1)
    assert post(copy.pk, now=NOW, carrier=PrintHouse(tmp_path))
    assert INTO_SPANISH[REASON] in words(copy)


def test_a_representative_reads_a_copy_in_a_language_of_their_own(there):
    AuthorizedRepresentative.objects.create(
        member=there.one, name="Miriam Okafor", authority="in-writing", evidence="A form", from_on=TODAY, language="en"
    )
    way = denied_in_spanish(there)
    copy = to_the_reader(way.referral, "representative")
    assert (copy.language, jobs(copy), to_the_reader(way.referral).language) == ("en", 1, "es")
    assert not ReadingAloud.objects.exists()


def test_another_network_sees_neither_words_nor_tasks(there):
    way = denied_in_spanish(there)
    letter = to_the_reader(way.referral)
    with network_scope(there.citrus.pk, on=TODAY):
        assert not Translation.objects.exists()
        assert language_work.to_translate(there.person("nurse@citrus")) == []
        with pytest.raises(Refused, match="no such referral here"):
            enter(way.referral, letter.pk, {}, AGENCY, person=there.person("nurse@citrus"), now=NOW)
