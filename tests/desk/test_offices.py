"""The desk's side of the pages without an account: what waits for a person, codes and links shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from county import NOW, TODAY, County
from desk.life import authorized, step
from portal.office import NPI, typed
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import offices, visit_links
from secondopinion.referrals.models import OfficeRequest, Referral
from secondopinion.referrals.told import Choose

Browser = Callable[[str], Client]
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


def words(response: Any) -> str:
    page = re.sub(r"<[^>]+>", " ", response.content.decode())
    return unescape(re.sub(r"\s+", " ", page))


def waiting(place: County, **other: Any) -> str:
    """The number of a request that no Member agrees with for certain."""
    Client().post("/office/ask/", typed(place, **{"last_name": "Onne", **other}))
    with plan_scope(TODAY):
        row = OfficeRequest.objects.get()
    assert offices.take_in(row.pk, NOW) == "held"
    return row.number


def test_what_waits_stands_on_the_plans_work_list_with_its_clock_and_its_reason(
    place: County, signed_in_as: Browser
) -> None:
    number = waiting(place)
    page = words(signed_in_as("intake@plan").get("/"))
    assert "From offices, to be looked at (1)" in page
    assert number in page
    assert "whose name is written otherwise" in page
    for other in ("nurse@citrus", "contracting@plan"):
        assert number not in words(signed_in_as(other).get("/"))
    assert signed_in_as("nurse@citrus").get(f"/from-offices/{number}/", follow=True).redirect_chain == [("/", 302)]


def test_a_person_finds_the_member_and_takes_it_in_with_its_number(place: County, signed_in_as: Browser) -> None:
    number = waiting(place, program="")
    clerk = signed_in_as("intake@plan")
    address = f"/from-offices/{number}/"
    assert "Member Onne, born Thu, Jan 1, 1970" in words(clerk.get(address))
    assert clerk.post(address, {"do": "find", "birth_date": "", "card": ""}).status_code == 422
    found = clerk.post(address, {"do": "find", "birth_date": "1970-01-01", "card": "M0000001"})
    assert "Is this the Member?" in words(found)
    assert clerk.post(address, {"do": "take", "member": "M0000001"}).status_code == 422
    assert clerk.post(address, {"do": "take", "member": "M9999999", "program": "medi-cal"}).status_code == 422
    taken = clerk.post(address, {"do": "take", "member": "M0000001", "program": "medi-cal"})
    assert taken.headers["Location"] == f"/referrals/{number}/"
    page = words(clerk.get(f"/referrals/{number}/"))
    assert "Mon, Nov 23, 2026, 10:00 AM PT, on the page for offices" in page
    assert "taken in or ended already" in words(clerk.get(address, follow=True))


def test_what_cannot_be_taken_in_asks_the_office_to_call_and_says_no_reason(
    place: County, signed_in_as: Browser
) -> None:
    number = waiting(place)
    clerk, office = signed_in_as("intake@plan"), Client()
    address = f"/from-offices/{number}/"
    assert clerk.post(address, {"do": "end", "why": " "}).status_code == 422
    clerk.post(address, {"do": "end", "why": "No such Member; called the office."})
    office.post("/office/status/", {"number": number, "birth_date": "1970-01-01", "proof": NPI})
    page = words(office.get("/office/answer/"))
    assert "Please call us" in page
    assert "No such Member" not in page


def test_the_code_of_the_page_is_confirmed_by_calling_the_directorys_number(
    place: County, signed_in_as: Browser
) -> None:
    number = waiting(place)
    clerk, address = signed_in_as("intake@plan"), f"/referrals/{number}/"
    clerk.post(f"/from-offices/{number}/", {"do": "take", "member": "M0000001", "program": "medi-cal"})
    page = words(clerk.get(address))
    assert f"at the directory’s number for this NPI, {place.watson.phone}" in page
    assert signed_in_as("contracting@plan").post(f"{address}confirm-office/").status_code == 403
    assert "opens the whole answer" in words(clerk.post(f"{address}confirm-office/", follow=True))
    assert "Confirmed by Intake of Plan." in words(clerk.get(address))
    assert "No code of the office waits" in words(clerk.post(f"{address}confirm-office/", follow=True))


@pytest.fixture
def referral(place: County) -> Referral:
    """Asked for by an office by fax, authorized, with Sam chosen."""
    found = authorized(place, requester="physician", requester_name="Grace Lind, MD", requester_npi=place.pcp.npi)
    return step(place, found, "intake@plan", Choose(place.sam.pk, "member", "phone"))


def test_the_desk_gives_an_office_a_code_that_is_shown_once_and_opens_the_answer(
    place: County, signed_in_as: Browser, referral: Referral
) -> None:
    clerk, address = signed_in_as("intake@plan"), f"/referrals/{referral.number}/"
    told = words(clerk.post(f"{address}office-code/"))
    (code,) = CODE.findall(told)
    assert "1970" not in told, "the second proof never stands beside the code"
    page = words(clerk.get(address))
    assert "A code opens the whole answer" in page
    assert code not in page
    office = Client()
    said = {"number": referral.number, "birth_date": "1970-01-01", "proof": code}
    assert office.post("/office/status/", said).status_code == 303
    assert clerk.post(f"{address}take-back/", {"what": "code"}).status_code == 303
    assert office.get("/office/answer/").status_code == 403


def test_the_desk_gives_the_professional_a_link_and_takes_it_back(
    place: County, signed_in_as: Browser, referral: Referral
) -> None:
    analyst, address = signed_in_as("contracting@plan"), f"/referrals/{referral.number}/"
    told = analyst.post(f"{address}visit-link/")
    code = CODE.findall(words(told))[0]
    assert "A link for Sam Specialist, MD" in words(told)
    assert place.sam.npi not in words(told)
    assert "A link is open for Sam Specialist, MD" in words(analyst.get(address))
    sam, proof = Client(), place.sam.npi + place.sam.phone[-4:]
    assert sam.get(f"/visit/{code}").status_code == 200
    assert sam.post("/visit/open/", {"code": code, "proof": proof}).status_code == 303
    analyst.post(f"{address}take-back/", {"what": "link"})
    assert sam.get("/visit/page/").status_code == 403


def test_who_may_not_give_them_is_offered_and_given_none(place: County, signed_in_as: Browser) -> None:
    bare = authorized(place)
    clerk, address = signed_in_as("intake@plan"), f"/referrals/{bare.number}/"
    page = words(clerk.get(address))
    assert "Give the office" not in page
    assert "Give the professional" not in page
    for door, says in (("office-code", "No office asked"), ("visit-link", "No professional is chosen")):
        assert says in words(clerk.post(f"{address}{door}/", follow=True))
    appeals = signed_in_as("appeals@plan")
    for door in ("office-code", "visit-link", "take-back"):
        assert appeals.post(f"{address}{door}/").status_code == 403
    with plan_scope(TODAY):
        assert offices.code_of(bare, NOW) is None
        assert visit_links.link_of(bare, NOW) is None


def test_the_history_names_the_office_and_the_professional_who_acted(
    place: County, signed_in_as: Browser, referral: Referral
) -> None:
    clerk, address = signed_in_as("intake@plan"), f"/referrals/{referral.number}/"
    (code,) = CODE.findall(words(clerk.post(f"{address}office-code/")))
    Client().post("/office/status/", {"number": referral.number, "birth_date": "1970-01-01", "proof": code})
    link = CODE.findall(words(clerk.post(f"{address}visit-link/")))[0]
    sam = Client()
    sam.post("/visit/open/", {"code": link, "proof": place.sam.npi + place.sam.phone[-4:]})
    sam.post("/visit/page/appointment/", {"on": "2026-12-01", "at": "10:00"})
    page = words(clerk.get(address))
    assert "Grace Lind, MD, on the page for offices" in page
    assert "Sam Specialist, MD, by the link to the visit scheduled the visit" in page
