"""The register of delegation as a page: true on the day it is asked for, open to all staff, silent about Members."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from county import TODAY, County
from secondopinion.people.models import Delegation, HealthNetwork, SubDelegation, Succession
from secondopinion.people.register import register_on, sub_delegates_on, successions
from secondopinion.people.rls import plan_scope
from secondopinion.policy.asked import Program

Browser = Callable[[str], Client]
MERGED_ON = date(2026, 12, 1)  # a Tuesday
EVE = date(2026, 11, 30)  # the Monday before it


@pytest.fixture
def merging(place: County) -> County:
    """Grove United comes after Citrus Valley on a Tuesday, for Medi-Cal only; Citrus has a sub-delegate until then."""
    with plan_scope(TODAY):
        grove = HealthNetwork.objects.create(name="Grove United", kind="phc", phone="1-714-555-0140")
        Delegation.objects.create(network=grove, program="medi-cal", from_on=MERGED_ON)
        Succession.objects.create(predecessor=place.citrus, successor=grove, from_on=MERGED_ON, why="Bought by Grove")
        Delegation.objects.filter(network=place.citrus).update(to_on=EVE)
        SubDelegation.objects.create(
            delegation=Delegation.objects.get(network=place.citrus, program="medi-cal"), entity="Blossom Letter Works",
            approval="SD-7", approved_on=date(2026, 1, 5), from_on=date(2026, 2, 2), to_on=EVE,
        )  # fmt: skip
    return place


def show(client: Client, **query: str) -> str:
    answer = client.get("/delegation/", query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def deciders(on: date) -> dict[str, list[bool]]:
    """By network: does it decide Medi-Cal, does it decide OneCare."""
    return {row.network.name: [each.decides.now is not None for each in row.programs] for row in register_on(on)}


def test_the_register_knows_the_day_before_a_merger_and_the_day_itself(merging: County) -> None:
    with plan_scope(TODAY):
        assert deciders(EVE) == {
            "Citrus Valley Medical Group": [True, True],
            "Grove United": [False, False],
            "Sierra Oak Health": [False, False],
        }
        assert deciders(MERGED_ON)["Citrus Valley Medical Group"] == [False, False]
        assert deciders(MERGED_ON)["Grove United"] == [True, False]
        assert [row.network.name for row in register_on(MERGED_ON)][-1] == "Citrus Valley Medical Group"
        assert [len(sub_delegates_on(on)) for on in (date(2026, 2, 1), date(2026, 2, 2), EVE, MERGED_ON)] == [
            0,
            1,
            1,
            0,
        ]
        assert [each.why for each in successions()] == ["Bought by Grove"]


def test_the_register_says_what_ended_and_what_is_to_come(merging: County) -> None:
    with plan_scope(TODAY):
        by_name = {row.network.name: row.programs[0].decides for row in register_on(EVE)}
        grove, citrus = by_name["Grove United"], by_name["Citrus Valley Medical Group"]
        assert grove.now is None
        assert grove.coming is not None
        assert grove.coming.from_on == MERGED_ON
        assert citrus.now is not None
        assert citrus.now.to_on == EVE
        later = {row.network.name: row.programs[0].decides for row in register_on(MERGED_ON)}
        assert later["Citrus Valley Medical Group"].ended == citrus.now
    assert list(Program) == [Program.MEDI_CAL, Program.ONECARE]


def test_the_page_shows_today_and_any_other_day(merging: County, signed_in_as: Browser) -> None:
    nurse = signed_in_as("nurse@sierra")
    today = show(nurse)
    assert "as of <strong>Mon, Nov 23, 2026</strong>, today" in today
    assert "Citrus Valley Medical Group becomes Grove United" in today
    assert "Blossom Letter Works" in today
    after = show(nurse, on="2026-12-01")
    assert "Citrus Valley Medical Group became Grove United" in after
    assert "Now Grove United, since Tue, Dec 1, 2026" in after
    assert "Blossom Letter Works" not in after
    assert "as of <strong>Tue, Dec 1, 2026</strong>" in after


def test_the_page_says_what_is_never_delegated_and_on_whose_authority(place: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("contracting@plan"))
    for words in ("What is never delegated", "GG.1541 II.A", "Out-of-area visits of OneCare Members", "GG.1539"):
        assert words in page


@pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30", "2026-11-23T10:00", "<b>", "0000-01-01"])
def test_what_is_no_day_is_refused_in_a_sentence_and_today_is_shown(
    place: County, signed_in_as: Browser, typed: str
) -> None:
    answer = signed_in_as("nurse@plan").get("/delegation/", {"on": typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This is no day." in page
    assert "<strong>Mon, Nov 23, 2026</strong>, today" in page
    assert "<b>" not in page


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_is_can_be_asked_for(place: County, signed_in_as: Browser, on: str) -> None:
    assert "The plan decides" in show(signed_in_as("nurse@plan"), on=on)


def test_the_page_names_no_member_and_wants_a_sign_in(place: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("appeals@plan"))
    assert not [name for name in ("Reyes", "Ortega", "M0000003") if name in page]
    assert Client().get("/delegation/").status_code == 302


def test_every_page_leads_to_the_register(place: County, signed_in_as: Browser) -> None:
    page = signed_in_as("nurse@plan").get("/").content.decode()
    assert '<a href="/delegation/">Delegation</a>' in page
