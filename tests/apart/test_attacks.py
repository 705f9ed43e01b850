"""Somebody who may come in tries to reach another network's Member: by changed ids, hidden fields and headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.urls import URLPattern, reverse

from apart.cells import NAMED, TRACE, Answer, address_of, ask, desk_routes, is_of_a_record, names_in, values_of
from apart.test_every_table import asked
from apart.world import DAY, STEM, Subject, World
from house.test_routes import routes
from secondopinion.people.rls import Scope, set_scope
from secondopinion.referrals.lifecycle import STEPS

MINE, THEIRS = "former", "own"  # of somebody at Sierra Oak: the one is theirs, the other Citrus Valley's
PLACE = "sierra"
INJECTED = (
    "' OR '1'='1", "1) OR (1=1", "%' UNION SELECT last_name FROM people_member--", "\\", "%", "_", "' || '",
    "'; SELECT set_config('secondopinion.scope', 'plan', true); --", "${7*7}{{7*7}}", "\ufeff\u202e", "a" * 5000,
    "2026-11-25'::date--", "-1", "99999999999999999999", "null", "[]", "{}",
)  # fmt: skip
ODD_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
TRICKS = {
    "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_FOR": "10.0.0.1", "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE", "HTTP_X_METHOD_OVERRIDE": "DELETE", "HTTP_X_ORIGINAL_URL": "/delegation/",
    "HTTP_X_REWRITE_URL": "/delegation/", "HTTP_FORWARDED": "host=evil.example", "HTTP_X_REMOTE_USER": "nurse@plan",
    "HTTP_REMOTE_USER": "nurse@plan", "HTTP_X_SECONDOPINION_SCOPE": "plan", "HTTP_HX_REQUEST": "true",
}  # fmt: skip


def strangers(world: World) -> list[Subject]:
    """The Members of whom Sierra Oak may be told nothing."""
    return [world.subjects[THEIRS], world.subjects["plans"]]


def is_safe(answer: Answer, world: World, *, writes: bool = False) -> list[str]:
    """What is wrong with an answer to an attack."""
    wrong = [f"tells of {leaked}" for leaked in (answer.tells_of(strangers(world)),) if leaked]
    if answer.status >= 500:
        wrong.append(f"answers {answer.status}")
    if answer.written - {TRACE} and not writes:
        wrong.append(f"writes {set(answer.written)}")
    return wrong


def test_anothers_letter_paper_or_request_under_a_number_of_ones_own_is_not_there(world: World) -> None:
    client, mine, theirs = world.browser(PLACE, "all"), world.subjects[MINE], world.subjects[THEIRS]
    mixed = values_of(world, mine) | {name: values_of(world, theirs)[name] for name in ("letter_id", "paper_id")}
    inside = [r for r in desk_routes() if names_in(r) & {"letter_id", "paper_id"}]
    assert len(inside) >= 6
    wrong = []
    for route in inside:
        address = reverse(str(route.name), kwargs={name: mixed[name] for name in names_in(route)})
        for method in ("GET", "POST"):
            answer = ask(client, method, address)
            if answer.status not in (404, 405) or is_safe(answer, world):
                wrong.append(f"{method} {route.name}: {answer.status} {is_safe(answer, world)}")
    assert not wrong, "\n".join(wrong)


def test_no_step_of_the_table_can_be_pressed_on_anothers_request(world: World) -> None:
    client, theirs = world.browser(PLACE, "all"), world.subjects[THEIRS]
    for step in STEPS:
        address = reverse("take-step", args=[theirs.number, step])
        answer = ask(client, "POST", address, {"seen": 1, "page": "referral", "words": "x", "note": "x"})
        assert answer.status == 404, step
        assert is_safe(answer, world) == [], step


def test_a_number_that_nobody_has_is_answered_in_the_same_words_as_one_of_anothers(world: World) -> None:
    client, theirs = world.browser(PLACE, "all"), world.subjects[THEIRS]
    nobody = values_of(world, theirs) | {
        "number": "SO-2026-999999", "letter_id": uuid4(), "paper_id": uuid4(), "forwarded_id": uuid4(),
        "member_id": "M9999999",
    }  # fmt: skip
    for route in (r for r in desk_routes() if is_of_a_record(r)):
        address = address_of(route, world, theirs)
        none = reverse(str(route.name), kwargs={name: nobody[name] for name in names_in(route)})
        one, other = ask(client, "GET", address), ask(client, "GET", none)
        assert one.status == other.status, route.name
        assert main_of(one) == main_of(other), route.name


def main_of(answer: Answer) -> str:
    """What a page says in its middle, without marks and the browser's own secrets."""
    middle = re.search(r"<main.*?</main>", answer.told, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", middle[0])) if middle else ""


def fields_of(answer: Answer) -> set[str]:
    """The names of the fields that a page's forms send, the hidden ones too."""
    return set(re.findall(r'name="([a-z0-9_-]+)"', answer.told)) - {"csrfmiddlewaretoken", "viewport"}


def forms(world: World) -> Iterator[tuple[URLPattern, str, set[str]]]:
    """Every address that somebody at Sierra Oak can open, and the fields of its forms."""
    client, mine = world.browser(PLACE, "all"), world.subjects[MINE]
    for route in desk_routes():
        address = address_of(route, world, mine)
        answer = ask(client, "GET", address)
        if answer.status == 200 and answer.kind == "text/html" and (fields := fields_of(answer)):
            yield route, address, fields


def test_no_field_of_any_form_filled_with_anothers_keys_tells_or_touches_anything_of_them(world: World) -> None:
    client, theirs = world.browser(PLACE, "all"), world.subjects[THEIRS]
    keys = {"number": theirs.number, "member_id": theirs.member_id, "referral": theirs.referral,
            "letter": theirs.letter, "paper": theirs.paper, "forwarded": theirs.forwarded,
            "network": world.networks["citrus"]}  # fmt: skip
    wrong, asked_of = [], 0
    for route, address, fields in forms(world):
        for kind, key in keys.items():
            said = dict.fromkeys(fields, str(key)) | {"seen": "1"}
            for method in ("GET", "POST"):
                answer = ask(client, method, address, said)
                asked_of += 1
                # What was typed comes back in its own field, some of it cut short.
                told = re.sub(rf"{str(key).casefold()[:-2]}.{{0,2}}\b", "", answer.told)
                plain = Answer(answer.status, told, answer.kind, answer.location, answer.written)
                wrong += [f"{method} {route.name}, {kind}: {what}" for what in is_safe(plain, world, writes=True)]
    assert not wrong, "\n".join(wrong)
    assert asked_of > 100


def test_nothing_was_written_about_anybody_by_the_attacks(world: World) -> None:
    """`ask` takes everything back; this says that nothing of it had been committed behind its back."""
    with transaction.atomic():
        set_scope(Scope(None, DAY))
        assert asked("SELECT count(*) FROM people_accessentry WHERE person <> 'Somebody'") == [(0,)]
        assert asked("SELECT count(*) FROM referrals_referral") == [(len(world.subjects),)]


@pytest.mark.parametrize("words", INJECTED, ids=range(len(INJECTED)))
def test_no_filter_and_no_search_box_can_be_talked_into_more(world: World, words: str) -> None:
    client, wrong = world.browser(PLACE, "all"), []
    boxes = [(r, a, f) for r, a, f in forms(world) if not is_of_a_record(r)] if words == INJECTED[0] else BOXES
    if words == INJECTED[0]:
        BOXES[:] = boxes
    assert boxes
    for route, address, fields in boxes:
        more = {"after", "view", "time", "network", "state", "program", "decider", "number", "page", "q", "since"}
        for method in ("GET", "POST"):
            answer = ask(client, method, address, dict.fromkeys(fields | more - {"number"}, words))
            wrong += [f"{method} {route.name}: {what}" for what in is_safe(answer, world)]
        answer = ask(client, "GET", address, {"number": words})
        wrong += [f"GET {route.name}, number: {what}" for what in is_safe(answer, world)]
    assert not wrong, "\n".join(wrong)


BOXES: list[tuple[URLPattern, str, set[str]]] = []


def test_a_forged_place_in_the_list_shows_the_first_page_or_ones_own_rows(world: World) -> None:
    client, theirs = world.browser(PLACE, "all"), world.subjects[THEIRS]
    row, last = theirs.referral, f"9999-12-31T23:59:59+00:00~{UUID(int=0)}"
    keys = (f"~{row}", f"2020-01-01T00:00:00+00:00~{row}", "2020-01-01~x", "~", "~~~", last, "\x00")
    for key in (*keys, "0001-01-01T00:00:00+00:00~" + "f" * 32):
        for view in ("", "mine", "appeals", "contracting"):
            answer = ask(client, "GET", "/", {"after": key, "view": view})
            assert is_safe(answer, world) == [], key
            assert answer.status == 200, key
            assert f"/referrals/{theirs.number}/".casefold() not in answer.told, key


def test_a_filter_by_another_network_is_not_a_networks_to_choose(world: World) -> None:
    answer = ask(world.browser(PLACE, "all"), "GET", "/", {"network": str(world.networks["citrus"])})
    assert is_safe(answer, world) == []
    assert 'name="network"' not in answer.told


@pytest.mark.parametrize("method", ODD_METHODS)
def test_odd_methods_write_nothing_tell_nothing_and_break_nothing(world: World, method: str) -> None:
    client, wrong = world.browser(PLACE, "all"), []
    for route in routes():
        for key in (MINE, THEIRS):
            answer = ask(client, method, address_of(route, world, world.subjects[key]))
            wrong += [f"{method} {route.name}: {what}" for what in is_safe(answer, world)]
            if method == "TRACE" and "evil" in answer.told:
                wrong.append(f"TRACE {route.name} sends back what came")
    assert not wrong, "\n".join(wrong)


def test_no_header_opens_a_door_or_names_another_host(world: World) -> None:
    client, wrong = world.browser(PLACE, "all"), []
    for route in desk_routes():
        address = address_of(route, world, world.subjects[THEIRS])
        plain, tricked = ask(client, "GET", address), ask(client, "GET", address, **TRICKS)
        wrong += [f"{route.name}: {what}" for what in is_safe(tricked, world)]
        if tricked.status != plain.status:
            wrong.append(f"{route.name}: {plain.status} becomes {tricked.status}")
        if "evil" in tricked.told:
            wrong.append(f"{route.name}: names the host that a header made up")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "", "a b"])
def test_a_host_that_is_not_ours_is_refused_before_anything_is_looked_up(world: World, host: str) -> None:
    for key in (MINE, THEIRS):
        number = world.subjects[key].number
        answer = ask(world.browser(PLACE, "all"), "GET", f"/referrals/{number}/", HTTP_HOST=host)
        assert answer.status == 400
        assert STEM not in answer.told
        assert not answer.written


def test_a_parameter_said_twice_is_no_way_round_either(world: World) -> None:
    client = world.browser(PLACE, "all")
    mine, theirs = world.subjects[MINE].number, world.subjects[THEIRS].number
    for first, last in ((mine, theirs), (theirs, mine)):
        answer = ask(client, "GET", f"/?number={first}&number={last}")
        assert theirs not in answer.location
        assert is_safe(answer, world) == []


def test_whoever_is_not_signed_in_is_told_of_nobody_by_any_address(world: World) -> None:
    wrong = []
    for cookie in ("", "sessionid=forged", "sessionid=" + "a" * 32, "your_choice=forged"):
        client = type(world.browser(PLACE, "all"))(raise_request_exception=False, headers={"cookie": cookie})
        for route in routes():
            address = address_of(route, world, world.subjects[THEIRS])
            for method in ("GET", "POST"):
                answer = ask(client, method, address)
                told = answer.told.replace(address.casefold(), "")  # where to go on after signing in
                if answer.status >= 500 or STEM in told:
                    wrong.append(f"{method} {route.name}: {answer.status}")
                if answer.written - {TRACE, "referrals_choicepage"}:
                    wrong.append(f"{method} {route.name}: writes {set(answer.written)}")
                if route.callback.guard == "signed_in" and answer.status not in (302, 405):  # type: ignore[attr-defined]
                    wrong.append(f"{method} {route.name}: {answer.status}, and nobody is signed in")
    assert not wrong, "\n".join(wrong)


def test_every_name_in_an_address_that_leads_to_a_record_is_known_here() -> None:
    known = {
        "npi",
        "code",
        "rest",
        "step",
        "kind",
        "language",
        "case",
        "key",
        "pk",
        "representative",
        "proposal_id",
        "view_id",
        "page_id",
        "tag",
        "program",
        "paper",
        "page",
        *NAMED,
    }
    assert {name for route in routes() for name in names_in(route)} <= known, "Tell values_of what the new name is."
