"""The database itself keeps sensitive care from roles that need not know of it, table by table, whatever the SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from county import NOW, TODAY, county
from referrals.life import PDF, YES, asked
from secondopinion.people.models import Role
from secondopinion.people.person import SEE_SENSITIVE, Person
from secondopinion.people.rls import set_scope
from secondopinion.policy.privacy import sensitive_codes
from secondopinion.referrals.models import Notice, OfficeVisit, Paper, PaperRead, Referral, VisitLink
from secondopinion.referrals.papers import paper
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.receive import receive
from secondopinion.referrals.sensitive import mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_plan")]
MENTAL, BACK = "F32.1", "M54.5"
OF_THE_REFERRAL = ("referrals_event", "referrals_runningclock", "referrals_notice", "referrals_sensitivemark")
KNOW_NOT = (Role.OVERSIGHT, Role.CALL_CENTRE)


@pytest.fixture
def there():
    return county()


def received(there, condition_code):
    request = asked(there, condition_code=condition_code, answers=YES)
    return Referral.objects.get(pk=receive(request, person=there.person("intake@plan"), now=NOW).referral_id)


def say(there, referral, holds, after=0):
    at = NOW + timedelta(minutes=after)
    mark(referral, "behavioural_health", holds, "She says so.", person=there.person("nurse@plan"), now=at)


def seen_by(role, sql, *values):
    """How many rows raw SQL finds for somebody of the plan with one role."""
    with transaction.atomic():
        set_scope(Person("Somebody", frozenset({role})).scope(TODAY))
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            ((found,),) = cursor.fetchall()
        transaction.set_rollback(True)
    set_scope(Person("Somebody", frozenset({Role.NURSE})).scope(TODAY))
    return found


def shows(role, referral):
    return bool(seen_by(role, "SELECT count(*) FROM referrals_referral WHERE id = %s", referral.pk))


@pytest.mark.parametrize("role", Role)
def test_a_role_that_need_not_know_gets_no_sensitive_row_and_every_other(there, role):
    mental, back = received(there, MENTAL), received(there, BACK)
    knows = role in (*SEE_SENSITIVE, Role.CONTRACTING)
    assert shows(role, mental) is knows
    assert shows(role, back) is (role is not Role.ADMINISTRATOR)


@pytest.mark.parametrize("role", KNOW_NOT)
def test_what_hangs_on_a_sensitive_referral_is_kept_too(there, role):
    mental, back = received(there, MENTAL), received(there, BACK)
    for referral in (mental, back):
        say(there, referral, referral is mental)
    for table in OF_THE_REFERRAL:
        of_it = f"SELECT count(*) FROM {table} WHERE referral_id = %s"
        assert seen_by(role, of_it, mental.pk) == 0, table
        assert seen_by(Role.NURSE, of_it, mental.pk) > 0, table
        assert seen_by(role, of_it, back.pk) > 0, table
    letters = "SELECT count(*) FROM letters_letter WHERE id = ANY(%s)"
    of_mental, of_back = (
        list(Notice.objects.filter(referral=each).values_list("letter_id", flat=True)) for each in (mental, back)
    )
    assert of_mental
    assert seen_by(role, letters, of_mental) == 0
    assert seen_by(role, letters, of_back) == len(of_back) > 0


@pytest.mark.parametrize("role", KNOW_NOT)
def test_who_opened_a_sensitive_referral_from_outside_or_read_its_papers_is_kept_too(there, role):
    mental, back = received(there, MENTAL), received(there, BACK)
    for referral in (mental, back):
        of_it = {"referral": referral, "network": referral.network}
        given = {"code_sha256": str(referral.pk), "given_at": NOW, "given_by": "Somebody", "expires_at": NOW}
        VisitLink.objects.create(member=referral.member, professional=there.sam, **of_it, **given)
        OfficeVisit.objects.create(number=referral.number, visit_sha256=str(referral.pk), opened_at=NOW, **of_it)
        paper(snapshot_of(referral), "record", "a.pdf", PDF, there.person("nurse@plan"), NOW).save(force_insert=True)
        read = Paper.objects.get(referral=referral)
        PaperRead.objects.create(staff=there.staff["nurse@plan"], paper=read, read_at=NOW, **of_it)
    for table in ("referrals_visitlink", "referrals_officevisit", "referrals_paperread"):
        of_it = f"SELECT count(*) FROM {table} WHERE referral_id = %s"
        assert seen_by(role, of_it, mental.pk) == 0, table
        assert seen_by(Role.NURSE, of_it, mental.pk) == seen_by(role, of_it, back.pk) == 1, table


def test_what_was_said_stands_above_the_code_and_the_last_word_counts(there):
    mental, back = received(there, MENTAL), received(there, BACK)
    say(there, back, True)
    say(there, mental, False)
    assert (shows(Role.OVERSIGHT, back), shows(Role.OVERSIGHT, mental)) == (False, True)
    say(there, back, False, after=1)
    say(there, mental, True, after=1)
    assert (shows(Role.OVERSIGHT, back), shows(Role.OVERSIGHT, mental)) == (True, False)


@pytest.mark.parametrize("code", ["f32.1", "F321", "F32"])
def test_a_code_is_known_however_it_is_written(there, code):
    assert not shows(Role.OVERSIGHT, received(there, code))


def test_a_referral_without_a_code_is_not_hidden_before_anybody_says_so(there):
    referral = received(there, "")
    assert shows(Role.OVERSIGHT, referral)
    say(there, referral, True)
    assert not shows(Role.OVERSIGHT, referral)


def test_every_part_that_the_law_names_is_told_to_the_database():
    assert "behavioural_health:F" in sensitive_codes(TODAY)
    assert sensitive_codes(TODAY).count(":") == sensitive_codes(TODAY).count(";") + 1 == 6
