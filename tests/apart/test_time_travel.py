"""At a midnight in California one network's view ends and another's begins: pages, files, search, counts and rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo

import pytest
from django.db import transaction

from apart.cells import Answer, ask, pressed
from apart.test_every_table import asked
from apart.world import DAY, EVE, PLACES, STEM, Subject, World
from secondopinion.people.models import Delegation, SubDelegation, Succession
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.site import front

BEFORE = datetime(2026, 11, 24, 23, 59, 59, tzinfo=PACIFIC)  # the last second of Tuesday
AFTER = datetime(2026, 11, 25, 0, 0, tzinfo=PACIFIC)  # Wednesday's midnight
BY_NAME = {place.name: place for place in PLACES}
FILES = ("letter.pdf", "paper.pdf")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Set the front door's clock."""

    def stop(instant: datetime) -> None:
        class Stopped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return instant.astimezone(tz)

        monkeypatch.setattr(front, "datetime", Stopped)

    return stop


def addresses(subject: Subject) -> list[str]:
    """Every address that shows the Member, the request, or a file of it."""
    referral = f"/referrals/{subject.number}/"
    letter = f"{referral}letters/{subject.letter}/"
    return [
        referral, f"{referral}consultation/", letter, f"{letter}letter.pdf",
        f"{referral}papers/{subject.paper}/paper.pdf", f"/intake/{subject.member_id}/",
        f"/post/confidential/{subject.member_id}/",
    ]  # fmt: skip


def opened(world: World, place: str, subject: Subject) -> dict[str, bool]:
    """Which of the addresses open for somebody of the place."""
    client = world.browser(place, "all")
    found = {}
    for address in addresses(subject):
        answer = ask(client, "GET", address)
        assert answer.status in (200, 302, 404), (address, answer.status)
        found[address] = answer.status == 200
        assert answer.status == 200 or not answer.tells_of([subject]), address
    return found


def searched(world: World, place: str, subject: Subject) -> tuple[bool, bool]:
    """Is the request found by its number, and the Member by two identifiers?"""
    client = world.browser(place, "all")
    by_number = ask(client, "GET", "/", {"number": subject.number})
    by_name = ask(client, "POST", "/intake/", {"first_name": f"{STEM}{subject.life.key}first",
                  "last_name": f"{STEM}{subject.life.key}last", "birth_date": subject.born_on.isoformat()})  # fmt: skip
    found = subject.member_id in by_name.told
    assert found or "no member here agrees with everything you entered" in by_name.told
    return subject.number in by_number.location, found


@contextmanager
def taken_back() -> Iterator[None]:
    """Write something down as the plan, look, and take it back."""
    with transaction.atomic():
        set_scope(Scope(None, DAY))
        yield
        transaction.set_rollback(True)


def test_the_network_the_member_left_sees_the_finished_request_until_midnight_and_no_longer(world: World, at) -> None:  # type: ignore[no-untyped-def]
    left = world.subjects["left"]
    at(BEFORE)
    assert all(opened(world, "citrus", left).values())
    assert searched(world, "citrus", left) == (True, True)
    assert not any(opened(world, "sierra", left).values())
    at(AFTER)
    assert not any(opened(world, "citrus", left).values())
    assert searched(world, "citrus", left) == (False, False)
    # The new network has the Member from now on, and not what another received and finished.
    new = opened(world, "sierra", left)
    assert {address for address, opens in new.items() if opens} == set(addresses(left)[-2:])


def test_what_must_be_honoured_is_read_by_the_new_network_from_midnight_on_without_letters(world: World, at) -> None:  # type: ignore[no-untyped-def]
    moved = world.subjects["moved"]
    at(BEFORE)
    assert not any(opened(world, "sierra", moved).values())
    at(AFTER)
    new = opened(world, "sierra", moved)
    assert [opens for address, opens in new.items() if address.endswith(FILES) or "/letters/" in address] == [False] * 3
    assert new[addresses(moved)[0]]
    assert all(opened(world, "citrus", moved).values()), "who decided still has it until it is finished"


def test_an_open_request_stays_with_whoever_received_it_and_is_not_the_new_networks(world: World, at) -> None:  # type: ignore[no-untyped-def]
    still = world.subjects["open"]
    for instant in (BEFORE, AFTER):
        at(instant)
        assert opened(world, "citrus", still)[addresses(still)[0]]
        assert not opened(world, "sierra", still)[addresses(still)[0]]


def test_what_a_sub_delegate_held_ends_with_its_last_day(world: World, at) -> None:  # type: ignore[no-untyped-def]
    own = world.subjects["own"]
    at(BEFORE)
    assert all(opened(world, "quay", own).values())
    assert searched(world, "quay", own) == (True, True)
    at(AFTER)
    assert not any(opened(world, "quay", own).values())
    assert searched(world, "quay", own) == (False, False)
    assert all(opened(world, "harbor", own).values()), "the other sub-delegate goes on"


def test_the_list_and_its_counts_follow_the_midnight(world: World, at) -> None:  # type: ignore[no-untyped-def]
    quay = world.browser("quay", "all")
    counts = []
    for instant in (BEFORE, AFTER):
        at(instant)
        page = ask(quay, "GET", "/")
        counts.append(
            (f"/referrals/{world.subjects['own'].number}/".casefold() in page.told, "no referral is open" in page.told)
        )
    assert counts == [(True, False), (False, True)]


def test_a_successor_sees_its_predecessors_requests_from_the_midnight_of_the_merger(world: World, at) -> None:  # type: ignore[no-untyped-def]
    own = world.subjects["own"]
    with taken_back():
        Succession.objects.create(
            predecessor_id=world.networks["citrus"], successor_id=world.networks["grove"], from_on=DAY, why="merger"
        )
        at(BEFORE)
        assert not any(opened(world, "grove", own).values())
        assert all(opened(world, "harbor", own).values())
        at(AFTER)
        assert all(opened(world, "grove", own).values())
        assert not any(opened(world, "harbor", own).values()), "a merger hands the work over, and no part of it on"


def test_a_network_not_delegated_to_any_more_reads_its_requests_and_decides_none(world: World, at) -> None:  # type: ignore[no-untyped-def]
    still = world.subjects["open"]
    with taken_back():
        SubDelegation.objects.all().update(to_on=EVE)
        Delegation.objects.filter(network_id=world.networks["citrus"]).update(to_on=EVE)
        client, answers = world.browser("citrus", "all"), list[Answer]()
        for instant in (BEFORE, AFTER):
            at(instant)
            ((position,),) = plan_asks("SELECT position FROM referrals_referral WHERE id = %s", still)
            said = {"seen": position, "page": "referral", "note": "Nothing fits; a physician must look at it."}
            answers.append(ask(client, "POST", f"/referrals/{still.number}/steps/refer_up/", said))
            assert opened(world, "citrus", still)[addresses(still)[0]]
        assert "referrals_event" in answers[0].written
        assert "referrals_event" not in answers[1].written
        assert "the plan decides this request" in answers[1].told


def plan_asks(sql: str, subject: Subject) -> list[tuple[int, ...]]:
    """What the plan's own scope answers."""
    set_scope(Scope(None, DAY))
    return asked(sql, [subject.referral])


def test_the_raw_rows_of_a_finished_request_stay_with_whoever_received_it_and_go_nowhere_else(world: World) -> None:
    """Each entity keeps its records (42 CFR 438.3(u): ten years); the Member's own rows end with the midnight."""
    left = world.subjects["left"]
    for day, place, sees in ((EVE, "citrus", 1), (DAY, "citrus", 0), (EVE, "sierra", 0), (DAY, "sierra", 1)):
        with transaction.atomic():
            set_scope(world.scope(BY_NAME[place], day))
            assert asked("SELECT count(*) FROM people_member WHERE id = %s", [left.member]) == [(sees,)], (day, place)
            rows = asked("SELECT count(*) FROM referrals_referral WHERE id = %s", [left.referral])
            assert rows == [(int(place == "citrus"),)]


def test_a_step_of_the_network_that_only_honours_is_refused_before_and_after(world: World, at) -> None:  # type: ignore[no-untyped-def]
    moved = world.subjects["moved"]
    for instant in (BEFORE, AFTER):
        at(instant)
        with transaction.atomic():
            ((position,),) = plan_asks("SELECT position FROM referrals_referral WHERE id = %s", moved)
        address = f"/referrals/{moved.number}/steps/withdraw/"
        answer = ask(world.browser("sierra", "all"), "POST", address, pressed(moved, position))
        assert answer.status in (404, 422)
        assert answer.written <= {"people_accessentry"}
