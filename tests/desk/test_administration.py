"""The pages of administration: both sides beside each other, one proposes, another approves, a network stays out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from django.http import HttpResponse
from django.test import Client

from administrators import administrators
from county import TODAY, County
from secondopinion.people.models import Answer, Proposal
from secondopinion.people.proposing import SORTS
from secondopinion.people.rls import plan_scope
from secondopinion.people.standing import stand
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value

Browser = Callable[[str], Client]
NEXT_MONDAY = date(2026, 11, 30)
MILES = "/administration/value/propose/?of=access.offered_within"
SAID = {"is": "45", "from_on": NEXT_MONDAY.isoformat(), "why": "Our roads are long."}


@pytest.fixture
def run(place: County, signed_in_as: Browser) -> Browser:
    with plan_scope(TODAY):
        administrators(place)
    return signed_in_as


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    yield
    stand(None, TODAY)


def text(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def proposed(run: Browser, by: str = "ada@plan") -> str:
    """Propose 45 miles; the address of the proposal."""
    answer = run(by).post(MILES, SAID)
    assert answer.status_code == 303, text(answer)
    return answer["Location"]


def test_one_proposes_another_approves_and_both_sides_stand_beside_each_other(run: Browser) -> None:
    address = proposed(run)
    page = text(run("amos@plan").get(address))
    assert "Value 30 miles 45 miles" in page
    assert "Our roads are long." in page
    assert "Approve" in page
    answer = run("amos@plan").post(address, {"answer": "approve"})
    assert (answer.status_code, answer["Location"]) == (303, address)
    assert "Approved by Amos" in text(run("ada@plan").get(address))
    with plan_scope(NEXT_MONDAY):
        assert value("access.offered_within", NEXT_MONDAY).number == 45


def test_whoever_proposed_it_is_not_offered_to_approve_and_is_refused(run: Browser) -> None:
    address, ada = proposed(run), run("ada@plan")
    page = ada.get(address).content.decode()
    assert 'value="approve"' not in page
    assert "Take it back" in page
    answer = ada.post(address, {"answer": "approve"})
    assert answer.status_code == 422
    assert "Another person approves it" in text(answer)
    with plan_scope(TODAY):
        assert not Answer.objects.exists()


def test_a_refusal_without_a_reason_is_asked_for_one(run: Browser) -> None:
    address, amos = proposed(run), run("amos@plan")
    assert "Say why" in text(amos.post(address, {"answer": "refuse"}))
    amos.post(address, {"answer": "refuse", "words": "Twice the distance is enough."})
    assert "Twice the distance is enough." in text(run("ada@plan").get(address))


def test_two_who_answer_at_once_are_told_who_came_first(run: Browser) -> None:
    address = proposed(run)
    run("amos@plan").post(address, {"answer": "approve"})
    answer = run("cora@plan").post(address, {"answer": "approve"})
    assert answer.status_code == 422
    assert "has answered this proposal already" in text(answer)


def test_the_overview_tells_what_waits_what_comes_and_what_was_answered(run: Browser) -> None:
    address = proposed(run)
    overview = text(run("cora@plan").get("/administration/"))
    assert "Waiting for an answer 1" in overview
    run("cora@plan").post(address, {"answer": "approve"})
    overview = text(run("cora@plan").get("/administration/"))
    assert "Nothing waits." in overview
    assert "Approved, to come from Mon, Nov 30, 2026 Cora" in overview


@pytest.mark.parametrize("kind", [sort.kind.value for sort in SORTS])
def test_every_kind_lists_what_holds_and_opens_a_form_for_each(run: Browser, kind: str) -> None:
    cora = run("cora@plan")
    page = cora.get(f"/administration/{kind}/")
    assert page.status_code == 200
    links = re.findall(r'href="(/administration/[a-z-]+/propose/\?of=[^"]+)"', page.content.decode())
    assert links
    for link in links:
        answer = cora.get(link)
        assert answer.status_code == 200, link
        assert 'name="from_on"' in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"is": "many"}, "is a whole number"),
        ({"is": ""}, "From then on"),
        ({"from_on": "soon"}, "is no day"),
        ({"from_on": "2026-11-23"}, "tomorrow or later"),
        ({"why": " "}, "Why"),
        ({"is": "30"}, "nothing would change"),
        ({"is": "0"}, "at least 1"),
        ({"is": "9" * 30}, "at most"),
        ({"why": "a\x00b"}, "Null characters"),
    ],
)
def test_what_cannot_be_proposed_is_told_in_the_form(run: Browser, changed: dict[str, str], says: str) -> None:
    answer = run("ada@plan").post(MILES, {**SAID, **changed})
    assert answer.status_code == 422
    assert says in text(answer)
    with plan_scope(TODAY):
        assert not Proposal.objects.exists()


@pytest.mark.parametrize("who", ["intake@plan", "nurse@plan", "nurse@citrus", "cleo@citrus", "physician@citrus"])
@pytest.mark.parametrize("page", ["/administration/", "/administration/roles/", MILES])
def test_who_does_not_run_the_house_stays_outside(run: Browser, who: str, page: str) -> None:
    browser = run(who)
    assert browser.get(page).status_code == 403
    assert browser.post(page, SAID).status_code in (403, 405)
    assert "Administration</a>" not in browser.get("/").content.decode()


def test_a_role_that_may_read_a_kind_and_not_propose_it_is_offered_no_form(run: Browser) -> None:
    physician = run("physician@plan")
    assert "Propose a change" not in physician.get("/administration/value/").content.decode()
    assert physician.get(MILES).status_code == 403
    assert physician.post(MILES, SAID).status_code == 403
    assert "Propose a change" in physician.get("/administration/equivalence/").content.decode()


@pytest.mark.parametrize(
    "page",
    [
        "/administration/no-such-kind/",
        "/administration/value/propose/?of=decision_time.standard.medi_cal",
        "/administration/value/propose/",
        "/administration/roles/propose/?of=%00",
        "/administration/proposals/00000000-0000-0000-0000-000000000000/",
    ],
)
def test_what_there_is_not_is_not_found(run: Browser, page: str) -> None:
    assert run("cora@plan").get(page).status_code == 404


def test_a_role_that_was_taken_away_closes_the_page_at_the_next_request(
    run: Browser, place: County, front_door_at: Callable[[datetime], None]
) -> None:
    nurse = run("nurse@plan")
    assert nurse.get("/intake/").status_code == 200
    of = f"/administration/roles/propose/?of={place.staff['nurse@plan'].pk}"
    said = {"roles": ["contracting"], "from_on": "2026-11-24", "why": "Has changed desks."}
    address = run("ada@plan").post(of, said)["Location"]
    run("amos@plan").post(address, {"answer": "approve"})
    front_door_at(datetime(2026, 11, 23, 23, 59, 59, tzinfo=PACIFIC))  # Monday
    assert 'href="/intake/"' in nurse.get("/").content.decode()
    front_door_at(datetime(2026, 11, 24, 0, 0, tzinfo=PACIFIC))  # Tuesday
    assert 'href="/intake/"' not in nurse.get("/").content.decode()
