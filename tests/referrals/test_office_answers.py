"""An office's answer: which proof opens what, few tries, an end; and one referral's rows, no others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from county import NOW, TODAY, County, county
from referrals.brought import denied
from referrals.life import PDF, YES, asked
from referrals.office_life import BORN, NPI, PHONE, confirmed, opened, sent, taken_in
from secondopinion.letters.models import Letter
from secondopinion.people.models import Member
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import office_answers as answers
from secondopinion.referrals import office_reading, offices
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, OfficeRequest, OfficeVisit, Referral
from secondopinion.referrals.office_answers import NotOpened, Opened
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import Ask, Item, TakeUp

SAME = ("wrong", "wrong", "wrong", "wrong")


@pytest.fixture
def there(committed: None) -> County:
    with plan_scope(TODAY):
        return county()


def look(secret: str, now: Any = NOW) -> Opened | str:
    with transaction.atomic():
        try:
            return answers.visit_of(secret, now)
        except NotOpened as closed:
            return closed.why


@pytest.mark.parametrize("proof", [NPI, PHONE, "(714) 555 0177", "+1 714 555 0177"])
def test_the_npi_or_the_phone_on_record_opens_where_it_stands_and_no_more(there: County, proof: str) -> None:
    told, _ = taken_in(there)
    found = look(opened(told.number.lower() + " ", proof))
    assert isinstance(found, Opened)
    assert not found.whole
    assert found.referral is not None
    assert found.referral.number == told.number


def test_the_code_opens_the_whole_once_somebody_has_called_back_and_not_before(there: County) -> None:
    told, _ = taken_in(there)
    secret = opened(told.number, told.code.lower().replace("-", " "))
    found = look(secret)
    assert isinstance(found, Opened)
    assert (found.whole, found.waits) == (False, True)
    confirmed(there, told.number)
    found = look(secret)
    assert isinstance(found, Opened)
    assert (found.whole, found.waits) == (True, False)
    with plan_scope(TODAY), pytest.raises(Refused, match="No code of the office waits"):
        offices.confirm_office(Referral.objects.get(number=told.number), there.person("intake@plan"), NOW)


def test_a_date_of_birth_mistyped_by_the_office_opens_too_once_a_person_has_found_the_member(there: County) -> None:
    typed = date(1970, 1, 11)
    told, _ = taken_in(there, birth_date=typed)
    with plan_scope(TODAY):
        offices.take_for(told.number, there.one, "medi-cal", there.person("intake@plan"), NOW)
    for born_on in (typed, BORN):
        assert isinstance(look(opened(told.number, NPI, born_on)), Opened)
    assert opened(told.number, NPI, date(1970, 1, 2)) == "wrong"
    assert opened(told.number, NPI, None) == "wrong"


def test_nobodys_number_anothers_birth_date_and_a_wrong_proof_are_one_answer(there: County) -> None:
    told, _ = taken_in(there)
    held, _ = taken_in(there, card="M9999999")
    assert (
        opened("SO-2026-999999", NPI),
        opened(told.number, NPI, date(1970, 1, 2)),
        opened(told.number, "1679576722"),
        opened(held.number, NPI, date(1970, 1, 2)),
    ) == SAME
    for odd in ("", "177", "0000-0000-0000-0000", "\x00" * 16, "①" * 10):
        assert opened(told.number, odd, address="203.0.113.20") in ("wrong", "locked"), odd


def test_a_request_nobody_has_found_a_member_for_is_said_to_be_here_like_any_other(there: County) -> None:
    held, became = taken_in(there, card="M9999999")
    found = look(opened(held.number, NPI))
    assert became == "held"
    assert isinstance(found, Opened)
    assert found.referral is None
    assert found.received_at == NOW
    assert not answers.may_add(found)


def test_what_an_office_did_not_ask_for_it_cannot_open(there: County) -> None:
    with plan_scope(TODAY):
        taken = receive(asked(there, answers=YES, requester_phone=PHONE), person=there.person("intake@plan"), now=NOW)
    assert opened(taken.number, PHONE) == "wrong"


def test_five_wrong_tries_close_a_number_for_an_hour_even_for_the_right_proof(there: County) -> None:
    told, _ = taken_in(there)
    wrong = date(1970, 1, 2)
    assert [opened(told.number, NPI, wrong) for _ in range(5)] == ["wrong"] * 4 + ["locked"]
    assert opened(told.number, NPI) == "locked"
    assert opened(told.number, NPI, address="203.0.113.9", now=NOW + timedelta(minutes=59)) == "locked"
    assert isinstance(look(opened(told.number, NPI, now=NOW + timedelta(minutes=60)), NOW), Opened)


def test_the_right_proof_forgets_the_wrong_ones_and_old_ones_are_forgotten_by_themselves(there: County) -> None:
    told, _ = taken_in(there)
    wrong = date(1970, 1, 2)
    for _ in range(4):
        opened(told.number, NPI, wrong)
    assert len(opened(told.number, NPI)) > 20
    assert [opened(told.number, NPI, wrong) for _ in range(4)] == ["wrong"] * 4
    assert opened(told.number, NPI, wrong, now=NOW + timedelta(minutes=61)) == "wrong"


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8::{}"])
def test_twenty_wrong_tries_close_an_address_whatever_the_numbers(there: County, address: str) -> None:
    told, _ = taken_in(there)
    tried = [opened(f"SO-2026-{500 + n:06d}", NPI, address=address.format(n)) for n in range(21)]
    assert tried[18:] == ["wrong", "locked", "locked"]
    assert opened(told.number, NPI, address=address.format("7")) == "locked"
    assert isinstance(look(opened(told.number, NPI, address="203.0.113.9")), Opened)


def test_tries_side_by_side_are_each_counted(there: County) -> None:
    told, _ = taken_in(there)

    def press(n: int) -> str:
        try:
            return opened(told.number, NPI, date(1970, 1, 2), address=f"203.0.113.{n}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as hands:
        tried = sorted(hands.map(press, range(8)))
    assert tried == ["locked"] * 4 + ["wrong"] * 4


def test_a_visit_ends_after_twenty_minutes_by_leaving_and_with_its_code(there: County) -> None:
    told, _ = taken_in(there)
    secret = opened(told.number, told.code)
    assert isinstance(look(secret, NOW + timedelta(minutes=20)), Opened)
    assert look(secret, NOW + timedelta(minutes=21)) == "over"
    assert look("no secret of ours") == look("") == "over"
    with transaction.atomic():
        answers.leave(answers.visit_of(secret, NOW), NOW)
    assert look(secret) == "over"
    another = opened(told.number, told.code)
    with plan_scope(TODAY):
        offices.take_back_codes(Referral.objects.get(number=told.number), there.person("intake@plan"), NOW)
    assert look(another) == "over"
    assert opened(told.number, told.code) == "wrong"


def test_a_visit_that_was_opened_before_the_request_was_taken_in_is_closed_after_it(there: County) -> None:
    told = sent(there)
    secret = opened(told.number, NPI)
    with plan_scope(TODAY):
        key = OfficeRequest.objects.get(number=told.number).pk
    assert offices.take_in(key, NOW) == "taken"
    with transaction.atomic():
        answers.leave(answers.visit_of(secret, NOW), NOW)
    assert look(secret) == "over"


def test_a_code_ends_after_its_days(there: County) -> None:
    told, _ = taken_in(there)
    last = NOW + timedelta(days=270)
    assert len(opened(told.number, told.code, now=last)) > 20
    assert opened(told.number, told.code, now=last + timedelta(seconds=1)) == "wrong"


def test_the_visits_transaction_sees_this_referral_and_no_letter_and_no_other_member(there: County) -> None:
    told, _ = taken_in(there)
    other, _ = taken_in(
        there, card="M0000003", birth_date=there.maria.birth_date, first_name="Maria", last_name="Reyes"
    )
    secret = opened(told.number, told.code)
    opened(other.number, other.code, there.maria.birth_date)
    with transaction.atomic():
        answers.visit_of(secret, NOW)
        assert [r.number for r in Referral.objects.all()] == [told.number]
        assert [m.pk for m in Member.objects.all()] == [there.one.pk]
        assert {*OfficeVisit.objects.values_list("number", flat=True)} == {told.number}
        assert Letter.objects.count() == 0
        assert {*Event.objects.values_list("referral__number", flat=True)} == {told.number}


def waits_for_information(there: County) -> Any:
    told, _ = taken_in(there, answers={}, paper=b"", paper_name="")
    with plan_scope(TODAY):
        key = Referral.objects.get(number=told.number).pk
        nurse = there.person("nurse@plan")
        advance(key, TakeUp(), person=nurse, now=NOW)
        advance(key, Ask((Item("A note that names the surgery", "II.C.1"),)), person=nurse, now=NOW)
    return told


def test_a_paper_we_waited_for_goes_to_the_nurse_and_does_not_start_the_five_days(there: County) -> None:
    told = waits_for_information(there)
    secret = opened(told.number, NPI)
    with transaction.atomic():
        found = answers.visit_of(secret, NOW)
        assert found.referral is not None
        assert answers.may_add(found)
        wanted = office_reading.wanted(found.referral)
        assert wanted is not None
        assert wanted.items == (("A note that names the surgery", "II.C.1"),)
        answers.add_record(found, "note.pdf", PDF, NOW + timedelta(minutes=1))
    with plan_scope(TODAY):
        after = Referral.objects.get(number=told.number)
        last = Event.objects.filter(referral=after).order_by("-position").first()
    assert last is not None
    assert (after.state, after.information_complete_at, last.step, last.role) == (
        "nurse_review", None, "supply", "office",
    )  # fmt: skip


def test_a_record_comes_no_more_after_the_decision(there: County) -> None:
    told, _ = taken_in(there)
    with transaction.atomic():
        found = answers.visit_of(opened(told.number, told.code), NOW)
        with pytest.raises(Refused, match="Nothing more can be added"):
            answers.add_record(found, "late.pdf", PDF, NOW)


def test_an_office_that_opens_the_whole_was_told_of_the_decision_once(there: County) -> None:
    told, _ = taken_in(there)
    unconfirmed = opened(told.number, told.code)
    with transaction.atomic():
        assert not answers.tell_if_decided(answers.visit_of(unconfirmed, NOW), NOW)
    confirmed(there, told.number)
    status, whole = opened(told.number, NPI), opened(told.number, told.code)
    did = []
    for secret in (status, whole, whole):
        with transaction.atomic():
            did.append(answers.tell_if_decided(answers.visit_of(secret, NOW), NOW))
    assert did == [False, True, False]
    with plan_scope(TODAY):
        found = Referral.objects.get(number=told.number)
        event = Event.objects.get(referral=found, step="tell_requester")
    assert (found.provider_told_at, event.role) == (NOW, "office")


def test_a_denial_gives_its_reason_and_the_physicians_direct_phone(there: County) -> None:
    with plan_scope(TODAY):
        way = denied(there)
        found = Referral.objects.get(pk=way.referral)
        why = office_reading.reasoned(found)
        stands = office_reading.stands_of(found)
    assert why is not None
    assert why.physician is not None
    physician = there.staff["physician@plan"]
    assert (why.physician.name, why.physician.phone) == (physician.name, physician.phone)
    assert why.reasons
    assert why.clinical_reason
    assert why.would_change
    assert (stands.state, stands.decide_by) == ("denied", None)


def test_where_it_stands_names_the_latest_day_for_the_decision(there: County) -> None:
    told, _ = taken_in(there, answers={})
    with plan_scope(TODAY):
        found = Referral.objects.get(number=told.number)
        stands = office_reading.stands_of(found)
        assert office_reading.reasoned(found) is None
    assert stands.decide_by is not None
    assert stands.decide_by.astimezone(PACIFIC).date() == date(2026, 11, 30)  # the Monday after: seven days
