"""A physician decides with the whole story on one screen, and signs exactly the letter that was shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import NOW, TODAY, County
from desk.life import DENIAL, PDF, TYPED, YES, again, step, with_a_physician
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import text_of
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event, Paper, Referral
from secondopinion.referrals.papers import paper
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Answer, SendBack

Browser = Callable[[str], Client]
ONECARE = {
    "medicare_reason": "Medicare does not cover a visit for a surgery that nobody has advised.",
    "medi_cal_reason": "Medi-Cal does not cover a visit for a surgery that nobody has advised.",
}


def decide(client: Client, referral: Referral, act: str, **said: str) -> HttpResponse:
    address = reverse("decide", args=[referral.number])
    return client.post(address, {"seen": referral.position, "act": act, **TYPED, **said})


def text(response: HttpResponse) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def was_shown(response: HttpResponse) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', response.content.decode())
    assert found is not None
    return found.group(1)


def signed(client: Client, referral: Referral, **said: str) -> HttpResponse:
    """Show the letter, then sign it."""
    return decide(client, referral, "sign", shown=was_shown(decide(client, referral, "show", **said)), **said)


def letters_of(referral: Referral) -> list[Letter]:
    with plan_scope(TODAY):
        return list(Letter.objects.filter(notice__referral=referral).order_by("kind"))


def events(referral: Referral) -> list[str]:
    with plan_scope(TODAY):
        return list(Event.objects.filter(referral=referral).order_by("position").values_list("step", flat=True))


def test_the_whole_story_stands_on_one_screen(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place, request_words="I would like to ask somebody else about my back.")
    said = text(signed_in_as("physician@plan").get(reverse("decide", args=[referral.number])))
    for words in ("I would like to ask somebody else about my back.", "surgery on the lower back", "back surgery",
                  "Peter Holm, MD", "Nothing in the list fits; please look.", "II.C.1", "Show the letter"):  # fmt: skip
        assert words in said


def test_the_letter_is_shown_before_anything_is_written(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    shown = decide(signed_in_as("physician@plan"), referral, "show")
    assert shown.status_code == 200
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', shown.content.decode())
    assert len(pictures) >= 2
    assert base64.b64decode(pictures[0]).startswith(b"\x89PNG")
    assert "Nobody has told you to have surgery." in text(shown)
    assert events(referral) == ["receive", "take_up", "refer_up"]
    assert letters_of(referral) == []


def test_what_is_signed_is_what_was_shown(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    draft = decide(client, referral, "pdf")
    assert draft["Content-Type"] == "application/pdf"
    assert signed(client, referral).status_code == 303
    assert again(referral).state == State.DENIED
    letter, _copy = letters_of(referral)
    opened = client.get(reverse("letter-pdf", args=[referral.number, letter.pk]))
    assert opened.content == draft.content
    assert TYPED["reason_1"] in " ".join(text_of(opened.content).split())


def test_a_letter_that_was_not_shown_is_not_signed(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    unseen = decide(client, referral, "sign")
    assert unseen.status_code == 409
    assert "You have not seen the letter yet" in text(unseen)
    shown = was_shown(decide(client, referral, "show"))
    changed = decide(client, referral, "sign", shown=shown, reason_1=TYPED["reason_1"] + " One word more.")
    assert changed.status_code == 409
    assert "The letter is not the one you were shown" in text(changed)
    assert "One word more." in text(changed)
    assert was_shown(changed) != shown
    assert again(referral).state == State.PHYSICIAN_REVIEW


def test_a_letter_shown_yesterday_is_shown_again_today(
    place: County, signed_in_as: Browser, front_door_at: Callable[[datetime], None]
) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    shown = was_shown(decide(client, referral, "show"))
    front_door_at(NOW + timedelta(days=1))  # Tuesday 2026-11-24 10:00 in California
    assert decide(client, referral, "sign", shown=shown).status_code == 409
    assert again(referral).state == State.PHYSICIAN_REVIEW


def test_two_physicians_deciding_at_once_leave_one_decision(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    shown = was_shown(decide(client, referral, "show"))
    step(place, referral, "physician@plan", SendBack("Please ask the surgeon once more."))
    late = decide(client, referral, "sign", shown=shown)
    assert late.status_code == 409
    assert "The referral has moved on" in text(late)
    assert again(referral).state == State.NURSE_REVIEW
    assert letters_of(referral) == []


def test_two_browsers_signing_in_the_same_instant_leave_one_denial(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    browsers = [signed_in_as("physician@plan") for _ in range(2)]
    shown = was_shown(decide(browsers[0], referral, "show"))
    together, statuses = Barrier(2), []

    def press(client: Client) -> None:
        together.wait()
        statuses.append(decide(client, referral, "sign", shown=shown).status_code)
        connections.close_all()

    threads = [Thread(target=press, args=(client,)) for client in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409]
    assert events(referral) == ["receive", "take_up", "refer_up", "deny"]
    assert [x.kind for x in letters_of(referral)] == ["denial_to_member", "denial_to_pcp"]


def test_a_second_press_on_sign_denies_once(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    shown = was_shown(decide(client, referral, "show"))
    assert decide(client, referral, "sign", shown=shown).status_code == 303
    second = decide(client, referral, "sign", shown=shown)
    assert second.status_code == 409
    assert events(referral).count("deny") == 1
    assert [x.kind for x in letters_of(referral)] == ["denial_to_member", "denial_to_pcp"]


def test_a_physician_without_a_licence_sees_why_and_cannot_sign(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("lapsed@plan")
    said = text(client.get(reverse("decide", args=[referral.number])))
    assert "Only a physician with an active, unrestricted California licence" in said
    shown = decide(client, referral, "show")
    assert 'value="sign"' not in shown.content.decode()
    refused = decide(client, referral, "sign", shown=was_shown(shown))
    assert refused.status_code == 422
    assert again(referral).state == State.PHYSICIAN_REVIEW


def test_a_physician_of_the_network_that_does_not_decide_is_told_so(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place, member=place.joe, program="onecare", requester_name="Joe Smith")
    client = signed_in_as("physician@sierra")
    page = client.get(reverse("decide", args=[referral.number]))
    assert "Orchard County Health Plan decides this request" in text(page)
    assert 'id="deny"' not in page.content.decode()
    assert decide(client, referral, "sign", shown="0" * 64, **ONECARE).status_code in (409, 422)
    assert again(referral).state == State.PHYSICIAN_REVIEW


@pytest.mark.parametrize(("missing", "sentence"), [
    ({"reason_1": "", "clause_1": ""}, "“Clause of the policy” is missing."),
    ({"reason_1": "No."}, "is too short to be understood. Write at least one sentence."),
    ({"would_change": "   "}, "“What would lead to a yes” is missing."),
    ({"clause_1": "II.Z"}, "“Clause of the policy”: choose one from the list."),
    ({"clause_2": "II.C.4"}, "Give both the clause and the words."),
    ({"clinical_reason": "The scan was read, and 99244 is not covered for it."}, "procedure code"),
])  # fmt: skip
def test_a_denial_that_lacks_a_part_comes_back_with_what_was_typed(
    place: County, signed_in_as: Browser, missing: dict[str, str], sentence: str
) -> None:
    referral = with_a_physician(place)
    refused = decide(signed_in_as("physician@plan"), referral, "show", **missing)
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert TYPED["why_not_otherwise"] in text(refused)
    assert again(referral).state == State.PHYSICIAN_REVIEW


def test_onecare_gives_the_reason_under_both_programs(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place, member=place.joe, program="onecare", requester_name="Joe Smith")
    client = signed_in_as("physician@plan")
    lacking = decide(client, referral, "show")
    assert lacking.status_code == 422
    assert "Why Medicare’s rules do not cover it" in text(lacking)
    assert signed(client, referral, **ONECARE).status_code == 303
    letter, _copy = letters_of(referral)
    assert letter.data["rules"]["medicare"] == ONECARE["medicare_reason"]


def test_another_good_reason_authorizes_in_one_go(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    address = reverse("authorize-for-another-reason", args=[referral.number])
    empty = client.post(address, {"seen": referral.position, "other_reason": " "})
    assert empty.status_code == 422
    done = client.post(address, {"seen": referral.position, "other_reason": "A rare disease that few have seen."})
    assert done.status_code == 303
    assert events(referral)[-2:] == ["answer", "authorize"]
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "authorized the second opinion, because a licensed reviewer found another good reason" in said
    again_pressed = client.post(address, {"seen": referral.position, "other_reason": "Once more."})
    assert again_pressed.status_code == 409
    assert events(referral).count("authorize") == 1


def test_a_network_reviewer_without_the_decision_authorizes_nothing(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place, member=place.joe, program="onecare", requester_name="Joe Smith")
    address = reverse("authorize-for-another-reason", args=[referral.number])
    said = {"seen": referral.position, "other_reason": "A rare disease that few have seen."}
    refused = signed_in_as("physician@sierra").post(address, said)
    assert refused.status_code == 422
    assert events(referral) == ["receive", "take_up", "refer_up"]


def test_the_policy_that_finds_yes_leaves_nothing_to_deny(place: County, signed_in_as: Browser) -> None:
    referral = step(place, with_a_physician(place), "nurse@plan", Answer(YES))
    client = signed_in_as("physician@plan")
    page = client.get(reverse("decide", args=[referral.number]))
    assert "The policy finds a yes" in text(page)
    assert 'id="deny"' not in page.content.decode()
    refused = decide(client, referral, "show")
    assert refused.status_code == 422
    assert "It cannot be denied; authorize it." in text(refused)


def test_a_paper_not_marked_as_read_stops_the_signature(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    kept = a_record_of(place, referral)
    client = signed_in_as("physician@plan")
    assert "Not marked as read yet." in text(client.get(reverse("decide", args=[referral.number])))
    unread = signed(client, referral)
    assert unread.status_code == 422
    assert "Not every paper is marked as read." in text(unread)
    assert signed(client, referral, **{f"read-{kept.pk}": "on"}).status_code == 303


def a_record_of(place: County, referral: Referral) -> Paper:
    """A record that came with the request."""
    with plan_scope(TODAY):
        kept = paper(snapshot_of(referral), "record", "scan.pdf", PDF, place.person("nurse@plan"), NOW)
        kept.save(force_insert=True)
    return kept


def test_showing_the_letter_twice_shows_the_same_letter(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    assert was_shown(decide(client, referral, "show")) == was_shown(decide(client, referral, "show"))


def test_the_office_that_asked_gets_a_letter_of_its_own(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place, requester="physician", requester_name="Grace Lind, MD")
    client = signed_in_as("physician@plan")
    assert "Denial to the requester" in text(decide(client, referral, "show"))
    assert signed(client, referral).status_code == 303
    assert [x.kind for x in letters_of(referral)] == ["denial_to_member", "denial_to_requester"]


def test_the_decision_page_of_a_decided_referral_offers_nothing(place: County, signed_in_as: Browser) -> None:
    referral = step(place, with_a_physician(place), "physician@plan", DENIAL)
    page = signed_in_as("physician@plan").get(reverse("decide", args=[referral.number]))
    assert page.status_code == 200
    assert "not waiting for a physician" in text(page)
