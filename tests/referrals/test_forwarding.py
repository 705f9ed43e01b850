"""A request at the wrong door goes on to the right one, and its clock runs from the first door (F14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from county import NOW, TODAY, County
from referrals.life import asked
from secondopinion.people.models import HealthNetwork, Succession
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.forwarding import (
    Misdirected,
    forward,
    forward_again,
    sent_by,
    take,
    waiting,
    waiting_for,
)
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral, RunningClock
from secondopinion.referrals.models_forwarding import Forwarded
from secondopinion.referrals.receive import receive

FIRST = datetime(2026, 11, 20, 22, 40, 17, tzinfo=UTC)  # Friday 2026-11-20 14:40:17 in California
CAME = Misdirected(
    FIRST, "fax", "standard", "Maria Reyes, born May 17, 1985", "Dr. Holm, 1-714-555-0150", "Back surgery"
)


def act_as(there: County, name: str, on: date = TODAY):
    person = there.person(name, on)
    set_scope(person.scope(on))
    return person


def sent_from_sierra(there: County, to: HealthNetwork | None, **other: object) -> Forwarded:
    said = Misdirected(**{**{name: getattr(CAME, name) for name in Misdirected.__slots__}, **other})
    return forward(said, to=to.pk if to else None, person=act_as(there, "nurse@sierra"), now=NOW)


def test_it_waits_at_the_right_door_with_the_clock_of_the_first(there: County) -> None:
    sent_from_sierra(there, there.citrus)
    (here,) = waiting_for(act_as(there, "nurse@citrus"))
    assert here.sender == "Sierra Oak Health"
    assert here.forwarded.received_at == FIRST
    # Seven days from Friday: Friday the 27th to its last second.
    assert here.due_at == datetime(2026, 11, 27, 23, 59, 59, tzinfo=PACIFIC)
    assert not here.ping_pong
    assert [each.to_network for each in sent_by(act_as(there, "nurse@sierra"))] == [there.citrus]


def test_an_expedited_one_is_due_seventy_two_hours_after_the_first_door(there: County) -> None:
    sent_from_sierra(there, None, urgency="expedited")
    (here,) = waiting_for(act_as(there, "nurse@plan"))
    assert here.due_at == FIRST + timedelta(hours=72)


def test_taking_it_in_keeps_the_first_receipt_and_loses_no_second_of_the_clock(there: County) -> None:
    sent = sent_from_sierra(there, there.citrus)
    nurse = act_as(there, "nurse@citrus")
    request = asked(there, member=there.maria, received_at=sent.received_at, channel=sent.channel)
    taken = receive(request, person=nurse, now=NOW)
    take(sent.pk, taken.number, person=nurse, now=NOW)
    referral = Referral.objects.get(number=taken.number)
    assert referral.received_at == FIRST
    starts = RunningClock.objects.filter(referral=referral, started_at__isnull=False)
    assert {clock.started_at for clock in starts} == {FIRST}
    assert waiting_for(nurse) == []
    assert sent_by(act_as(there, "nurse@sierra")) == []
    with pytest.raises(Refused, match="taken in or sent on already"):
        take(sent.pk, taken.number, person=act_as(there, "nurse@citrus"), now=NOW)


def test_a_referral_that_counts_from_a_later_day_is_not_taken_for_it(there: County) -> None:
    sent = sent_from_sierra(there, there.citrus)
    nurse = act_as(there, "nurse@citrus")
    late = receive(asked(there, member=there.maria, received_at=NOW), person=nurse, now=NOW)
    with pytest.raises(Refused, match="first arrival anywhere"):
        take(sent.pk, late.number, person=nurse, now=NOW)
    assert len(waiting_for(nurse)) == 1


def test_sent_on_twice_it_is_marked_as_going_to_and_fro(there: County) -> None:
    first = sent_from_sierra(there, there.citrus)
    second = forward_again(first.pk, to=None, person=act_as(there, "nurse@citrus"), now=NOW + timedelta(hours=1))
    assert waiting_for(act_as(there, "nurse@citrus")) == []
    (here,) = waiting_for(act_as(there, "nurse@plan"))
    assert here.ping_pong
    assert (second.hops, second.received_at, second.words, second.who) == (2, FIRST, CAME.words, CAME.who)
    assert sent_by(act_as(there, "nurse@sierra")) == []  # it has left the desk it was sent to
    with pytest.raises(Refused, match="sent on already"):
        forward_again(first.pk, to=None, person=act_as(there, "nurse@citrus"), now=NOW)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"received_at": None}, "receipt instant is missing"),
        ({"received_at": NOW + timedelta(minutes=1)}, "ahead of now"),
        ({"channel": "pigeon"}, "no way in"),
        ({"urgency": "soon"}, "standard or expedited"),
        ({"who": "  "}, "who the Member is"),
        ({"asked_by": ""}, "who asks"),
        ({"words": ""}, "what is asked"),
    ],
)
def test_what_cannot_be_sent_on_is_refused_in_a_sentence(there: County, said: dict[str, object], why: str) -> None:
    with pytest.raises(Refused, match=why):
        sent_from_sierra(there, there.citrus, **said)
    set_scope(Scope(None, TODAY))
    assert not Forwarded.objects.exists()


def test_nobody_sends_a_request_to_their_own_desk_or_to_nobody(there: County) -> None:
    with pytest.raises(Refused, match="your own desk"):
        sent_from_sierra(there, there.sierra)
    with pytest.raises(Refused, match="your own desk"):
        forward(CAME, to=None, person=act_as(there, "nurse@plan"), now=NOW)
    with pytest.raises(Refused, match="no such Health Network"):
        forward(CAME, to=there.maria.pk, person=act_as(there, "nurse@plan"), now=NOW)


def test_after_a_merger_it_goes_to_the_successor_and_what_waited_is_the_successors(there: County) -> None:
    waits = forward(CAME, to=there.citrus.pk, person=act_as(there, "nurse@plan"), now=NOW)
    merged_on = date(2026, 12, 1)  # a Tuesday
    Succession.objects.create(predecessor=there.citrus, successor=there.sierra, from_on=merged_on, why="Merged")
    heir = act_as(there, "nurse@sierra", date(2026, 11, 30))  # the Monday before it
    assert waiting_for(heir) == []
    heir = act_as(there, "nurse@sierra", merged_on)
    assert waiting(waits.pk, heir).forwarded == waits
    noon = datetime(2026, 12, 1, 12, tzinfo=PACIFIC)
    sent = forward(CAME, to=there.citrus.pk, person=act_as(there, "nurse@plan", merged_on), now=noon)
    assert sent.to_network_id == there.sierra.pk


COUNT = "SELECT count(*) FROM referrals_forwarded"


def seen_by(network: HealthNetwork | None) -> int:
    set_scope(Scope(None if network is None else (network.pk,), TODAY))
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        (found,) = cursor.fetchone()
    return int(found)


def test_the_sender_and_the_target_see_it_and_no_other_network(there: County) -> None:
    grove = HealthNetwork.objects.create(name="Grove United", kind="phc", phone="1-714-555-0140")
    sent_from_sierra(there, there.citrus)
    assert [seen_by(network) for network in (there.sierra, there.citrus, None, grove)] == [1, 1, 1, 0]


def test_what_goes_to_the_plan_is_the_senders_and_the_plans(there: County) -> None:
    sent_from_sierra(there, None)
    assert [seen_by(network) for network in (there.sierra, there.citrus, None)] == [1, 0, 1]


def test_nobody_sends_in_the_name_of_another_network(there: County) -> None:
    sent_from_sierra(there, there.citrus)
    set_scope(Scope((there.citrus.pk,), TODAY))
    forged = Forwarded.objects.get()
    forged.pk, forged.from_network, forged.to_network, forged._state.adding = there.one.pk, there.sierra, None, True
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        forged.save()


def test_the_sender_cannot_answer_for_the_target(there: County) -> None:
    sent = sent_from_sierra(there, there.citrus)
    assert Forwarded.objects.filter(pk=sent.pk).update(sent_on_at=NOW) == 0  # still in the sender's scope
    set_scope(Scope((there.citrus.pk,), TODAY))
    assert Forwarded.objects.filter(pk=sent.pk).update(sent_on_at=NOW) == 1


@pytest.mark.parametrize(
    "change", [{"received_at": NOW}, {"words": "Other"}, {"who": "Other"}, {"hops": 1, "urgency": "expedited"}]
)
def test_what_came_is_write_once(there: County, change: dict[str, object]) -> None:
    sent = sent_from_sierra(there, there.citrus)
    set_scope(Scope(None, TODAY))
    with pytest.raises(IntegrityError, match="write-once"), transaction.atomic():
        Forwarded.objects.filter(pk=sent.pk).update(**change)


def test_what_became_of_it_is_said_once(there: County) -> None:
    sent = sent_from_sierra(there, there.citrus)
    set_scope(Scope(None, TODAY))
    Forwarded.objects.filter(pk=sent.pk).update(sent_on_at=NOW)
    with pytest.raises(IntegrityError, match="write-once"), transaction.atomic():
        Forwarded.objects.filter(pk=sent.pk).update(sent_on_at=None)
