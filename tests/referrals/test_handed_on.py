"""A sub-delegate works on the requests that its network hands on, on its days, and sees nothing else (HH.2025)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from county import NOW, TODAY, County
from referrals.life import DENIAL, RECEIVED, YES, asked
from secondopinion.people.delegation import Part, handed_on
from secondopinion.people.find import NotMatched, match_member
from secondopinion.people.models import (
    AccessEntry,
    Delegation,
    Enrollment,
    License,
    NetworkAssignment,
    Staff,
    SubDelegation,
    Succession,
)
from secondopinion.people.person import Person, person_of
from secondopinion.people.prepared import insert
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import offices
from secondopinion.referrals.access import one, visible_to, work_list
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import ReferUp, TakeUp
from secondopinion.referrals.working import save_view, views_of

NAME = "Harbor Review Associates"
FIRST, LAST = date(2026, 11, 23), date(2026, 11, 25)  # Monday to Wednesday
EVERYTHING = ("people_member", "people_enrollment", "people_networkassignment", "directory_pcpassignment",
              "referrals_referral", "referrals_event", "referrals_runningclock", "referrals_notice",
              "letters_letter")  # fmt: skip


@pytest.fixture
def harbor(there: County) -> Staff:
    """A physician and nurse of a sub-delegate, to which Citrus Valley hands on Medi-Cal from Monday to Wednesday."""
    set_scope(Scope(None, TODAY))
    hand_on(there, "medi-cal", FIRST, LAST)
    user = get_user_model().objects.create_user(username="physician@harbor")
    staff = Staff.objects.create(user=user, network=there.citrus, sub_delegate=NAME, name="Physician of Harbor",
                                 roles=["intake", "nurse", "physician"], title="Reviewer", phone="1-714-555-0170",
                                 npi="1669999994")  # fmt: skip
    License.objects.create(staff=staff, number="C9001", specialty="207Q00000X", from_on=date(2020, 1, 1))
    return staff


def hand_on(there: County, program: str, from_on: date, to_on: date | None) -> SubDelegation:
    whole = Delegation.objects.get(network=there.citrus, program=program)
    return SubDelegation.objects.create(
        delegation=whole, entity=NAME, from_on=from_on, to_on=to_on, approval="HH.2025-7", approved_on=date(2026, 11, 2)
    )


def is_on(staff: Staff, day: date) -> Person:
    """The person on a day, and the transaction with the person's scope, as the door makes both."""
    set_scope(Scope(None, TODAY))
    person = person_of(staff, day)
    set_scope(person.scope(day))
    return person


def came_in(there: County, **other: object) -> Referral:
    """Maria's request, received at Citrus Valley on Monday 2026-11-23 unless it says otherwise."""
    set_scope(Scope(None, TODAY))
    request = asked(there, **{"member": there.maria, "requester_name": "Maria Reyes", "answers": YES, **other})
    taken = receive(request, person=there.person("intake@plan"), now=NOW)
    return Referral.objects.get(pk=taken.referral_id)


def counted(*tables: str) -> dict[str, int]:
    """How many rows of each table the transaction sees, by raw SQL."""
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def test_it_sees_what_is_handed_on_with_everything_that_belongs_to_it(there: County, harbor: Staff) -> None:
    ours, plans = came_in(there), came_in(there, member=there.one, requester_name="Member One")
    person = is_on(harbor, TODAY)
    assert list(visible_to(person)) == list(work_list(person)) == [ours]
    assert one(person, ours.number).member.last_name == "Reyes"
    with pytest.raises(Refused, match="no such referral"):
        one(person, plans.number)
    seen = counted(*EVERYTHING)
    assert all(seen.values())
    assert (seen["people_member"], seen["referrals_referral"]) == (1, 1)
    assert set(Event.objects.values_list("referral", flat=True)) == {ours.pk}
    assert match_member(card="M0000003", birth_date=date(1985, 5, 17)) == there.maria


def test_it_gives_the_office_that_asked_a_code_and_sees_no_code_of_another_part(there: County, harbor: Staff) -> None:
    asked_by = {"requester": "physician", "requester_name": "Grace Lind, MD", "requester_npi": there.pcp.npi}
    ours, earlier = came_in(there, **asked_by), came_in(there, received_at=RECEIVED - timedelta(days=3), **asked_by)
    for referral in (ours, earlier):
        offices.give_code(referral, there.person("nurse@citrus"), NOW)
    person = is_on(harbor, TODAY)
    assert counted("referrals_officekey") == {"referrals_officekey": 1}
    told = offices.give_code(ours, person, NOW)
    key = offices.code_of(ours, NOW)
    assert key is not None
    assert (told.number, key.given_by) == (ours.number, person.name)
    assert counted("referrals_officekey") == {"referrals_officekey": 2}, "the one before is taken back, and stays"
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        offices.give_code(earlier, person, NOW)


def test_it_keeps_views_of_its_own_and_sees_none_of_its_networks(there: County, harbor: Staff) -> None:
    of_the_network = there.person("nurse@citrus")
    set_scope(Scope(None, TODAY))
    save_view("Maria Reyes", {"view": "mine"}, of_the_network, NOW)
    person = is_on(harbor, TODAY)
    assert counted("referrals_savedview") == {"referrals_savedview": 0}
    save_view("What is due", {"time": "today"}, person, NOW)
    assert [view.name for view in views_of(person)] == ["What is due"]
    assert counted("referrals_savedview") == {"referrals_savedview": 1}
    after = is_on(harbor, LAST + timedelta(days=1))  # Thursday 2026-11-26
    assert views_of(after) == []
    with pytest.raises(Refused, match="Nothing is handed on to you today"):
        save_view("What is due tomorrow", {"time": "today"}, after, NOW + timedelta(days=3))


def test_what_came_before_its_first_day_stays_with_the_network(there: County, harbor: Staff) -> None:
    earlier = came_in(there, received_at=RECEIVED - timedelta(days=3))  # Friday 2026-11-20
    person = is_on(harbor, TODAY)
    assert list(visible_to(person)) == []
    assert counted("referrals_referral", "referrals_event", "letters_letter") == dict.fromkeys(
        ("referrals_referral", "referrals_event", "letters_letter"), 0
    )
    set_scope(there.person("nurse@citrus").scope(TODAY))
    assert list(visible_to(there.person("nurse@citrus"))) == [earlier]


def test_another_program_is_not_handed_on_with_it(there: County, harbor: Staff) -> None:
    onecare = NetworkAssignment.objects.filter(member=there.joe)
    onecare.update(network=there.citrus)
    came_in(there, member=there.joe, program="onecare", requester_name="Joe Smith")
    person = is_on(harbor, TODAY)
    assert list(visible_to(person)) == []
    assert counted("referrals_referral") == {"referrals_referral": 0}
    with pytest.raises(NotMatched):
        match_member(card="1122334455", birth_date=date(1960, 2, 3))


@pytest.mark.parametrize("function", ["member-notices", "provider-notices"])
def test_notices_handed_on_open_no_request(there: County, harbor: Staff, function: str) -> None:
    came_in(there)
    SubDelegation.objects.all().update(to_on=FIRST)
    whole = Delegation.objects.create(
        network=there.citrus, program="medi-cal", function=function, from_on=date(2024, 1, 1)
    )
    SubDelegation.objects.create(delegation=whole, entity=NAME, from_on=FIRST, approval="A-9", approved_on=FIRST)
    person = is_on(harbor, date(2026, 11, 24))  # Tuesday, when only the notices are still handed on
    assert (person.parts, list(visible_to(person))) == ((), [])
    assert not any(counted(*EVERYTHING).values())


def test_its_view_begins_with_its_first_midnight_and_ends_with_its_last(there: County, harbor: Staff) -> None:
    ours = came_in(there)
    for day, sees in ((FIRST - timedelta(days=1), False), (FIRST, True), (LAST, True), (LAST + timedelta(1), False)):
        person = is_on(harbor, day)
        assert (ours in visible_to(person)) is sees, day
        assert all(counted(*EVERYTHING).values()) is sees, day
        assert any(counted(*EVERYTHING).values()) is sees, day


def test_a_renewal_with_a_new_approval_leaves_no_gap(there: County, harbor: Staff) -> None:
    ours = came_in(there)
    hand_on(there, "medi-cal", LAST + timedelta(days=1), None)
    person = is_on(harbor, LAST + timedelta(days=1))
    assert [part.from_on for part in person.parts] == [FIRST, LAST + timedelta(days=1)]
    assert list(visible_to(person)) == [ours]
    assert counted("referrals_referral") == {"referrals_referral": 1}


def test_a_merger_of_its_network_hands_nothing_on(there: County, harbor: Staff) -> None:
    came_in(there)
    Succession.objects.create(predecessor=there.citrus, successor=there.sierra, from_on=LAST, why="merger")
    assert handed_on(NAME, there.citrus.pk, LAST - timedelta(days=1)) == (
        Part(there.citrus.pk, "medi-cal", FIRST, LAST),
    )
    person = is_on(harbor, LAST)
    assert (person.parts, list(visible_to(person))) == ((), [])
    assert not any(counted(*EVERYTHING).values())


def test_it_takes_in_reviews_and_denies_as_the_network_would(there: County, harbor: Staff) -> None:
    person = is_on(harbor, TODAY)
    request = asked(there, member=there.maria, requester_name="Maria Reyes")
    taken = receive(request, person=person, now=NOW)
    for told in (TakeUp(complete=True), ReferUp("Nothing in the list fits; please look."), DENIAL):
        taken = advance(taken.referral_id, told, person=person, now=NOW)
    assert taken.state == "denied"
    assert set(Notice.objects.values_list("recipient_role", flat=True)) == {"member", "pcp"}
    assert all(counted(*EVERYTHING).values())


def test_it_takes_in_nothing_that_was_not_handed_on_and_is_told_where_that_goes(there: County, harbor: Staff) -> None:
    person = is_on(harbor, TODAY)
    early = asked(there, member=there.maria, requester_name="Maria Reyes", received_at=RECEIVED - timedelta(days=3))
    with pytest.raises(Refused, match=r"had not handed this program on to you\. Forward the request"):
        receive(early, person=person, now=NOW)
    with pytest.raises(Refused, match="did not belong to your Health Network"):
        receive(asked(there), person=person, now=NOW)
    assert not Referral.objects.exists()


def test_raw_sql_of_a_sub_delegate_writes_nothing_outside_its_part(there: County, harbor: Staff) -> None:
    theirs = came_in(there, received_at=RECEIVED - timedelta(days=3))
    is_on(harbor, TODAY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE referrals_referral SET condition = 'changed'")
        assert cursor.rowcount == 0
        cursor.execute("UPDATE people_member SET phone = '' WHERE member_id <> 'M0000003'")
        assert cursor.rowcount == 0
    copied = (
        "INSERT INTO referrals_runningclock (referral_id, network_id, kind, rule, label, authority, outcome)"
        " VALUES (%s, %s, 'decision', 'mine', '', '', '')"
    )
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copied, [theirs.pk, there.citrus.pk])


def test_its_looks_are_written_down_for_the_network_and_are_not_its_own_to_read(there: County, harbor: Staff) -> None:
    person = is_on(harbor, TODAY)
    insert(AccessEntry(at=NOW, person=person.name, person_network=person.network, what="x", about="y", why="z"))
    assert not AccessEntry.objects.exists()
    set_scope(there.person("nurse@citrus").scope(TODAY))
    assert AccessEntry.objects.get().person == "Physician of Harbor"


def test_a_sub_delegate_works_for_a_network(there: County) -> None:
    set_scope(Scope(None, TODAY))
    user = get_user_model().objects.create_user(username="nobody@harbor")
    with pytest.raises(IntegrityError, match="a_sub_delegate_is_of_a_network"), transaction.atomic():
        Staff.objects.create(user=user, sub_delegate=NAME, name="N", roles=["nurse"], title="T", phone="1")


def test_a_request_received_in_the_last_minute_of_its_last_day_is_its_own(there: County, harbor: Staff) -> None:
    last_minute = datetime(2026, 11, 25, 23, 59, tzinfo=PACIFIC)  # Wednesday
    midnight = datetime(2026, 11, 26, 0, 0, tzinfo=PACIFIC)  # Thursday
    ours = came_in(there)
    for at, sees in ((last_minute, True), (midnight, False)):
        set_scope(Scope(None, TODAY))
        Referral.objects.filter(pk=ours.pk).update(received_at=at, entered_at=at)
        person = is_on(harbor, LAST)
        assert list(visible_to(person)) == ([ours] if sees else [])
        assert counted("referrals_referral") == {"referrals_referral": int(sees)}


def test_who_is_enrolled_in_another_program_today_is_not_found(there: County, harbor: Staff) -> None:
    Enrollment.objects.filter(member=there.maria).update(program="onecare")
    is_on(harbor, TODAY)
    with pytest.raises(NotMatched):
        match_member(card="M0000003", birth_date=date(1985, 5, 17))
