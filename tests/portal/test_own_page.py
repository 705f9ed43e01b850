"""The Member's own page: what opens it and what keeps it closed, whose rows it sees, and the desk that gives it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from county import NOW, TODAY, County
from desk.life import authorized, received
from secondopinion.letters.models import Letter
from secondopinion.people import own_page
from secondopinion.people.models import AccessEntry, AuthorizedRepresentative, Member, OwnPage
from secondopinion.people.own_page import Code, NotGiven
from secondopinion.people.rls import plan_scope, set_key
from secondopinion.referrals.models import Draft, Event, Notice, Referral

Door = Callable[[datetime], None]
BIRTH = {"month": "1", "day": "1", "year": "1970"}
HOME = "/your-page/"


def text(response: HttpResponse) -> str:
    main = re.search(r"<main.*?</main>", response.content.decode(), re.S)
    assert main
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0])))


def enter(code: str, client: Client | None = None, **birth: str) -> HttpResponse:
    return (client or Client()).post("/your-page/open/", {"code": code, **BIRTH, **birth})


def given(place: County, who: AuthorizedRepresentative | None = None, at: datetime = NOW) -> Code:
    with plan_scope(TODAY):
        return own_page.give(place.one, who.pk if who else None, "phone", person=place.person("intake@plan"), now=at)


def opened(place: County, who: AuthorizedRepresentative | None = None) -> Client:
    client = Client()
    assert enter(given(place, who).code, client).status_code == 303
    return client


def rosa(place: County, **other: object) -> AuthorizedRepresentative:
    said = {"member": place.one, "name": "Rosa One", "authority": "in-writing", "evidence": "Form 12", "from_on": TODAY}
    with plan_scope(TODAY):
        return AuthorizedRepresentative.objects.create(**{**said, **other})


@pytest.fixture
def mine(place: County) -> Client:
    """Member One's browser, with the page open."""
    return opened(place)


def test_code_and_date_of_birth_open_the_page_and_it_greets_the_member(mine: Client) -> None:
    said = text(mine.get(HOME))
    assert "Hello, Member." in said
    assert "You have not asked for a second opinion yet." in said


def test_the_page_shows_every_referral_of_the_member_and_of_nobody_else(place: County, mine: Client) -> None:
    ours = [authorized(place).number, received(place, condition="pain in the knee").number]
    theirs = received(place, member=place.maria).number
    page = mine.get(HOME).content.decode()
    assert all(number in page for number in ours)
    assert theirs not in page
    refused = mine.get(f"/your-page/requests/{theirs}/")
    assert (refused.status_code, "There is no such request" in text(refused)) == (404, True)


def test_a_visit_sees_all_of_the_members_rows_and_no_other_members(place: County) -> None:
    first, second = authorized(place), received(place)
    received(place, member=place.maria)
    with transaction.atomic():
        secret = own_page.open_page(given(place).code, place.one.birth_date, NOW)
    with transaction.atomic():
        own_page.visit_of(secret, NOW)
        assert [*Member.objects.values_list("pk", flat=True)] == [place.one.pk]
        assert {*Referral.objects.values_list("pk", flat=True)} == {first.pk, second.pk}
        assert {*Event.objects.values_list("referral_id", flat=True)} == {first.pk, second.pk}
        assert {*OwnPage.objects.values_list("member_id", flat=True)} == {place.one.pk}
        letters = {*Notice.objects.filter(recipient_role="member").values_list("letter_id", flat=True)}
        assert {*Letter.objects.values_list("pk", flat=True)} == letters != set()
        assert not AccessEntry.objects.exists()


def test_a_key_without_a_scope_opens_one_row(place: County) -> None:
    code = given(place).code
    with transaction.atomic():
        assert not OwnPage.objects.exists()
        set_key(own_page.digest_of(code))
        assert OwnPage.objects.count() == 1
        assert not Referral.objects.exists()


@pytest.mark.parametrize("birth", [{"day": "2"}, {"day": ""}, {"month": "13"}, {"year": "9" * 30}])
def test_a_wrong_date_of_birth_opens_nothing(place: County, birth: dict[str, str]) -> None:
    refused = enter(given(place).code, **birth)
    assert refused.status_code == 403
    assert "do not fit together" in text(refused)
    assert not refused.cookies.get("your_page")


def test_five_wrong_dates_of_birth_lock_it_and_another_code_opens(place: County) -> None:
    code = given(place).code
    for _ in range(5):
        refused = enter(code, day="2")
    assert "wrong too many times" in text(refused)
    assert "wrong too many times" in text(enter(code))
    assert enter(given(place).code).status_code == 303


def test_an_unknown_code_is_told_nothing_of_and_traced(place: County) -> None:
    wrong = enter(given(place).code, day="2")
    unknown = enter("0000-0000-0000-0000")
    assert unknown.status_code == wrong.status_code == 403
    assert "do not fit together" in text(unknown)
    with plan_scope(TODAY):
        tries = [*AccessEntry.objects.filter(what="try_own_page").order_by("pk").values_list("about", flat=True)]
    assert tries == [place.one.member_id, "no page"]


def test_it_closes_half_an_hour_after_the_last_look_and_for_good_after_a_working_day(
    mine: Client, front_door_at: Door
) -> None:
    for minutes in (20, 40, 60):
        front_door_at(NOW + timedelta(minutes=minutes))
        assert mine.get(HOME).status_code == 200
    front_door_at(NOW + timedelta(minutes=91))
    assert "Your page was open for a while" in text(mine.get(HOME))


def test_nobody_stays_in_longer_than_eight_hours(mine: Client, front_door_at: Door) -> None:
    for quarter in range(1, 33):
        front_door_at(NOW + timedelta(minutes=15 * quarter))
        assert mine.get(HOME).status_code == 200
    front_door_at(NOW + timedelta(hours=8, minutes=5))
    assert mine.get(HOME).status_code == 403


def test_a_code_opens_for_a_year_and_a_new_one_closes_the_one_before(place: County, front_door_at: Door) -> None:
    first = given(place)
    assert f"{first.expires_at:%A %F}" == "Tuesday 2027-11-23"
    second = given(place)
    assert "Maybe you have a newer code." in text(enter(first.code))
    front_door_at(second.expires_at + timedelta(seconds=1))
    assert "The time of your code is over." in text(enter(second.code))


def test_a_page_taken_back_closes_at_once(place: County, mine: Client) -> None:
    with plan_scope(TODAY):
        key = OwnPage.objects.get().pk
        own_page.take_back(place.one, key, "The paper was lost", person=place.person("intake@plan"), now=NOW)
        with pytest.raises(NotGiven, match="closed already"):
            own_page.take_back(place.one, key, "Once more", person=place.person("intake@plan"), now=NOW)
    assert "This page is closed." in text(mine.get(HOME))


def test_leaving_closes_the_page_wherever_its_cookie_went(place: County) -> None:
    client, copy = opened(place), Client()
    copy.cookies["your_page"] = client.cookies["your_page"].value
    assert client.post("/your-page/leave/").status_code == 303
    assert copy.get(HOME).status_code == 403


def test_without_a_visit_the_page_leads_to_where_the_code_is_typed(place: County) -> None:
    answer = Client().get(HOME)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/your-page/enter/")
    assert Client().get(f"{HOME}?language=ko").headers["Location"] == "/your-page/enter/?language=ko"
    assert Client().get(f"{HOME}?language=//elsewhere").headers["Location"] == "/your-page/enter/"


def test_a_representative_opens_a_page_of_their_own_on_days_of_the_authority(
    place: County, front_door_at: Door
) -> None:
    who = rosa(place, to_on=TODAY)
    client = opened(place, who)
    assert "You act for Member." in text(client.get(HOME))
    front_door_at(NOW + timedelta(days=1))
    assert client.get(HOME).status_code == 403
    code = given(place, rosa(place, name="Leo One")).code
    with plan_scope(TODAY):
        AuthorizedRepresentative.objects.filter(name="Leo One").update(to_on=TODAY)
    assert "as one who may act for this Member" in text(enter(code))


def test_nobody_gets_a_page_who_may_not_act_today(place: County) -> None:
    late = rosa(place, from_on=TODAY - timedelta(days=9), to_on=TODAY - timedelta(days=1))
    with pytest.raises(NotGiven, match="may not act for the Member today"):
        given(place, late)


def test_each_look_leaves_a_trace_of_who_looked(place: County, mine: Client) -> None:
    number = authorized(place).number
    mine.get(f"/your-page/requests/{number}/")
    opened(place, rosa(place)).get(HOME)
    with plan_scope(TODAY):
        looks = AccessEntry.objects.filter(what__startswith="own_").order_by("pk")
        assert [(one.what, one.about, "representative" in one.person) for one in looks] == [
            ("own_referral", number, False), ("own_home", place.one.member_id, True),
        ]  # fmt: skip


@pytest.mark.parametrize("address", [HOME, "/your-page/enter/", "/your-page/ask/"])
def test_no_cache_keeps_it_and_no_search_engine_finds_it(mine: Client, address: str) -> None:
    headers = mine.get(address).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_drafts_are_seen_by_nobody_but_their_own_page(place: County, mine: Client) -> None:
    mine.post("/your-page/ask/condition/", {"condition": "a secret"})
    with plan_scope(TODAY):
        assert not Draft.objects.exists()
    with plan_scope(TODAY + timedelta(days=31)):
        assert Draft.objects.count() == 1
