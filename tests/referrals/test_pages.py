"""A Member's page: an unguessable code, a second proof, few tries, an end; and one Member's rows, no others."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from county import NOW, TODAY, County, county
from referrals.life import YES, asked
from secondopinion.letters.models import Letter
from secondopinion.people.models import AccessEntry, Enrollment, Member
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import pages
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import ChoicePage, Event, Notice, Referral, RunningClock
from secondopinion.referrals.pages import ALPHABET, Closed, Given, digest_of, open_page, visit_of
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import Choose
from secondopinion.referrals.told_choosing import TakeBackPage

BORN = date(1970, 1, 1)  # Member One
WRONG = date(1970, 1, 2)


@pytest.fixture
def there(committed: None) -> County:
    with plan_scope(TODAY):
        return county()


@pytest.fixture
def referral(there: County) -> Referral:
    with plan_scope(TODAY):
        taken = receive(asked(there, answers=YES), person=there.person("intake@plan"), now=NOW)
        receive(asked(there, member=there.maria, answers=YES), person=there.person("intake@plan"), now=NOW)
        return Referral.objects.get(pk=taken.referral_id)


def given(there: County, referral: Referral, now: datetime = NOW) -> Given:
    with plan_scope(TODAY):
        return pages.give(Referral.objects.get(pk=referral.pk), there.person("intake@plan"), now)


def tried(code: str, born_on: date | None, now: datetime = NOW) -> str:
    """The secret of a visit; or why the page stays closed. Committed either way, as the page does."""
    with transaction.atomic():
        try:
            return open_page(code, born_on, now)
        except Closed as closed:
            return closed.why


def visited(secret: str, now: datetime = NOW) -> str:
    with transaction.atomic():
        try:
            return visit_of(secret, now).referral.number
        except Closed as closed:
            return closed.why


def test_a_code_has_eighty_bits_is_kept_as_a_hash_and_no_event_holds_it(there: County, referral: Referral) -> None:
    codes = {given(there, referral).code for _ in range(20)}
    assert len(codes) == 20
    for code in codes:
        plain = code.replace("-", "")
        assert len(plain) == 16
        assert set(plain) <= set(ALPHABET)
    with plan_scope(TODAY):
        kept = {*ChoicePage.objects.values_list("code_sha256", flat=True)}
        told = str(list(Event.objects.values_list("details", flat=True)))
    assert kept == {hashlib.sha256(code.replace("-", "").encode()).hexdigest() for code in codes}
    assert not any(code in told or code.replace("-", "") in told for code in codes)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{bare}", "{spaced}", "{alike}"])
def test_a_code_opens_however_it_is_typed(there: County, referral: Referral, typed: str) -> None:
    code = given(there, referral).code
    alike = code.replace("0", "O").replace("1", "l")
    said = typed.format(
        code, lower=code.lower(), bare=code.replace("-", ""), spaced=code.replace("-", " "), alike=alike
    )
    assert visited(tried(said, BORN)) == referral.number


def test_a_wrong_date_of_birth_counts_and_five_close_the_page_even_for_the_right_one(
    there: County, referral: Referral
) -> None:
    code = given(there, referral).code
    assert [tried(code, born) for born in (WRONG, None, WRONG, WRONG, WRONG)] == ["wrong"] * 4 + ["locked"]
    assert tried(code, BORN) == "locked"
    assert visited(tried(given(there, referral).code, BORN)) == referral.number, "another page opens"


def test_many_browsers_at_once_have_no_more_tries_than_one(there: County, referral: Referral) -> None:
    code = given(there, referral).code

    def guess(day: int) -> str:
        try:
            return tried(code, date(1971, 1, day))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as browsers:
        answers = sorted(browsers.map(guess, range(1, 13)))
    assert answers == ["locked"] * 8 + ["wrong"] * 4
    assert tried(code, BORN) == "locked"


def test_the_right_date_of_birth_begins_the_count_anew(there: County, referral: Referral) -> None:
    code = given(there, referral).code
    assert [tried(code, WRONG) for _ in range(4)] == ["wrong"] * 4
    assert visited(tried(code, BORN)) == referral.number
    assert tried(code, WRONG) == "wrong"


def test_an_unknown_code_says_no_more_than_a_wrong_date_of_birth(there: County, referral: Referral) -> None:
    assert tried("0000-0000-0000-0000", BORN) == tried(given(there, referral).code, WRONG) == "wrong"


def test_a_page_ends_with_the_last_second_of_its_fourteenth_day(there: County, referral: Referral) -> None:
    made = given(there, referral)
    last = made.expires_at
    assert f"{last:%A %F %T}" == "Tuesday 2026-12-08 07:59:59", "Monday 2026-12-07 23:59:59 in California"
    assert visited(tried(made.code, BORN, last), last) == referral.number
    assert tried(made.code, BORN, last + timedelta(seconds=1)) == "expired"


def test_another_page_closes_the_one_before_and_one_taken_back_stays_closed(there: County, referral: Referral) -> None:
    first, second = given(there, referral), given(there, referral)
    assert tried(first.code, BORN) == "taken-back"
    secret = tried(second.code, BORN)
    with plan_scope(TODAY):
        advance(referral.pk, TakeBackPage("The paper was lost"), person=there.person("intake@plan"), now=NOW)
    assert (tried(second.code, BORN), visited(secret)) == ("taken-back", "taken-back")
    with plan_scope(TODAY), pytest.raises(Refused, match="nothing to take back"):
        advance(referral.pk, TakeBackPage("once more"), person=there.person("intake@plan"), now=NOW)


def test_an_opened_page_closes_itself_after_half_an_hour(there: County, referral: Referral) -> None:
    secret = tried(given(there, referral).code, BORN)
    assert visited(secret, NOW + timedelta(minutes=30)) == referral.number
    assert visited(secret, NOW + timedelta(minutes=30, seconds=1)) == "wrong"
    assert visited("") == visited("made up") == "wrong"


def test_a_visit_sees_one_members_rows_and_nobody_elses(there: County, referral: Referral) -> None:
    secret = tried(given(there, referral).code, BORN)
    with plan_scope(TODAY):
        pages.log("look", referral.number, "a test", NOW)
        assert (Member.objects.count(), Referral.objects.count()) == (4, 2)
        assert Letter.objects.exists()
    with transaction.atomic():
        visit_of(secret, NOW)
        assert [*Member.objects.values_list("pk", flat=True)] == [there.one.pk]
        assert {*Enrollment.objects.values_list("member_id", flat=True)} == {there.one.pk}
        assert [*Referral.objects.values_list("pk", flat=True)] == [referral.pk]
        for table in (Event, RunningClock, Notice, ChoicePage):
            assert {*table.objects.values_list("referral_id", flat=True)} == {referral.pk}
        assert not Letter.objects.exists()
        assert not AccessEntry.objects.exists()


def test_a_key_without_a_scope_opens_one_row_of_one_table(there: County, referral: Referral) -> None:
    code = given(there, referral).code
    with transaction.atomic():
        assert not ChoicePage.objects.exists()
        pages.set_key(digest_of(code))
        assert [*ChoicePage.objects.values_list("referral_id", flat=True)] == [referral.pk]
        assert not Member.objects.exists()
        assert not Referral.objects.exists()


def test_what_a_visit_may_see_is_gone_with_its_transaction(there: County, referral: Referral) -> None:
    visited(tried(given(there, referral).code, BORN))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('secondopinion.member', true), current_setting('secondopinion.key', true)"
        )
        assert cursor.fetchone() in ((None, None), ("", ""))
        assert not Member.objects.exists()


def test_the_member_chooses_within_the_narrow_view_and_letters_are_owed(there: County, referral: Referral) -> None:
    secret = tried(given(there, referral).code, BORN)
    with transaction.atomic():
        visit = visit_of(secret, NOW)
        told = Choose(there.sam.pk, "member", "page")
        taken = advance(visit.referral.pk, told, person=pages.THE_MEMBER, now=NOW)
    assert len(taken.letters) == 2
    with plan_scope(TODAY):
        event = Event.objects.get(referral=referral, position=taken.position)
        assert (event.actor, event.role) == (pages.THE_MEMBER.name, "member")
        assert Letter.objects.filter(pk__in=taken.letters).count() == 2


def test_a_page_needs_a_referral_on_which_a_choice_can_still_be_made(there: County, referral: Referral) -> None:
    with plan_scope(TODAY):
        unclear = receive(asked(there, opinion="", about=""), person=there.person("intake@plan"), now=NOW)
    with plan_scope(TODAY), pytest.raises(Refused, match="no list to show"):
        pages.give(Referral.objects.get(pk=unclear.referral_id), there.person("intake@plan"), NOW)
    with plan_scope(TODAY), pytest.raises(Refused, match="is not yours to do"):
        pages.give(referral, there.person("contracting@plan"), NOW)
