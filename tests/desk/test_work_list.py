"""The work list: the least time left comes first, whatever the page, the filter and the network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from county import NOW, TODAY, County
from secondopinion.desk.words import day, due, pacific, span, words_of
from secondopinion.desk.work_list import PAGE, Key
from secondopinion.people.models import Member
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral

Browser = Callable[[str], Client]


def referral(number: int, member: Member, due_at: datetime | None = None, **columns: object) -> Referral:
    """A row as the ledger would have left it: this page reads rows and asks nothing of their history."""
    given: dict[str, object] = {
        "number": f"SO-2026-{number:06d}", "member": member, "program": "medi-cal", "decider": "plan",
        "edition": "2024-12", "channel": "phone", "received_at": NOW - timedelta(days=1), "entered_at": NOW,
        "requester": "member", "requester_name": "Made Up", "opinion": "second", "about": "specialist-care",
        "urgency": "standard", "state": "received", "position": 1, "head_hash": "0" * 64, "due_at": due_at,
        "due_kind": "decision" if due_at else "",
    }  # fmt: skip
    return Referral.objects.create(**{**given, **columns})


@pytest.fixture
def five(place: County) -> County:
    """Overdue, within a day, within days, without a clock, and one that is finished."""
    with plan_scope(TODAY):
        referral(1, place.one, NOW + timedelta(days=5), program="medi-cal")
        referral(2, place.maria, NOW + timedelta(hours=6), network=place.citrus, decider="network")
        referral(3, place.joe, NOW - timedelta(hours=2), network=place.sierra, program="onecare", urgency="expedited")
        referral(4, place.one, None, state="nurse_review")
        referral(
            5, place.one, None, state="denied", decision="deny", decided_at=NOW
        )  # its letters have left, so no clock runs
    return place


def show(client: Client, **query: str) -> str:
    return client.get(reverse("work-list"), query).content.decode()


def numbers(page: str) -> list[int]:
    rows = page.split('<th scope="row"')[1:]
    return [int(row.split("SO-2026-")[1][:6]) for row in rows]


def test_the_least_time_left_comes_first_and_finished_ones_are_gone(five: County, signed_in_as: Browser) -> None:
    assert numbers(show(signed_in_as("intake@plan"))) == [3, 2, 1, 4]


def test_a_row_says_who_what_state_by_when_and_who_decides(five: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("intake@plan"), state="received", decider="network")
    assert numbers(page) == [2]
    for words in ("Reyes, Maria", "M0000003", "6 h left", "Decide by Mon, Nov 23, 4:00 PM PT", "Received",
                  "Medi-Cal", "Citrus Valley Medical Group", "Second opinion"):  # fmt: skip
        assert words in page
    overdue = show(signed_in_as("intake@plan"), time="overdue")
    assert "Overdue by 2 h" in overdue
    assert "Expedited" in overdue


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"state": "nurse_review"}, [4]),
        ({"program": "onecare"}, [3]),
        ({"urgency": "expedited"}, [3]),
        ({"decider": "plan"}, [3, 1, 4]),
        ({"time": "overdue"}, [3]),
        ({"time": "close"}, [2]),
        ({"view": "mine"}, [3, 2, 1]),
        ({"network": "none"}, [1, 4]),
        ({"program": "onecare", "state": "nurse_review"}, []),
    ],
)
def test_the_filters_in_the_address_cut_the_list(
    five: County, signed_in_as: Browser, query: dict[str, str], left: list[int]
) -> None:
    assert numbers(show(signed_in_as("intake@plan"), **query)) == left


def test_the_plan_can_filter_by_health_network(five: County, signed_in_as: Browser) -> None:
    assert numbers(show(signed_in_as("intake@plan"), network=str(five.sierra.pk))) == [3]
    assert numbers(show(signed_in_as("intake@plan"), network=str(uuid4()))) == []
    assert numbers(show(signed_in_as("intake@plan"), network="nonsense")) == []


def test_a_health_network_sees_its_own_referrals_only(five: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("nurse@citrus"))
    assert numbers(page) == [2]
    assert "Health Network</label>" not in page
    assert numbers(show(signed_in_as("nurse@citrus"), network=str(five.sierra.pk))) == [2]


def test_what_waits_for_me_depends_on_my_role(five: County, signed_in_as: Browser) -> None:
    assert numbers(show(signed_in_as("nurse@plan"), view="mine")) == [3, 2, 1, 4]
    page = show(signed_in_as("physician@plan"), view="mine")
    assert numbers(page) == []
    assert "No open referral fits these filters" in page


def test_an_empty_list_says_what_will_appear_there(place: County, signed_in_as: Browser) -> None:
    assert "No referral is open. New requests appear here" in show(signed_in_as("nurse@plan"))


def test_the_views_are_counted(five: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("intake@plan"))
    counts = [part.split("<")[0] for part in page.split('so-tab__count">')[1:]]
    # all, mine, overdue, within a day, maybe appeals, authority, translations
    assert counts == ["4", "3", "1", "1", "0", "0", "0"]


def test_every_row_is_on_exactly_one_page_however_many_are_due_at_once(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        for number in range(1, 131):
            at = None if number > 100 else NOW + timedelta(hours=number // 40)  # forty are due at the same instant
            referral(number, place.one, at)
    client, seen, address = signed_in_as("intake@plan"), [], reverse("work-list")
    for _ in range(4):
        page = client.get(address).content.decode()
        rows = numbers(page)
        assert len(rows) <= PAGE
        seen += rows
        if 'rel="next"' not in page:
            break
        address = reverse("work-list") + page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace(
            "&amp;", "&"
        )
    assert len(seen) == 130
    assert sorted(seen) == list(range(1, 131))


def test_a_broken_page_key_shows_the_first_page(five: County, signed_in_as: Browser) -> None:
    for key in ("nonsense", "~", "2026-11-23~x", "2026-11-23T10:00:00~00000000-0000-0000-0000-000000000000"):
        assert numbers(show(signed_in_as("intake@plan"), after=key)) == [3, 2, 1, 4]
    assert Key.read(str(Key(None, five.one.pk))) == Key(None, five.one.pk)


def test_the_number_of_queries_does_not_grow_with_the_list(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    with plan_scope(TODAY):
        referral(1, place.one, NOW)
    with CaptureQueriesContext(connection) as few:
        show(client)
    with plan_scope(TODAY):
        for number in range(2, 50):
            referral(number, place.maria, NOW + timedelta(hours=number), network=place.citrus)
    with CaptureQueriesContext(connection) as many:
        show(client)
    assert len(many) == len(few)


def test_a_number_typed_in_opens_the_referral_even_when_it_is_finished(five: County, signed_in_as: Browser) -> None:
    answer = signed_in_as("intake@plan").get(reverse("work-list"), {"number": " so-2026-000005 "})
    assert answer.headers["Location"] == reverse("referral", args=["SO-2026-000005"])
    other = signed_in_as("nurse@citrus").get(reverse("work-list"), {"number": "SO-2026-000005"}, follow=True)
    assert "There is no such referral here" in other.content.decode()


@pytest.mark.parametrize(
    ("due_in", "left", "urge"),
    [
        (timedelta(hours=-30), "Overdue by 30 h", "overdue"),
        (timedelta(minutes=-5), "Overdue by 5 min", "overdue"),
        (timedelta(minutes=45), "45 min left", "close"),
        (timedelta(hours=24), "24 h left", "close"),
        (timedelta(hours=71), "71 h left", "near"),
        (timedelta(days=4, hours=3), "4 days 3 h left", "calm"),
    ],
)
def test_a_due_clock_speaks_in_words_and_number(due_in: timedelta, left: str, urge: str) -> None:
    said = due(NOW + due_in, NOW, "decision")
    assert (said.left, said.urge) == (left, urge)
    assert said.icon
    assert said.what.startswith("Decide by ")


def test_a_stopped_clock_says_whether_it_was_in_time() -> None:
    assert due(NOW, NOW, "decision", NOW - timedelta(hours=1)).left == "Done in time"
    assert due(NOW, NOW, "decision", NOW + timedelta(hours=3)).left == "Done 3 h late"
    assert due(None, NOW).left == "No clock runs"


def test_days_and_instants_carry_weekday_and_zone() -> None:
    assert pacific(datetime(2026, 11, 25, 17, 15, tzinfo=UTC)) == "Wed, Nov 25, 2026, 9:15 AM PT"
    assert day(datetime(2026, 11, 25, 7, 0, tzinfo=UTC)) == "Tue, Nov 24, 2026"  # still Tuesday in California
    assert (pacific(None), day(None), span(timedelta(0))) == ("", "", "0 min")
    assert (words_of("plan", "requester"), words_of("plan", "decider")) == (
        "The plan or Health Network itself",
        "The plan",
    )
    assert words_of("of no table") == "of no table"


def test_an_address_that_nobody_would_type_breaks_nothing(five: County, signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    for name in ("number", "state", "network", "view", "time", "after", "program"):
        for value in ("\x00", "x\x00y", "'; --", "9" * 400):
            assert client.get(reverse("work-list"), {name: value}, follow=True).status_code == 200


def test_a_referral_that_waits_for_its_visit_says_when_the_visit_is(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        referral(
            1, place.one, state="scheduled", appointment_at=NOW + timedelta(days=2), authorization_number="A1",
            authorized_on=TODAY,
        )  # fmt: skip
    page = show(signed_in_as("nurse@plan"))
    assert "Waiting for the visit" in page
    assert "Wed, Nov 25, 2026, 10:00 AM PT" in page
