"""Who sees a Member: the plan always, a Health Network on the Member's days with it. Real row-level security."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from county import MOVED_ON, TODAY, County, county
from secondopinion.people.models import AccessEntry, Enrollment, Member, NetworkAssignment
from secondopinion.people.rls import Scope, set_scope

LAST_DAY_WITH_CITRUS = date(2026, 6, 30)  # a Tuesday


@pytest.fixture
def place(as_plan: None) -> County:
    return county()


def seen_by(place: County, network: str, on: date) -> set[str]:
    set_scope(Scope((getattr(place, network).pk,), on))
    return set(Member.objects.values_list("first_name", flat=True))


def test_the_plan_sees_every_member(place: County) -> None:
    assert set(Member.objects.values_list("first_name", flat=True)) == {"Member", "Joe", "Maria", "Luis"}


def test_a_network_sees_its_own_members_only(place: County) -> None:
    assert seen_by(place, "citrus", TODAY) == {"Maria"}
    assert seen_by(place, "sierra", TODAY) == {"Joe", "Luis"}


def test_a_member_who_moves_is_seen_by_each_network_on_its_own_days(place: County) -> None:
    assert "Luis" in seen_by(place, "citrus", LAST_DAY_WITH_CITRUS)
    assert "Luis" not in seen_by(place, "sierra", LAST_DAY_WITH_CITRUS)
    assert "Luis" not in seen_by(place, "citrus", MOVED_ON)
    assert "Luis" in seen_by(place, "sierra", MOVED_ON)


def test_what_belongs_to_a_member_is_seen_with_the_member(place: County) -> None:
    set_scope(Scope((place.citrus.pk,), TODAY))
    assert set(Enrollment.objects.values_list("member__first_name", flat=True)) == {"Maria"}
    assert place.luis.pk not in NetworkAssignment.objects.filter(network=place.sierra).values_list("member", flat=True)


def test_raw_sql_sees_no_more(place: County) -> None:
    set_scope(Scope((place.citrus.pk,), TODAY))
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_name FROM people_member")
        assert cursor.fetchall() == [("Maria",)]


def test_a_network_cannot_change_the_member_of_another(place: County) -> None:
    set_scope(Scope((place.citrus.pk,), TODAY))
    assert Member.objects.filter(pk=place.joe.pk).update(phone="1-714-555-0666") == 0


def test_a_network_cannot_give_itself_a_member(place: County) -> None:
    set_scope(Scope((place.citrus.pk,), TODAY))
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Enrollment.objects.create(member_id=place.joe.pk, program="medi-cal", from_on=TODAY)


def test_without_a_scope_nobody_sees_anybody(place: County) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('secondopinion.scope', '', true)")
    assert not Member.objects.exists()


def test_a_period_cannot_end_before_it_starts(place: County) -> None:
    with pytest.raises(DatabaseError, match="assignment_ends_after_it_starts"), transaction.atomic():
        NetworkAssignment.objects.create(
            member=place.one, network=place.citrus, from_on=TODAY, to_on=date(2026, 11, 22)
        )


def entry(place: County) -> AccessEntry:
    return AccessEntry.objects.create(
        at="2026-11-23T18:00:00Z", person="Nurse", what="referral", about="SO-2026-000001", why="work on a referral"
    )


def test_an_access_entry_cannot_be_changed(place: County) -> None:
    looked = entry(place)
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic():
        AccessEntry.objects.filter(pk=looked.pk).update(person="Somebody else")


def test_an_access_entry_cannot_be_deleted(place: County) -> None:
    looked = entry(place)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        looked.delete()


def test_a_network_reads_its_own_access_entries_only(place: County) -> None:
    entry(place)
    AccessEntry.objects.create(
        at="2026-11-23T18:01:00Z", person="Nurse", person_network=place.citrus.pk, what="referral",
        about="SO-2026-000002", why="work on a referral",
    )  # fmt: skip
    set_scope(Scope((place.citrus.pk,), TODAY))
    assert list(AccessEntry.objects.values_list("about", flat=True)) == ["SO-2026-000002"]


def test_a_licence_that_has_ended_is_no_credential(place: County) -> None:
    assert place.person("physician@plan").credentials
    assert not place.person("lapsed@plan").credentials
    assert place.person("lapsed@plan", date(2025, 12, 31)).credentials  # Wednesday, its last day
