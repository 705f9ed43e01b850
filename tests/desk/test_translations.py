"""The desk translates a letter's words with two people, reads letters out, and approves wordings."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from county import TODAY, County
from letters.tongues import complete
from referrals.brought import with_a_physician
from referrals.spanish import AGENCY, denied_in_spanish, denied_in_tagalog, spanish_for, to_the_reader
from secondopinion.letters.approving import Standing, standing_of, wordings
from secondopinion.letters.kinds import examples
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import text_of
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import ReadingAloud, Referral, Translation


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def sent(client: Client, address: str, said: dict[str, object], status: int = 303) -> str:
    answer = client.post(address, said)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


@pytest.fixture
def spanish(place: County) -> tuple[Letter, str]:
    """A letter that waits for its words, and the address of its words."""
    with plan_scope(TODAY):
        way = denied_in_spanish(place)
        letter = to_the_reader(way.referral)
        number = Referral.objects.get(pk=way.referral).number
    return letter, f"/referrals/{number}/letters/{letter.pk}/words/"


@pytest.fixture
def tagalog(place: County) -> tuple[Letter, str]:
    """A letter that is to be read out, and the address where that is written down."""
    with plan_scope(TODAY):
        way = denied_in_tagalog(place)
        letter = to_the_reader(way.referral)
        number = Referral.objects.get(pk=way.referral).number
    return letter, f"/referrals/{number}/letters/{letter.pk}/aloud/"


def typed(letter: Letter) -> dict[str, object]:
    with plan_scope(TODAY):
        rows = Translation.objects.filter(letter=letter, approved_at__isnull=True)
        return {"translator": AGENCY} | {f"text-{row.pk}": spanish_for(row) for row in rows}


def seen_on(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="seen" value="')[1:]]


def test_a_waiting_letter_stands_on_the_list_on_the_work_list_and_on_its_referral(signed_in_as, spanish):
    letter, address = spanish
    nurse = signed_in_as("nurse@plan")
    number = letter.data["referral"]["number"]
    for page in ("/translations/", f"/referrals/{number}/"):
        assert address in shown(nurse, page)
    assert "Clock" in shown(nurse, f"/referrals/{number}/")
    assert number in shown(nurse, "/?view=language")
    assert "It waits for the translation of" in shown(nurse, f"/referrals/{number}/letters/{letter.pk}/")


def test_one_person_enters_another_approves_and_the_letter_is_put_into_the_queue(signed_in_as, spanish):
    letter, address = spanish
    nurse, other = signed_in_as("nurse@plan"), signed_in_as("intake@plan")
    page = shown(nurse, address)
    assert "II.C.4" in page, "the clause that a reason rests on"
    assert "Nothing is entered yet" in page
    sent(nurse, address, typed(letter))
    mine = shown(nurse, address)
    assert "Somebody else has to read" in mine
    assert seen_on(mine) == []
    page = shown(other, address)
    sent(other, f"{address}approve/", {"seen": seen_on(page)})
    with plan_scope(TODAY):
        assert not Translation.objects.filter(letter=letter, approved_at__isnull=True).exists()
        assert ProcrastinateJob.objects.filter(args__letter_id=str(letter.pk)).count() == 1
    assert "Every text is approved" in shown(other, address)


def test_whoever_entered_cannot_approve_even_with_a_forged_form(signed_in_as, spanish):
    letter, address = spanish
    nurse, other = signed_in_as("nurse@plan"), signed_in_as("intake@plan")
    sent(nurse, address, typed(letter))
    seen = seen_on(shown(other, address))
    assert "Somebody else has to read it" in sent(nurse, f"{address}approve/", {"seen": seen}, 422)
    assert "was changed or approved since" in sent(other, f"{address}approve/", {"seen": ["a" * 64]}, 422)
    assert "was changed or approved since" in sent(other, f"{address}approve/", {}, 422)
    with plan_scope(TODAY):
        assert not Translation.objects.filter(letter=letter, approved_at__isnull=False).exists()


def test_what_cannot_be_entered_comes_back_as_it_was_typed(signed_in_as, spanish):
    letter, address = spanish
    said = typed(letter)
    name = next(key for key in said if key.startswith("text-"))
    page = sent(signed_in_as("nurse@plan"), address, said | {name: "Su médico pidió 99214."}, 422)
    assert "procedure code" in page
    assert "Su médico pidió 99214." in page
    page = sent(signed_in_as("nurse@plan"), address, said | {"translator": ""}, 422)
    assert "Who translated" in page


def test_another_network_finds_no_page_of_the_words(signed_in_as, spanish):
    _, address = spanish
    theirs = signed_in_as("nurse@citrus")
    shown(theirs, address, 404)
    sent(theirs, address, {"translator": AGENCY}, 404)
    sent(theirs, f"{address}approve/", {"seen": ["a" * 64]}, 404)
    assert "No letter waits for words" in shown(theirs, "/translations/")


def test_a_letter_that_needs_no_words_has_no_such_page(signed_in_as, tagalog):
    _, address = tagalog
    shown(signed_in_as("nurse@plan"), address.replace("/aloud/", "/words/"), 404)


def test_a_letter_is_read_out_and_written_down(signed_in_as, tagalog):
    letter, address = tagalog
    nurse = signed_in_as("nurse@plan")
    assert address in shown(nurse, "/translations/")
    assert "in Tagalog" in shown(nurse, address)
    assert "Say who interpreted" in sent(nurse, address, {"outcome": "read", "interpreter": ""}, 422)
    sent(nurse, address, {"outcome": "read", "interpreter": "Interpreter 4711"})
    assert "Interpreter 4711" in shown(nurse, address)
    assert "read out in Tagalog" in shown(nurse, f"/referrals/{letter.data['referral']['number']}/")
    with plan_scope(TODAY):
        assert ReadingAloud.objects.get(letter=letter).done_at is not None
    assert "No letter waits to be read out" in shown(nurse, "/translations/")


# The wording of letters


def key_of(kind: str, language: str) -> str:
    with plan_scope(TODAY):
        return next(each.key for each in wordings() if (each.kind, each.language) == (kind, language))


def standing(kind: str, language: str) -> Standing:
    with plan_scope(TODAY):
        return standing_of(kind, language)


def test_a_wording_is_proposed_by_one_and_approved_by_another(signed_in_as):
    one, other = signed_in_as("appeals@plan"), signed_in_as("physician@plan")
    key = key_of("denial_to_member", "es")
    sent(one, "/translations/wordings/", {"wording": [key], "propose": "1"})
    assert standing("denial_to_member", "es") is Standing.PROPOSED
    assert "You proposed" in sent(one, "/translations/wordings/", {"wording": [key], "approve": "1"}, 422)
    sent(other, "/translations/wordings/", {"wording": [key], "approve": "1"})
    assert standing("denial_to_member", "es") is Standing.APPROVED
    assert "Approved by" in shown(signed_in_as("nurse@citrus"), "/translations/wordings/")
    sent(other, "/translations/wordings/", {"take_back": key, f"why-{key}": "A number of days is wrong."})
    assert standing("denial_to_member", "es") is Standing.DRAFT


@pytest.mark.parametrize("who", ["nurse@plan", "intake@plan", "contracting@plan", "physician@citrus"])
def test_only_appeals_and_physicians_of_the_plan_word_letters(signed_in_as, who):
    key = key_of("denial_to_member", "es")
    sent(signed_in_as(who), "/translations/wordings/", {"wording": [key], "propose": "1"}, 403)
    assert standing("denial_to_member", "es") is Standing.DRAFT


def test_a_page_that_was_open_too_long_approves_nothing(signed_in_as):
    key = key_of("denial_to_member", "es")
    stale = f"{key[:-4]}0000"
    page = sent(signed_in_as("appeals@plan"), "/translations/wordings/", {"wording": [stale], "propose": "1"}, 422)
    assert "has other words now" in page
    assert "Tick at least one" in sent(signed_in_as("appeals@plan"), "/translations/wordings/", {"propose": "1"}, 422)


def test_where_real_members_are_the_page_says_how_many_letters_wait_for_a_draft(signed_in_as, spanish):
    appeals = signed_in_as("appeals@plan")
    assert "drafts leave too" in shown(appeals, "/translations/wordings/")
    with override_settings(LETTERS_APPROVED_ONLY=True):
        page = shown(appeals, "/translations/wordings/")
    assert "A draft does not leave the house" in page
    assert "1 letter waits for it" in page


def test_whoever_approves_can_read_every_example_of_a_letter_in_its_language_first(signed_in_as):
    appeals = signed_in_as("appeals@plan")
    address = "/translations/wordings/denial_to_member/es/letters.pdf"
    assert address in shown(appeals, "/translations/wordings/")
    answer = appeals.get(address)
    assert answer["Content-Type"] == "application/pdf"
    said = " ".join(text_of(answer.content).split())
    assert said.count("Negamos la solicitud") >= len(examples("denial_to_member"))
    for nothing in ("denial_to_member/tl", "nothing/es"):
        shown(appeals, f"/translations/wordings/{nothing}/letters.pdf", 404)


def test_a_physician_is_told_before_signing_that_the_letter_is_translated(signed_in_as, place):
    with plan_scope(TODAY):
        place.one.language = "es"
        place.one.save(update_fields=["language"])
        number = Referral.objects.get(pk=with_a_physician(place).referral).number
    physician = signed_in_as("physician@plan")
    assert "exactly as the Member will read it" in shown(physician, f"/referrals/{number}/decide/?way=deny")
    with complete("es"):
        page = shown(physician, f"/referrals/{number}/decide/?way=deny")
    assert "The letter, before it is translated into Spanish" in page
    assert "exactly as the Member will read it" not in page
