"""An office asks without an account: the answer is the same whoever is named, and nothing that came is ever lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from county import NOW, TODAY, County, county
from referrals.life import PDF
from referrals.office_life import HERE, form, sent, taken_in
from secondopinion.people.kept.rows import move, to_move
from secondopinion.people.kept.sealing import current_key_id
from secondopinion.people.rls import network_scope, plan_scope
from secondopinion.referrals import offices
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, OfficeKey, OfficePaper, OfficeRequest, Paper, Referral


@pytest.fixture
def there(committed: None) -> County:
    with plan_scope(TODAY):
        return county()


def row(number: str) -> OfficeRequest:
    with plan_scope(TODAY):
        return OfficeRequest.objects.get(number=number)


def waiting_papers() -> list[OfficePaper]:
    with plan_scope(TODAY):
        return list(OfficePaper.objects.all())


def referral(number: str) -> Referral | None:
    with plan_scope(TODAY):
        return Referral.objects.filter(number=number).first()


def test_a_request_becomes_the_referral_of_its_number_with_its_receipt_and_its_record(there: County) -> None:
    told, became = taken_in(there, NOW)
    found = referral(told.number)
    assert became == "taken"
    assert found is not None
    assert (found.received_at, found.channel, found.state) == (NOW, "office", "authorized")
    assert (found.clinician_id, found.program) == (there.first.pk, "medi-cal")
    with plan_scope(TODAY):
        paper = Paper.objects.get(referral=found)
        events = list(Event.objects.filter(referral=found).order_by("position").values_list("step", "role", "actor"))
    assert (paper.name, paper.plain()) == ("scan.pdf", PDF)
    assert ("receive", "office", "Susan Watson, MD, on the page for offices") in events
    assert row(told.number).referral_id == found.pk
    assert waiting_papers() == []


def test_whoever_is_named_the_answer_is_the_same_and_the_number_is_of_one_row(there: County) -> None:
    known = sent(there)
    unknown = sent(there, card="M9999999", birth_date=date(1990, 5, 5))
    known_at, unknown_at = (int(one.number.rpartition("-")[2]) for one in (known, unknown))
    assert unknown_at == known_at + 1
    for one in (known, unknown):
        assert (len(one.code), one.received_at, set(asdict(one))) == (19, NOW, {"number", "received_at", "code"})
        assert row(one.number).held_at is None


def test_the_record_lies_sealed_until_it_is_filed_and_is_nobodys_but_the_plans(there: County) -> None:
    told = sent(there)
    (paper,) = waiting_papers()
    assert (paper.request_id, paper.plain()) == (row(told.number).pk, PDF)
    with plan_scope(TODAY), connection.cursor() as cursor:
        cursor.execute("SELECT o::text, p::text FROM referrals_officerequest o JOIN referrals_officepaper p"
                       " ON p.request_id = o.id")  # fmt: skip
        ((request, sealed),) = cursor.fetchall()
    assert PDF.hex() not in request + sealed
    assert b"%PDF".hex() not in request + sealed, "not a piece of it either"
    assert (paper.key_id, len(bytes(paper.data_key))) == (current_key_id(), 32 + 28)
    with network_scope(there.citrus.pk, on=TODAY):
        assert OfficePaper.objects.count() == 0


def test_a_record_that_waits_can_be_sealed_anew_and_deleted_and_in_nothing_changed(there: County) -> None:
    sent(there)
    for change in ("sha256 = 'x'", "content = 'x'", "key_id = ''", "data_key = NULL", "id = gen_random_uuid()"):
        with pytest.raises(DatabaseError, match="write-once"), plan_scope(TODAY), connection.cursor() as cursor:
            cursor.execute(f"UPDATE referrals_officepaper SET {change}")
    with plan_scope(TODAY):
        assert list(to_move(OfficePaper)) == []
        move(OfficePaper.objects.get())
        assert OfficePaper.objects.get().plain() == PDF


def test_a_record_whose_key_is_lost_is_left_to_a_person_and_filed_when_the_key_is_back(
    there: County, settings: Any
) -> None:
    told = sent(there)
    keys, settings.FILE_KEYS = settings.FILE_KEYS, (bytes(32),)
    assert offices.take_in(row(told.number).pk, NOW) == "held"
    assert "Put that key back" in row(told.number).held_why
    assert referral(told.number) is None
    person = there.person("intake@plan")
    with plan_scope(TODAY), pytest.raises(Refused, match="Put that key back"):
        offices.take_for(told.number, there.one, "medi-cal", person, NOW)
    settings.FILE_KEYS = keys
    with plan_scope(TODAY):
        taken = offices.take_for(told.number, there.one, "medi-cal", person, NOW)
        assert Paper.objects.get(referral=taken.referral_id).plain() == PDF


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"card": "M9999999"}, "No Member here agrees"),
        ({"birth_date": date(1970, 1, 2)}, "No Member here agrees"),
        ({"last_name": "Two"}, "whose name is written otherwise"),
        ({"told": {"program": "onecare"}}, "was enrolled in medi-cal, not in onecare"),
    ],
)
def test_what_no_member_agrees_with_for_certain_waits_for_a_person(there: County, other: dict, why: str) -> None:
    told, became = taken_in(there, **other)
    assert became == "held"
    assert referral(told.number) is None
    assert why in row(told.number).held_why
    nurse, network = there.person("nurse@plan"), there.person("nurse@citrus")
    with plan_scope(TODAY):
        (waits,) = offices.held_for(nurse)
    assert waits.request.number == told.number
    assert waits.due_at is not None
    assert waits.due_at > NOW, "the clock of its receipt runs while it waits"
    with network_scope(there.citrus.pk, on=TODAY):
        assert offices.held_for(network) == []
        assert OfficeRequest.objects.count() == 0


def test_a_person_takes_it_in_with_its_number_and_its_receipt(there: County) -> None:
    told, _ = taken_in(there, last_name="Onne")
    later = NOW + timedelta(hours=3)
    with plan_scope(TODAY):
        taken = offices.take_for(told.number, there.one, "medi-cal", there.person("intake@plan"), later)
    found = referral(told.number)
    assert found is not None
    assert (taken.number, found.received_at, found.entered_at) == (told.number, NOW, later)
    with plan_scope(TODAY), pytest.raises(Refused, match="taken in or ended"):
        offices.take_for(told.number, there.one, "medi-cal", there.person("intake@plan"), later)


def test_what_cannot_be_taken_in_is_ended_by_a_person_with_a_reason_and_its_record_is_dropped(there: County) -> None:
    told, _ = taken_in(there, card="M9999999")
    person = there.person("intake@plan")
    with plan_scope(TODAY), pytest.raises(Refused, match="few words"):
        offices.end(told.number, "  ", person, NOW)
    with plan_scope(TODAY):
        offices.end(told.number, "No such Member here; the office has another plan in mind.", person, NOW)
        assert offices.held_for(person) == []
    assert row(told.number).ended_by == person.name
    assert waiting_papers() == []


def test_the_same_form_twice_makes_one_request_and_its_code_is_told_once(there: County) -> None:
    one = form(there)
    with plan_scope(TODAY):
        first = offices.send(one, HERE, NOW)
        again = offices.send(one, HERE, NOW)
    assert (again.number, again.code) == (first.number, "")
    with plan_scope(TODAY):
        assert OfficeRequest.objects.count() == 1 == OfficeKey.objects.count()


def test_the_same_form_pressed_twice_at_once_makes_one_request(there: County) -> None:
    one = form(there)

    def press() -> str:
        try:
            with plan_scope(TODAY):
                return offices.send(one, HERE, NOW).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as hands:
        numbers = {future.result() for future in [hands.submit(press) for _ in range(2)]}
    assert len(numbers) == 1


def test_a_job_run_again_does_nothing_more(there: County) -> None:
    told, _ = taken_in(there)
    assert offices.take_in(row(told.number).pk, NOW) == "done before"
    with plan_scope(TODAY):
        assert Referral.objects.count() == 1


def test_a_request_that_the_queue_lost_is_taken_in_by_the_sweep(there: County) -> None:
    told = sent(there)
    assert offices.take_in_what_waits(NOW + timedelta(minutes=1)) == 0
    assert offices.take_in_what_waits(NOW + timedelta(minutes=5)) == 1
    assert referral(told.number) is not None


def test_the_queue_has_the_request_from_the_same_transaction(there: County) -> None:
    told = sent(there)
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args->>'request_id' FROM procrastinate_jobs")
        jobs = cursor.fetchall()
    assert jobs == [("referrals.take_in_from_office", str(row(told.number).pk))]


def test_too_many_from_one_address_within_an_hour_are_sent_to_the_phone(there: County) -> None:
    for _ in range(30):
        sent(there)
    with pytest.raises(Refused, match="by phone or fax"):
        sent(there)
    with plan_scope(TODAY):
        offices.send(form(there), "203.0.113.9", NOW)
    sent(there, NOW + timedelta(minutes=61))


def test_what_is_no_pdf_is_refused_and_nothing_is_kept(there: County) -> None:
    with plan_scope(TODAY), pytest.raises(Refused, match="not a PDF"):
        offices.send(form(there, paper=b"GIF89a"), HERE, NOW)
    with plan_scope(TODAY):
        assert OfficeRequest.objects.count() == 0


def test_only_an_office_gets_a_code_from_the_desk_and_the_one_before_closes(there: County) -> None:
    told, _ = taken_in(there)
    found = referral(told.number)
    assert found is not None
    person = there.person("intake@plan")
    with plan_scope(TODAY):
        given = offices.give_code(found, person, NOW)
        open_ = OfficeKey.objects.filter(number=told.number, taken_back_at=None)
        assert given.code != told.code
        assert open_.count() == 1
        assert offices.take_back_codes(found, person, NOW) == 1
        assert offices.code_of(found, NOW) is None
        found.network_id = there.citrus.pk
        with pytest.raises(Refused, match="Another Health Network answers"):
            offices.give_code(found, there.person("nurse@sierra"), NOW)
        found.requester = "member"
        with pytest.raises(Refused, match="No office asked"):
            offices.give_code(found, person, NOW)
