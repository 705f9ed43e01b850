"""The Member's page: what opens it, what it shows and hides, the choice, none of these, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from county import NOW, TODAY, County
from desk.life import again, received, step
from letters.reading import grade
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import AccessEntry, AuthorizedRepresentative
from secondopinion.people.rls import plan_scope
from secondopinion.portal.words import ALL
from secondopinion.referrals import pages
from secondopinion.referrals.choosing import UNSUITED
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.pages import Given
from secondopinion.referrals.told import Schedule, See
from secondopinion.referrals.told_choosing import TakeBackPage

Door = Callable[[datetime], None]
LIST = "/your-choice/doctors/"
BIRTH = {"month": "1", "day": "1", "year": "1970"}


def enter(code: str, client: Client | None = None, **birth: str) -> HttpResponse:
    return (client or Client()).post("/your-choice/open/", {"code": code, **BIRTH, **birth})


def text(response: HttpResponse) -> str:
    main = re.search(r"<main.*?</main>", response.content.decode(), re.S)
    assert main
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0])))


def shown_on(response: HttpResponse) -> str:
    found = re.search(r'name="shown" value="([^"]*)"', response.content.decode())
    assert found
    return unescape(found[1])


@pytest.fixture
def mine(given: Given) -> Client:
    """The Member's browser, with the page open."""
    client = Client()
    assert enter(given.code, client).status_code == 303
    return client


def traces(referral: Referral) -> list[str]:
    with plan_scope(TODAY):
        entries = AccessEntry.objects.filter(person=pages.THE_MEMBER.name, about=referral.number)
        return [*entries.order_by("pk").values_list("what", flat=True)]


def test_the_code_and_the_date_of_birth_open_the_list(mine: Client) -> None:
    said = text(mine.get(LIST))
    for words in ("Hello, Member.", "Sam Specialist, MD", "Noor Haddad, MD", "It costs you nothing", "We looked at"):
        assert words in said


def test_the_page_says_nothing_of_condition_number_or_last_name(mine: Client, referral: Referral) -> None:
    for address in (LIST, "/your-choice/done/"):
        page = mine.get(address).content.decode()
        for hidden in ("lower back", "back surgery", referral.number, "M0000001", "12 Grove Street", "1970", "One"):
            assert not re.search(rf"\b{hidden}\b", page), f"{hidden} on {address}"


@pytest.mark.parametrize("address", ["/your-choice/", LIST, "/your-choice/done/"])
def test_no_cache_keeps_it_no_search_engine_finds_it_and_no_other_place_is_told(mine: Client, address: str) -> None:
    headers = mine.get(address).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_the_cookie_is_for_this_page_alone_and_no_script_reads_it(given: Given) -> None:
    cookie = enter(given.code).cookies["your_choice"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["max-age"]) == (
        "/your-choice/", "Strict", True, "",
    )  # fmt: skip
    assert given.code not in cookie.value


def test_a_page_is_small_and_runs_no_script(mine: Client) -> None:
    page = mine.get(LIST)
    assert len(page.content) < 20_000
    assert b"<script" not in page.content
    assert b"style=" not in page.content


@pytest.mark.parametrize(
    "birth", [{"day": "2"}, {"day": ""}, {"month": "13"}, {"year": "70"}, {"year": "9" * 30}, {"day": "one"}]
)
def test_a_wrong_or_no_date_of_birth_opens_nothing_and_the_code_stays_typed(
    given: Given, birth: dict[str, str]
) -> None:
    refused = enter(given.code, **birth)
    assert refused.status_code == 403
    assert "do not fit together" in text(refused)
    assert given.code in refused.content.decode()
    assert not refused.cookies.get("your_choice")


def test_five_wrong_dates_of_birth_lock_it_for_every_browser(given: Given, referral: Referral) -> None:
    for _ in range(4):
        assert "do not fit together" in text(enter(given.code, Client(), day="2"))
    assert "The date of birth was wrong too many times. Please call us." in text(enter(given.code, Client(), day="2"))
    assert "wrong too many times" in text(enter(given.code, Client()))
    assert traces(referral) == ["try_member_page"] * 6


def test_an_unknown_code_is_traced_and_told_nothing_of(given: Given) -> None:
    refused = enter("0000-0000-0000-0000")
    assert text(refused).replace("0000-0000-0000-0000", "") == text(enter(given.code, day="2")).replace(given.code, "")
    with plan_scope(TODAY):
        assert AccessEntry.objects.filter(what="try_member_page", about="no page").count() == 1


def test_a_page_whose_time_is_over_or_that_was_taken_back_says_whom_to_call(
    place: County, given: Given, mine: Client, referral: Referral, front_door_at: Door
) -> None:
    front_door_at(given.expires_at + timedelta(seconds=1))
    assert "Its time is over. Please call us." in text(enter(given.code))
    front_door_at(NOW)
    step(place, referral, "intake@plan", TakeBackPage("The paper was lost"))
    for refused in (enter(given.code), mine.get(LIST)):
        assert refused.status_code == 403
        assert "This page is closed. Please call us." in text(refused)


def test_an_open_page_closes_itself_and_without_a_visit_nothing_is_shown(mine: Client, front_door_at: Door) -> None:
    front_door_at(NOW + timedelta(minutes=31))
    for client, address in ((mine, LIST), (Client(), LIST), (Client(), "/your-choice/done/")):
        refused = client.get(address)
        assert refused.status_code == 403
        assert "Please type your code again." in text(refused)
        assert "Sam Specialist" not in text(refused)


def test_each_look_leaves_a_trace(mine: Client, referral: Referral) -> None:
    mine.get(LIST)
    mine.get("/your-choice/done/")
    assert traces(referral) == ["try_member_page", "doctors", "done"]


def test_the_member_looks_twice_and_chooses(mine: Client, place: County, referral: Referral) -> None:
    shown = shown_on(mine.get(LIST))
    asked = mine.post("/your-choice/check/", {"professional": place.sam.pk, "shown": shown})
    assert "Is this your choice?" in text(asked)
    with plan_scope(TODAY):
        assert not Event.objects.filter(referral=referral, step="choose").exists()
    sent = mine.post("/your-choice/choose/", {"professional": place.sam.pk, "shown": shown_on(asked)})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/your-choice/done/")
    said = text(mine.get("/your-choice/done/"))
    assert "You chose Sam Specialist, MD." in said
    assert "ask for a visit on or before Wednesday, December 16, 2026" in said
    assert "until Monday, December 7, 2026" in said
    with plan_scope(TODAY):
        event = Event.objects.get(referral=referral, step="choose")
    assert (event.role, event.details["how"], event.details["by"]) == ("member", "page", "member")
    assert [row["npi"] for row in event.details["list"]["stood"]] == [place.sam.npi, place.neuro.npi]
    assert len(event.details["letters"]) == 2


def test_the_choice_can_be_changed_until_the_visit_and_ends_the_appointment(
    mine: Client, place: County, referral: Referral
) -> None:
    for who in (place.sam, place.neuro):
        page = mine.get(LIST)
        mine.post("/your-choice/choose/", {"professional": who.pk, "shown": shown_on(page)})
    assert "You chose Noor Haddad, MD. You can still choose someone else" in text(mine.get(LIST))
    step(place, again(referral), "intake@plan", Schedule(NOW + timedelta(days=8)))  # Tuesday 2026-12-01
    assert "Your visit is set for Tuesday, December 1, 2026 at 10:00 AM." in text(mine.get("/your-choice/done/"))
    told = {"professional": place.sam.pk, "shown": shown_on(mine.get(LIST))}
    assert "If you choose this doctor, that visit is off." in text(mine.post("/your-choice/check/", told))
    assert mine.post("/your-choice/choose/", told).status_code == 303
    now = again(referral)
    assert (now.professional_id, now.appointment_at, now.state) == (place.sam.pk, None, "authorized")


def test_after_the_visit_the_page_takes_no_choice_any_more(mine: Client, place: County, referral: Referral) -> None:
    mine.post("/your-choice/choose/", {"professional": place.sam.pk, "shown": shown_on(mine.get(LIST))})
    step(place, again(referral), "intake@plan", See(TODAY))
    page = mine.get(LIST)
    assert "Your choice cannot be changed on this page any more. Please call us" in text(page)
    assert "None of these works for me" not in text(page)
    refused = mine.post("/your-choice/choose/", {"professional": place.neuro.pk, "shown": shown_on(page)})
    assert refused.status_code == 422
    assert again(referral).professional_id == place.sam.pk


def test_a_tied_doctor_is_chosen_only_with_the_box_marked(mine: Client, place: County, referral: Referral) -> None:
    with plan_scope(TODAY):
        both = (place.first.pk, place.sam.pk)
        QualifiedProfessional.objects.filter(pk__in=both).update(group_name="Hill Spine Group")
    page = mine.get(LIST)
    assert "Works in the same group as the doctor whose opinion you question. You may still choose" in text(page)
    told = {"professional": place.sam.pk, "shown": shown_on(page)}
    refused = mine.post("/your-choice/choose/", told)
    assert refused.status_code == 422
    assert "Please mark the box if you still want this doctor." in text(refused)
    assert mine.post("/your-choice/choose/", {**told, "knowing": "yes"}).status_code == 303
    with plan_scope(TODAY):
        assert Event.objects.get(referral=referral, step="choose").details["knowing"]


@pytest.mark.parametrize("who", ["first", "excluded", "former", "outside", "watson"])
def test_nobody_who_may_not_give_the_opinion_is_chosen_by_a_forged_button(
    mine: Client, place: County, referral: Referral, who: str
) -> None:
    shown = shown_on(mine.get(LIST))
    refused = mine.post(
        "/your-choice/choose/", {"professional": getattr(place, who).pk, "shown": shown, "knowing": "yes"}
    )
    assert refused.status_code == 422
    assert "The list may have changed." in text(refused)
    assert again(referral).professional_id is None


@pytest.mark.parametrize("told", [{}, {"professional": "x"}, {"professional": "6f1f7c1e-2f0c-4d4e-9a5e-0a3f5b7c9d11"}])
def test_a_button_that_names_nobody_leads_back_to_the_list(mine: Client, told: dict[str, str]) -> None:
    for address in ("/your-choice/check/", "/your-choice/choose/"):
        answer = mine.post(address, told)
        assert answer.status_code == 422
        assert "Sam Specialist, MD" in text(answer)


def test_none_of_these_is_kept_with_its_reasons_and_says_by_when_somebody_looks(
    mine: Client, referral: Referral
) -> None:
    shown = shown_on(mine.get(LIST))
    asked = mine.post("/your-choice/none/", {"shown": shown})
    assert "None of these works for me" in text(asked)
    lacking = mine.post("/your-choice/none/", {"shown": shown, "send": "yes", "words": "I have no car"})
    assert (lacking.status_code, "Please mark at least one reason." in text(lacking)) == (422, True)
    assert "I have no car" in lacking.content.decode()
    other = mine.post("/your-choice/none/", {"shown": shown, "send": "yes", "reasons": ["other"]})
    assert "Please tell us the other reason" in text(other)
    told = {"shown": shown, "send": "yes", "reasons": ["too-far", "made-up"], "words": "I have no car\x00"}
    assert mine.post("/your-choice/none/", told).status_code == 303
    said = text(mine.get("/your-choice/done/"))
    assert "looks for another doctor for you by Wednesday, November 25, 2026, even outside our network" in said
    assert "You can still choose from this list." in text(mine.get(LIST))
    with plan_scope(TODAY):
        event = Event.objects.get(referral=referral, step="none_suits")
    assert (event.role, event.details["reasons"], event.details["words"]) == ("member", ["too-far"], "I have no car")


def test_somebody_who_acts_for_the_member_chooses_by_a_name_that_is_on_file(
    mine: Client, place: County, referral: Referral
) -> None:
    told = {"professional": place.sam.pk, "shown": shown_on(mine.get(LIST)), "for_name": "rosa one"}
    refused = mine.post("/your-choice/choose/", told)
    assert (refused.status_code, "We do not have that name on file." in text(refused)) == (422, True)
    with plan_scope(TODAY):
        for member, name in ((place.one, "Rosa One"), (place.maria, "Leo Reyes")):
            AuthorizedRepresentative.objects.create(
                member=member, name=name, authority="in-writing", evidence="Form 12", from_on=TODAY
            )
    assert mine.post("/your-choice/choose/", {**told, "for_name": "Leo Reyes"}).status_code == 422
    assert mine.post("/your-choice/choose/", told).status_code == 303
    with plan_scope(TODAY):
        kept = Event.objects.get(referral=referral, step="choose").details
    assert (kept["by"], kept["by_name"]) == ("representative", "Rosa One")


def test_before_the_decision_the_page_says_by_when_it_comes(place: County) -> None:
    referral = received(place)
    with plan_scope(TODAY):
        code = pages.give(again(referral), place.person("intake@plan"), NOW).code
    client = Client()
    enter(code, client)
    shown = shown_on(client.get(LIST))
    client.post("/your-choice/choose/", {"professional": place.sam.pk, "shown": shown})
    said = text(client.get("/your-choice/done/"))
    assert "We will tell you our answer by Monday, November 30, 2026." in said
    assert "Call the office" not in said, "nothing is authorized yet"


def test_an_empty_list_still_offers_a_way_on(mine: Client, place: County) -> None:
    with plan_scope(TODAY):
        QualifiedProfessional.objects.update(accepts_new_members=False)
        flatten([place.sam.pk, place.neuro.pk])
    page = mine.get(LIST)
    assert "We have no doctor to show you right now." in text(page)
    assert "None of these works for me" in text(page)


def test_when_there_is_no_list_any_more_the_page_says_whom_to_call(mine: Client, referral: Referral) -> None:
    with plan_scope(TODAY):
        Referral.objects.filter(pk=referral.pk).update(opinion="", about="")
    refused = mine.get(LIST)
    assert (refused.status_code, "Please call us. We will help you choose." in text(refused)) == (403, True)


def test_leaving_closes_the_page_on_this_device(mine: Client) -> None:
    assert mine.post("/your-choice/leave/").status_code == 303
    assert mine.get(LIST).status_code == 403


def test_a_form_that_another_site_sends_is_refused(given: Given) -> None:
    assert enter(given.code, Client(enforce_csrf_checks=True)).status_code == 403


@pytest.mark.parametrize("address", ["/your-choice/choose/", "/your-choice/none/", "/your-choice/check/"])
def test_a_plain_link_changes_nothing(mine: Client, address: str) -> None:
    assert mine.get(address).status_code == 405


def test_all_words_are_plain_for_a_sixth_grader_and_every_reason_has_some() -> None:
    words = ALL["en"]
    assert {f"reason_{key}" for key in UNSUITED} <= set(words)
    sentences = [value for value in words.values() if isinstance(value, str) and value.endswith((".", "?"))]
    assert len(sentences) > 30
    filled = " ".join(re.sub(r"\{\w+\}", "Grove", sentence) for sentence in sentences)
    assert grade(filled) <= 6
