"""The page where a choice is recorded: list, filters, map, pick, none of these, and the page of the Member's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import LONG_AGO, NOW, TODAY, County
from desk.life import again, authorized, received, scheduled
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import AuthorizedRepresentative, Member
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import ChoicePage, Event, Referral

Browser = Callable[[str], Client]
WHO = {"by": "member", "how": "phone"}


def page_of(client: Client, referral: Referral, **said: str) -> HttpResponse:
    return client.get(reverse("choose-professional", args=[referral.number]), said)


def text(response: HttpResponse) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def shown_on(response: HttpResponse) -> str:
    found = re.search(r'name="shown" id="choose-shown" value="([^"]*)"', response.content.decode())
    assert found
    return unescape(found[1])


def take(client: Client, referral: Referral, step: str, **said: object) -> HttpResponse:
    """Take a step with the list as the page shows it now."""
    shown = shown_on(page_of(client, referral))
    address = reverse("take-step", args=[referral.number, step])
    return client.post(address, {"seen": again(referral).position, "page": "choose", "shown": shown, **said})


def event_of(referral: Referral, step: str) -> Event:
    with plan_scope(TODAY):
        return Event.objects.get(referral=referral, step=step)


def test_each_line_says_why_how_far_which_languages_and_when_it_was_confirmed(
    place: County, signed_in_as: Browser
) -> None:
    said = text(page_of(signed_in_as("intake@plan"), authorized(place)))
    for words in (
        "1 Sam Specialist, MD",
        "2 Noor Haddad, MD",
        "Has the same specialty",
        "Has an equivalent specialty",
        "0.9 miles",
        "English",
        "Wheelchair access Not known",
        "Next opening Not known",
        "Last confirmed Thu, Oct 1, 2026",
        "professionals were looked at for this list",
    ):
        assert words in said


def test_the_map_bears_the_lists_numbers_and_has_words_and_no_address(place: County, signed_in_as: Browser) -> None:
    page = page_of(signed_in_as("intake@plan"), authorized(place)).content.decode()
    drawing = page[page.index('<svg class="map__drawing"') : page.index("</svg>", page.index("map__drawing"))]
    assert re.findall(r'<text dy="4.5">(\d+)</text>', drawing) == ["1", "2"]
    assert "1: less than a mile from home" in drawing
    assert "12 Grove Street" not in drawing
    assert "href" not in drawing, "nothing from outside"


def test_one_without_a_place_is_listed_without_a_pin(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        QualifiedProfessional.objects.filter(pk=place.neuro.pk).update(latitude=None, longitude=None)
        flatten([place.neuro.pk])
    page = page_of(signed_in_as("intake@plan"), authorized(place))
    assert re.findall(r'<text dy="4.5">(\d+)</text>', page.content.decode()) == ["1"]
    assert "Not known (not on the map)" in text(page)


def test_without_a_home_on_record_there_are_pins_and_no_distances(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        Member.objects.filter(pk=place.one.pk).update(latitude=None, longitude=None)
    said = text(page_of(signed_in_as("intake@plan"), authorized(place)))
    assert "The Member’s home has no place on record" in said
    assert "Distance Not known" in said


def test_a_filter_that_nobody_fits_says_so_and_leads_back(place: County, signed_in_as: Browser) -> None:
    client, referral = signed_in_as("intake@plan"), authorized(place)
    said = text(page_of(client, referral, language="fa"))
    assert "Nobody fits these filters." in said
    assert "2 others may give the opinion: show everybody" in said
    assert "Sam Specialist" in text(page_of(client, referral, within="5"))
    for nonsense in ({"within": "x", "show": "-1"}, {"show": "99999"}, {"language": "x" * 500}):
        assert page_of(client, referral, **nonsense).status_code == 200


def test_a_choice_by_phone_keeps_the_list_and_the_instant_of_the_words(place: County, signed_in_as: Browser) -> None:
    client, referral = signed_in_as("intake@plan"), authorized(place)
    done = take(client, referral, "choose", professional=place.sam.pk, **WHO, day="2026-11-23", time="09:30")
    assert done.status_code == 303
    kept = event_of(referral, "choose").details
    assert datetime.fromisoformat(kept["said_at"]) == NOW - timedelta(minutes=30)
    assert [row["npi"] for row in kept["list"]["stood"]] == [place.sam.npi, place.neuro.npi]
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "Who chose: The Member" in said
    assert "How it reached us: by phone" in said
    assert "When it was said: Monday, November 23, 2026 at 9:30 AM PT" in said
    assert "1. Sam Specialist, MD, 2. Noor Haddad, MD" in said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"day": "2026-11-23"}, "Give the day and the time, or leave both empty"),
        ({"time": "09:30"}, "Give the day and the time, or leave both empty"),
        ({"day": "2026-11-23", "time": "10:01"}, "lie in the future"),
        ({"day": "2026-11-22", "time": "09:00"}, "before the request was received"),
        ({"by": "representative", "by_name": "Nobody Known"}, "Nobody of that name may act"),
        ({"how": "page"}, "choose one from the list"),
        ({"shown": "altered"}, "came back otherwise than it was shown"),
        ({"shown": ""}, "does not say which list it showed"),
        ({"professional": "nonsense"}, "Choose a professional from the list."),
    ],
)
def test_a_choice_that_cannot_be_so_is_refused_with_everything_typed(
    place: County, signed_in_as: Browser, said: dict[str, str], words: str
) -> None:
    client, referral = signed_in_as("intake@plan"), authorized(place)
    refused = take(client, referral, "choose", **{"professional": str(place.neuro.pk), **WHO, **said})
    assert refused.status_code == 422
    assert words in text(refused)
    if "professional" not in said:
        assert re.search(rf'value="{place.neuro.pk}" checked', refused.content.decode())


def test_a_tie_is_said_beside_the_name_and_a_choice_needs_that_the_member_knows(
    place: County, signed_in_as: Browser
) -> None:
    with plan_scope(TODAY):
        both = (place.first.pk, place.sam.pk)
        QualifiedProfessional.objects.filter(pk__in=both).update(group_name="Hill Spine Group")
    client, referral = signed_in_as("intake@plan"), authorized(place)
    assert "Works in the same group as the clinician questioned. The Member may still choose" in text(
        page_of(client, referral)
    )
    refused = take(client, referral, "choose", professional=place.sam.pk, **WHO)
    assert "not wholly independent" in text(refused)
    assert take(client, referral, "choose", professional=place.sam.pk, **WHO, knowing="on").status_code == 303
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "The Member knows, and chooses all the same: Works in the same group" in said


def test_a_representative_on_record_is_offered_by_name(place: County, signed_in_as: Browser) -> None:
    client, referral = signed_in_as("intake@plan"), authorized(place)
    assert "Name of the representative" not in text(page_of(client, referral))
    with plan_scope(TODAY):
        AuthorizedRepresentative.objects.create(
            member=place.one, name="Rosa One", authority="in-writing", evidence="Form 12", from_on=LONG_AGO
        )
    assert "May act today: Rosa One" in text(page_of(client, referral))
    who = {"by": "representative", "by_name": "Rosa One", "how": "writing"}
    assert take(client, referral, "choose", professional=place.sam.pk, **who).status_code == 303
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "Who chose: The Member’s Authorized Representative: Rosa One" in said


def test_the_plan_picks_from_the_same_list_once_the_member_declined(place: County, signed_in_as: Browser) -> None:
    client, referral = signed_in_as("nurse@plan"), authorized(place)
    lacking = take(client, referral, "pick", professional=place.sam.pk)
    assert lacking.status_code == 422
    assert "“How did the Member decline?” is not answered." in text(lacking)
    how = {"declined_how": "recorded-call", "evidence": "call 4711"}
    assert take(client, referral, "pick", professional=place.sam.pk, **how).status_code == 303
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "picked Sam Specialist, MD, because the Member declined to choose" in said
    assert "Where that is kept: call 4711" in said


def test_once_a_visit_is_scheduled_a_choice_is_a_change_and_ends_the_appointment(
    place: County, signed_in_as: Browser
) -> None:
    client, referral = signed_in_as("intake@plan"), scheduled(place)
    page = page_of(client, referral)
    assert "A visit is scheduled for Tue, Dec 1, 2026, 10:00 AM PT. Another choice ends it" in text(page)
    shown = re.search(r'id="choose_again-shown" value="([^"]*)"', page.content.decode())
    assert shown
    told = {"seen": referral.position, "page": "choose", "shown": unescape(shown[1]), **WHO}
    address = reverse("take-step", args=[referral.number, "choose_again"])
    assert client.post(address, told).status_code == 422
    assert client.post(address, {**told, "professional": place.neuro.pk}).status_code == 303
    now = again(referral)
    assert (now.state, now.appointment_at, now.professional_id) == ("authorized", None, place.neuro.pk)
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "recorded the choice of Noor Haddad, MD instead of Sam Specialist, MD; the appointment falls" in said


def test_none_of_these_is_no_dead_end(place: County, signed_in_as: Browser) -> None:
    client, referral = signed_in_as("intake@plan"), authorized(place)
    lacking = take(client, referral, "none_suits", words="I have no car", **WHO)
    assert "Mark at least one reason why nobody suits." in text(lacking)
    assert "I have no car" in text(lacking)
    done = take(client, referral, "none_suits", reasons=["too-far", "access"], words="I have no car", **WHO)
    assert done.status_code == 303
    for address in ("referral", "choose-professional", "search-network"):
        said = text(client.get(reverse(address, args=[referral.number])))
        assert "nobody on the list suits: too far away, the office cannot be reached or used." in said
        assert "In the Member’s words: “I have no car” A person searches again, by Wed, Nov 25, 2026" in said
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "Reasons: too far away; the office cannot be reached or used" in said
    assert "In the Member’s words: I have no car" in said
    assert "Find somebody who suits the Member" in said, "the clock that binds, on the work list too"


def test_the_members_page_is_given_once_taken_back_and_told_on_the_page(place: County, signed_in_as: Browser) -> None:
    client, referral = signed_in_as("intake@plan"), authorized(place)
    address = reverse("give-page", args=[referral.number])
    stale = client.post(address, {"seen": referral.position - 1})
    assert stale.status_code == 409
    given = client.post(address, {"seen": referral.position})
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", text(given))
    assert found
    assert given.headers["Cache-Control"] == "no-store"
    assert "1970" not in given.content.decode(), "the second proof never stands beside the first"
    said = text(page_of(client, referral))
    assert "A page is open, given on Mon, Nov 23, 2026, 10:00 AM PT" in said
    open_until = "The Member’s page Open until Mon, Dec 7, 2026, 11:59 PM PT"
    assert open_until in text(client.get(reverse("referral", args=[referral.number])))
    assert found[0] not in said
    assert take(client, referral, "take_back_page", why="").status_code == 422
    assert take(client, referral, "take_back_page", why="The paper was lost").status_code == 303
    assert "A page is open" not in text(page_of(client, referral))
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "took the Member’s page back" in said
    assert found[0] not in said


def test_a_locked_page_is_told_with_what_to_do(place: County, signed_in_as: Browser) -> None:
    client, referral = signed_in_as("intake@plan"), authorized(place)
    client.post(reverse("give-page", args=[referral.number]), {"seen": referral.position})
    with plan_scope(TODAY):
        ChoicePage.objects.update(locked_at=NOW)
    assert "closed itself: the date of birth was wrong too often" in text(page_of(client, referral))


def test_nobody_gives_a_page_before_it_is_said_what_is_asked(place: County, signed_in_as: Browser) -> None:
    client, referral = signed_in_as("intake@plan"), received(place, opinion="", about="")
    assert "Give the Member a page" not in text(page_of(client, referral))
    refused = client.post(reverse("give-page", args=[referral.number]), {"seen": referral.position})
    assert refused.status_code == 422
    assert "no list to show" in text(refused)


PCP_CARE = {"about": "pcp-care", "answers": {"member_questions_surgery": True}, "requester_name": "Maria Reyes"}


def test_about_care_from_the_pcp_the_list_widens_to_the_whole_plan_and_to_a_specialty_asked_for(
    place: County, signed_in_as: Browser
) -> None:
    referral = received(place, member=place.maria, clinician=place.pcp, **PCP_CARE)
    client = signed_in_as("nurse@citrus")
    said = text(page_of(client, referral))
    assert "Nora Pike, NP" in said
    assert "Sam Specialist" not in said
    asked = page_of(client, referral, specialty=place.sam.taxonomy, widen="yes")
    assert "Sam Specialist, MD" in text(asked)
    assert "Grace Lind" not in text(asked), "the PCP questioned is never on it"
    shown = {"widen": "yes", "specialty": place.sam.taxonomy, "shown": shown_on(asked)}
    address = reverse("take-step", args=[referral.number, "choose"])
    told = {"seen": referral.position, "page": "choose", "professional": place.sam.pk, **WHO, **shown}
    assert client.post(address, told).status_code == 303
    kept = event_of(referral, "choose").details["list"]
    assert (kept["widened"], kept["filters"]) == (True, {"widen": "yes", "specialty": place.sam.taxonomy})


def test_an_empty_list_leads_to_the_search(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        QualifiedProfessional.objects.update(accepts_new_members=False)
        flatten([place.sam.pk, place.neuro.pk])
    page = page_of(signed_in_as("nurse@plan"), authorized(place))
    assert "Nobody in the plan’s networks may give this opinion now." in text(page)
    assert "Why others are not on it" in text(page)
    assert "map__drawing" not in page.content.decode()
