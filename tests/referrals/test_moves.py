"""A Member moves to another Health Network, or the networks merge, while a referral is open: who sees what.

The questions are raw SQL as the application's own role, so that row-level security alone answers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from county import NOW, County
from referrals.life import RECEIVED, YES, asked
from secondopinion.letters.carriers import PrintHouse
from secondopinion.people.delegation import responsible_for
from secondopinion.people.models import Delegation, HealthNetwork, NetworkAssignment, Succession
from secondopinion.people.person import Person
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538.questions import Decider
from secondopinion.referrals.access import one, visible_to, work_list
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, Referral, RunningClock
from secondopinion.referrals.posting import post
from secondopinion.referrals.reading import steps_for
from secondopinion.referrals.receive import receive
from secondopinion.referrals.states import FINISHED, GOING_ON, State
from secondopinion.referrals.told import Answer, Withdraw

GIVEN_UP = Withdraw("member", "Maria Reyes", "Feels better and asks no more.")
EVE = date(2026, 11, 24)  # a Tuesday: Maria's last day with Citrus Valley
MOVED_ON = date(2026, 11, 25)  # the Wednesday on which she comes to Sierra Oak


def received(there: County, **other: object) -> Referral:
    """Maria's request, taken in at her network on Monday 2026-11-23."""
    request = asked(there, **{"member": there.maria, "requester_name": "Maria Reyes", **other})
    return Referral.objects.get(pk=receive(request, person=there.person("nurse@citrus"), now=NOW).referral_id)


def moved(there: County) -> None:
    NetworkAssignment.objects.filter(member=there.maria).update(to_on=EVE)
    NetworkAssignment.objects.create(member=there.maria, network=there.sierra, from_on=MOVED_ON)


def third() -> HealthNetwork:
    return HealthNetwork.objects.create(name="Grove United", kind="phc", phone="1-714-555-0140")


def seen(sql: str, key: object, network: HealthNetwork | None, on: date = MOVED_ON) -> int:
    """How many rows this network (None: the plan) sees of those the statement counts."""
    set_scope(Scope(None if network is None else (network.pk,), on))
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        (found,) = cursor.fetchone()
    return int(found)


MEMBER = "SELECT count(*) FROM people_member WHERE id = %s"
PCP = "SELECT count(*) FROM directory_pcpassignment WHERE member_id = %s"
REFERRAL = "SELECT count(*) FROM referrals_referral WHERE id = %s"
EVENTS = "SELECT count(*) FROM referrals_event WHERE referral_id = %s"
CLOCKS = "SELECT count(*) FROM referrals_runningclock WHERE referral_id = %s"
PAPERS = "SELECT count(*) FROM letters_letter l JOIN referrals_notice n ON n.letter_id = l.id WHERE n.referral_id = %s"


def test_the_network_that_decides_sees_the_member_who_moved_while_the_referral_is_open(there: County) -> None:
    received(there)
    moved(there)
    grove = third()
    for table in (MEMBER, PCP):
        assert seen(table, there.maria.pk, there.citrus) == 1
        assert seen(table, there.maria.pk, there.sierra) == 1
        assert seen(table, there.maria.pk, None) == 1
        assert seen(table, there.maria.pk, grove) == 0


def test_without_a_referral_the_network_of_yesterday_sees_nothing(there: County) -> None:
    moved(there)
    assert seen(MEMBER, there.maria.pk, there.citrus, EVE) == 1
    assert seen(MEMBER, there.maria.pk, there.citrus) == 0


def test_it_sees_the_member_until_the_last_letter_has_left_and_no_longer(there: County, tmp_path: Path) -> None:
    referral = received(there)
    moved(there)
    set_scope(Scope((there.citrus.pk,), MOVED_ON))
    later = NOW + timedelta(days=2)  # Wednesday 10:00
    advance(referral.pk, GIVEN_UP, person=there.person("nurse@citrus"), now=later)
    assert seen(MEMBER, there.maria.pk, there.citrus) == 1  # a letter to her still waits
    set_scope(Scope(None, MOVED_ON))
    for notice in Notice.objects.filter(referral=referral):
        assert post(notice.letter_id, now=later, carrier=PrintHouse(tmp_path))
    referral.refresh_from_db()
    assert (referral.state, referral.due_at) == ("withdrawn", None)
    assert seen(MEMBER, there.maria.pk, there.citrus) == 0
    assert seen(PCP, there.maria.pk, there.citrus) == 0
    assert seen(MEMBER, there.maria.pk, there.sierra) == 1


def test_the_network_that_must_honour_an_authorized_referral_reads_it_and_nobody_else_does(there: County) -> None:
    referral = received(there, answers=YES)
    assert referral.state == "authorized"
    assert seen(REFERRAL, referral.pk, there.sierra) == 0
    moved(there)
    grove = third()
    for table in (REFERRAL, EVENTS, CLOCKS):
        assert seen(table, referral.pk, grove) == 0
        assert seen(table, referral.pk, there.sierra, EVE) == 0
        assert seen(table, referral.pk, there.sierra) == seen(table, referral.pk, None) > 0
        assert seen(table, referral.pk, there.citrus) > 0
    assert seen(PAPERS, referral.pk, there.sierra) == 0  # the letters stay with who wrote them


def test_what_nobody_has_authorized_yet_is_not_the_new_networks_to_read(there: County) -> None:
    referral = received(there)
    moved(there)
    assert [seen(table, referral.pk, there.sierra) for table in (REFERRAL, EVENTS, CLOCKS)] == [0, 0, 0]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE referrals_referral SET state = 'closed' WHERE id = %s",
        "UPDATE referrals_runningclock SET stopped_at = now() WHERE referral_id = %s",
    ],
)
def test_the_network_that_honours_a_referral_changes_nothing_in_it(there: County, change: str) -> None:
    referral = received(there, answers=YES)
    moved(there)
    set_scope(Scope((there.sierra.pk,), MOVED_ON))
    with connection.cursor() as cursor:
        cursor.execute(change, [referral.pk])
        assert cursor.rowcount == 0
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM referrals_referral WHERE id = %s FOR UPDATE) r", [referral.pk]
        )
        assert cursor.fetchone() == (0,)


def test_a_person_of_the_new_network_may_open_it_and_is_offered_no_step(there: County) -> None:
    referral = received(there, answers=YES)
    moved(there)
    nurse = there.person("nurse@sierra", MOVED_ON)
    set_scope(nurse.scope(MOVED_ON))
    found = one(nurse, referral.number)
    assert steps_for(found, nurse, NOW) == ()
    assert referral not in work_list(nurse)
    with pytest.raises(Refused), transaction.atomic():
        advance(referral.pk, GIVEN_UP, person=nurse, now=NOW)
    set_scope(nurse.scope(EVE))
    assert referral not in visible_to(nurse)


@pytest.mark.parametrize("state", State)
def test_the_database_knows_which_states_are_open_and_which_are_to_be_honoured(there: County, state: State) -> None:
    referral = received(there, answers=YES)
    Referral.objects.filter(pk=referral.pk).update(state=state.value, due_at=None, decided_at=NOW, decision="deny")
    moved(there)
    assert seen(MEMBER, there.maria.pk, there.citrus) == (state.value not in FINISHED)
    assert seen(REFERRAL, referral.pk, there.sierra) == (state in GOING_ON)


def test_the_plan_sees_each_referral_once_and_asks_no_second_policy(there: County) -> None:
    referral = received(there, answers=YES)
    moved(there)
    assert seen(REFERRAL, referral.pk, None) == 1


MERGED_ON = date(2026, 12, 1)  # a Tuesday
MIDNIGHT = datetime(2026, 12, 1, tzinfo=PACIFIC)  # between the Monday and it


def test_a_merger_at_midnight_loses_no_clock_and_hands_every_open_referral_over(there: County) -> None:
    grove = third()
    Delegation.objects.create(network=grove, program="medi-cal", from_on=MERGED_ON)
    referrals = [received(there, received_at=RECEIVED - timedelta(days=n)) for n in range(20)]
    clocks = clocks_of_all()
    assert MIDNIGHT - timedelta(seconds=1) in {due for _, _, _, due in clocks}  # the last second of the old network
    Succession.objects.create(predecessor=there.citrus, successor=grove, from_on=MERGED_ON, why="Merged")

    new = there.staff["nurse@sierra"]
    new.network = grove
    new.save()
    for instant, who in ((MIDNIGHT - timedelta(microseconds=1), there.citrus), (MIDNIGHT, grove)):
        day = instant.date()
        for referral in referrals:
            decides = responsible_for(referral.network_id, referral.program, referral.decider, day)
            assert decides == (Decider.NETWORK, who.pk)
        heirs = there.person("nurse@sierra", day)
        set_scope(heirs.scope(day))
        assert len(work_list(heirs)) == (20 if who == grove else 0)
        assert len(clocks_of_all()) == (len(clocks) if who == grove else 0)
    old_hands: Person = there.person("nurse@citrus", MERGED_ON)
    set_scope(old_hands.scope(MERGED_ON))
    assert len(work_list(old_hands)) == 20  # who handed over may still read
    set_scope(Scope(None, MERGED_ON))
    assert clocks_of_all() == clocks


def test_a_successor_goes_on_with_what_its_predecessor_had_begun(there: County) -> None:
    referral = received(there)
    Succession.objects.create(predecessor=there.citrus, successor=there.sierra, from_on=MERGED_ON, why="Merged")
    heir = there.person("nurse@sierra", MERGED_ON)
    set_scope(heir.scope(MERGED_ON))
    advance(referral.pk, Answer({"surgery_is_recommended": True}), person=heir, now=MIDNIGHT)
    last = Event.objects.filter(referral=referral).latest("position")
    assert (last.step, last.actor, last.network) == ("answer", heir.name, there.citrus)


def clocks_of_all() -> list[tuple[object, ...]]:
    return list(RunningClock.objects.order_by("pk").values_list("pk", "rule", "started_at", "due_at"))
