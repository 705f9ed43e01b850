"""How a Member and those who act for the Member read: taken down, never overwritten, seen by their network alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from county import NOW, TODAY, County, county
from secondopinion.people.formats import NotChosen, choose_format, format_of, preferences_of, wanted_by
from secondopinion.people.models import AuthorizedRepresentative, FormatPreference
from secondopinion.people.rls import network_scope, plan_scope
from secondopinion.policy.adequate_notice import Wanted
from secondopinion.policy.formats import Format


@pytest.fixture
def there(as_plan: None) -> County:
    return county()


def choose(
    there: County,
    format: Format,
    from_on: date = TODAY,
    representative: AuthorizedRepresentative | None = None,
    after: timedelta = timedelta(),
) -> FormatPreference:
    person = there.person("intake@plan")
    return choose_format(
        there.maria, format, "phone", from_on, representative=representative, person=person, now=NOW + after
    )


def sister(there: County, until: date | None = None) -> AuthorizedRepresentative:
    return AuthorizedRepresentative.objects.create(
        member=there.maria, name="Ines Reyes", authority="in-writing", evidence="Form of 2026",
        from_on=TODAY - timedelta(days=30), to_on=until,
    )  # fmt: skip


def test_whoever_chose_nothing_reads_standard_print(there):
    assert format_of(there.maria.pk) is Format.STANDARD


def test_the_last_choice_stands_and_every_one_is_kept(there):
    choose(there, Format.BRAILLE, TODAY - timedelta(days=9))
    choose(there, Format.AUDIO, after=timedelta(minutes=1))
    choose(there, Format.STANDARD, after=timedelta(minutes=2))
    assert format_of(there.maria.pk) is Format.STANDARD
    assert [row.format for row in preferences_of(there.maria.pk)] == ["braille", "audio", "standard"]
    assert wanted_by(there.maria.pk)[0] == Wanted(TODAY - timedelta(days=9), Format.BRAILLE)


def test_a_representative_reads_in_a_format_of_their_own(there):
    choose(there, Format.BRAILLE, representative=sister(there))
    assert format_of(there.maria.pk, "Ines Reyes") is Format.BRAILLE
    assert format_of(there.maria.pk) is Format.STANDARD


def test_a_representative_who_may_not_act_any_more_is_not_written_down(there):
    with pytest.raises(NotChosen, match="may not act for the Member today"):
        choose(there, Format.BRAILLE, representative=sister(there, TODAY - timedelta(days=1)))


def test_a_choice_told_after_today_or_standing_already_is_refused(there):
    with pytest.raises(NotChosen, match="after today"):
        choose(there, Format.BRAILLE, TODAY + timedelta(days=1))
    choose(there, Format.BRAILLE)
    with pytest.raises(NotChosen, match="stands already"):
        choose(there, Format.BRAILLE)


@pytest.mark.parametrize("act", [lambda row: row.save(), lambda row: row.delete()], ids=["change", "delete"])
def test_the_database_refuses_to_change_a_choice(there, act):
    row = choose(there, Format.BRAILLE)
    row.format = "audio"
    with pytest.raises(DatabaseError, match=r"write-once|permission denied"), transaction.atomic():
        act(row)


def test_only_the_network_that_has_the_member_sees_it(there):
    choose(there, Format.BRAILLE)
    with plan_scope(TODAY):
        with network_scope(there.citrus.pk, on=TODAY):
            assert FormatPreference.objects.count() == 1
        with network_scope(there.sierra.pk, on=TODAY):
            assert FormatPreference.objects.count() == 0
