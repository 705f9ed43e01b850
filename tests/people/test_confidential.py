"""A Member asks to be written to elsewhere, without a reason, and is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from county import NOW, TODAY, County, county
from secondopinion.people.confidential import NotUnderstood, ask_in_confidence, end_request, request_of
from secondopinion.people.models import ConfidentialRequest
from secondopinion.people.rls import network_scope, plan_scope

LINES = ("PO Box 77", "Harbor City, CA 92000")
THURSDAY = date(2026, 11, 12)  # Thursday


@pytest.fixture
def there(as_plan: None) -> County:
    return county()


def ask(there: County, how: str = "electronic", received_on: date = TODAY, lines=LINES) -> ConfidentialRequest:
    return ask_in_confidence(there.maria, how, received_on, lines, person=there.person("intake@plan"), now=NOW)


@pytest.mark.parametrize(("how", "days"), [("electronic", 7), ("by_mail", 14)])
def test_a_request_holds_at_once_and_the_law_would_give_it_days(there, how, days):
    asked = ask(there, how)
    assert (asked.from_on, asked.honor_by) == (TODAY, TODAY + timedelta(days=days))
    assert request_of(there.maria.pk) == asked


def test_a_request_that_was_written_down_too_late_holds_from_today_all_the_same(there):
    assert ask(there, received_on=THURSDAY).honor_by == TODAY


def test_a_new_request_takes_the_place_of_the_one_before_and_both_are_kept(there):
    ask(there)
    second = ask(there, lines=("1 Elm Street", "Orchard City, CA 92999"))
    assert request_of(there.maria.pk) == second
    assert ConfidentialRequest.objects.count() == 2


def test_the_member_takes_it_back(there):
    ask(there)
    assert end_request(there.maria, NOW)
    assert request_of(there.maria.pk) is None
    assert not end_request(there.maria, NOW), "there is nothing left to end"


@pytest.mark.parametrize(
    ("received_on", "lines", "sentence"),
    [
        (date(2026, 11, 24), LINES, "cannot have been received after today"),  # Tuesday
        (TODAY, ("PO Box 77",), "needs a street line and a line with city"),
        (TODAY, ("a", "b", "c", "d", "e"), "four lines at most"),
        (TODAY, ("x" * 61, "Harbor City"), "60 characters at most"),
    ],
)
def test_what_cannot_be_honored_is_refused_without_repeating_it(there, received_on, lines, sentence):
    with pytest.raises(NotUnderstood, match=sentence) as refused:
        ask(there, received_on=received_on, lines=lines)
    assert "Harbor" not in str(refused.value)


def test_there_is_one_standing_request_for_each_member(there):
    asked = ask(there)
    asked.pk = None
    with pytest.raises(DatabaseError, match="one_standing_request_per_member"):
        asked.save(force_insert=True)


def test_only_the_network_that_has_the_member_sees_it(there):
    ask(there)
    with plan_scope(TODAY):
        with network_scope(there.citrus.pk, on=TODAY):
            assert ConfidentialRequest.objects.count() == 1
        with network_scope(there.sierra.pk, on=TODAY):
            assert ConfidentialRequest.objects.count() == 0
