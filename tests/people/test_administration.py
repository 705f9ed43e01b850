"""Two people change how the house is run: from a day on, never backwards, nothing overwritten, the database agrees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from administrators import administrators
from county import NOW, TODAY, County, county
from secondopinion.people import changes_values
from secondopinion.people.changes import NotProposable
from secondopinion.people.models import Answer, Delegation, Proposal, Staff, SubDelegation
from secondopinion.people.person import Person, person_of
from secondopinion.people.plan import MAY_CHANGE, part_on, plan_on, the_plan
from secondopinion.people.proposing import SORTS, answer, coming, history, propose, told, waiting
from secondopinion.people.rls import Scope, set_scope
from secondopinion.people.standing import NOTHING_YET, stand, the_standing
from secondopinion.policy import parameters
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import load, value
from secondopinion.policy.specialties import Level, equivalence

TOMORROW = TODAY + timedelta(days=1)  # a Tuesday
NEXT_MONDAY = date(2026, 11, 30)
MILES = "access.offered_within"
SPINE, CARDIOLOGY = "207XS0117X", "207RC0000X"


@dataclass(frozen=True)
class Office:
    """The small county with those who run it."""

    place: County
    staff: Mapping[str, Staff]

    def person(self, name: str, on: date = TODAY) -> Person:
        return person_of(self.staff.get(name) or self.place.staff[name], on)

    def propose(self, kind: str, key: str, by: str, from_on: date = NEXT_MONDAY, **said: Any) -> Proposal:
        return propose(kind, key, said, from_on=from_on, why="Our roads are long.", person=self.person(by), now=NOW)

    def approve(self, proposal: Proposal, by: str, now: datetime = NOW) -> Answer:
        return answer(proposal.pk, approved=True, person=self.person(by), now=now)


@pytest.fixture
def office(as_plan: None) -> Iterator[Office]:
    place = county()
    yield Office(place, administrators(place))
    stand(None, TODAY)


def at(day: date) -> None:
    """Look at the house on a day."""
    set_scope(Scope(None, day))


def test_a_value_holds_from_its_day_on_once_another_person_has_approved_it(office: Office) -> None:
    proposal = office.propose("value", MILES, "ada@plan", **{"is": 45})
    assert value(MILES, NEXT_MONDAY).number == 30
    office.approve(proposal, "amos@plan")
    at(TODAY)
    assert value(MILES, NEXT_MONDAY - timedelta(days=1)).number == 30
    assert value(MILES, NEXT_MONDAY).number == 45
    assert value(MILES, NEXT_MONDAY).authority == "The plan's own choice: Our roads are long."


def test_what_held_goes_on_telling_beside_what_came_after(office: Office) -> None:
    office.approve(office.propose("value", MILES, "ada@plan", **{"is": 45}), "amos@plan")
    second = office.propose("value", MILES, "cora@plan", NEXT_MONDAY + timedelta(days=7), **{"is": 20})
    office.approve(second, "ada@plan")
    assert [told.proposal.after["is"] for told in history("value", MILES)] == [20, 45]
    assert [told.proposal.before["is"] for told in history("value", MILES)] == [45, 30]
    assert [told.stands(NEXT_MONDAY) for told in history("value", MILES)] == ["coming", "holds"]
    assert [value(MILES, NEXT_MONDAY + timedelta(days=n)).number for n in (0, 6, 7)] == [45, 45, 20]


def test_nobody_approves_what_they_proposed_themselves(office: Office) -> None:
    proposal = office.propose("value", MILES, "ada@plan", **{"is": 45})
    with pytest.raises(NotProposable, match="Another person approves it"):
        office.approve(proposal, "ada@plan")
    assert told(proposal.pk).answer is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "who", "on", "says"),
    [
        ("value", "ada@plan", NEXT_MONDAY, "does not approve it"),
        ("value", "amos@plan", TODAY, "does not reach back"),
        ("roles", "amos@plan", TODAY - timedelta(days=1), "does not reach back"),
        ("roles", "own", NEXT_MONDAY, "their own roles"),
    ],
)
def test_the_database_refuses_the_same_person_a_day_gone_by_and_ones_own_roles(
    office: Office, kind: str, who: str, on: date, says: str
) -> None:
    by = office.staff["amos@plan" if who == "own" else who]
    proposal = Proposal.objects.create(
        kind=kind, subject=str(by.pk) if who == "own" else "0", from_on=on, before={}, after={}, why="x",
        proposed_by=office.staff["ada@plan"], proposed_at=NOW,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        Answer.objects.create(proposal=proposal, approved=True, answered_by=by, answered_at=NOW)


def test_the_database_refuses_an_answer_from_before_the_question(office: Office) -> None:
    proposal = office.propose("value", MILES, "ada@plan", **{"is": 45})
    with pytest.raises(IntegrityError, match="before it was proposed"), transaction.atomic():
        Answer.objects.create(
            proposal=proposal, approved=True, answered_by=office.staff["amos@plan"],
            answered_at=NOW - timedelta(seconds=1),
        )  # fmt: skip


@pytest.mark.parametrize("model", [Proposal, Answer])
def test_neither_a_proposal_nor_an_answer_can_be_changed(office: Office, model: Any) -> None:
    office.approve(office.propose("value", MILES, "ada@plan", **{"is": 45}), "amos@plan")
    changed = {"why": "another"} if model is Proposal else {"approved": False, "words": "x"}
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic():
        model.objects.update(**changed)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_a_change_begins_tomorrow_at_the_earliest(office: Office) -> None:
    with pytest.raises(NotProposable, match="tomorrow or later"):
        office.propose("value", MILES, "ada@plan", TODAY, **{"is": 45})
    with pytest.raises(NotProposable, match="three years"):
        office.propose("value", MILES, "ada@plan", date(2032, 1, 1), **{"is": 45})
    office.propose("value", MILES, "ada@plan", TOMORROW, **{"is": 45})


def test_a_proposal_whose_day_has_come_can_only_be_refused(office: Office) -> None:
    proposal = office.propose("value", MILES, "ada@plan", TOMORROW, **{"is": 45})
    late = datetime(2026, 11, 24, 0, 0, 1, tzinfo=PACIFIC)  # Tuesday, a second after midnight
    with pytest.raises(NotProposable, match="does not reach back"):
        office.approve(proposal, "amos@plan", late)
    assert told(proposal.pk).stands(TOMORROW) == "late"  # type: ignore[union-attr]
    answer(proposal.pk, approved=False, words="Too late.", person=office.person("amos@plan"), now=late)
    assert told(proposal.pk).stands(TOMORROW) == "refused"  # type: ignore[union-attr]
    assert value(MILES, TOMORROW).number == 30


def test_a_comparison_that_is_no_longer_true_is_not_approved(office: Office) -> None:
    stale = office.propose("value", MILES, "ada@plan", NEXT_MONDAY, **{"is": 45})
    Proposal.objects.create(
        kind="value", subject=MILES, from_on=TOMORROW, before={}, after={"is": 25}, why="x",
        proposed_by=office.staff["cora@plan"], proposed_at=NOW,
    )  # fmt: skip
    other = Proposal.objects.get(from_on=TOMORROW)
    Answer.objects.create(proposal=other, approved=True, answered_by=office.staff["carl@plan"], answered_at=NOW)
    with pytest.raises(NotProposable, match="no longer true"):
        office.approve(stale, "amos@plan")


def test_whoever_proposed_may_take_it_back_and_then_it_never_holds(office: Office) -> None:
    proposal = office.propose("value", MILES, "ada@plan", **{"is": 45})
    with pytest.raises(NotProposable, match="Say why"):
        answer(proposal.pk, approved=False, person=office.person("ada@plan"), now=NOW)
    answer(proposal.pk, approved=False, words="A slip.", person=office.person("ada@plan"), now=NOW)
    assert told(proposal.pk).stands(TODAY) == "taken-back"  # type: ignore[union-attr]
    with pytest.raises(NotProposable, match="answered this proposal already"):
        office.approve(proposal, "amos@plan")
    at(NEXT_MONDAY)
    assert value(MILES, NEXT_MONDAY).number == 30


def test_lists_tell_what_waits_and_what_is_to_come(office: Office) -> None:
    proposal = office.propose("value", MILES, "ada@plan", **{"is": 45})
    assert [each.proposal.pk for each in waiting()] == [proposal.pk]
    (line, authority) = waiting()[0].compared
    assert (line.before, line.after, line.differs) == ("30 miles", "45 miles", True)
    assert authority.after == "The plan's own choice, by this approval"
    office.approve(proposal, "amos@plan")
    assert (waiting(), [each.proposal.pk for each in coming(TODAY)]) == ((), [proposal.pk])
    assert coming(NEXT_MONDAY) == ()


@pytest.mark.parametrize("who", ["nurse@plan", "olga@plan", "physician@plan", "cleo@citrus"])
def test_a_value_is_proposed_and_approved_by_those_with_the_role_at_the_plan(office: Office, who: str) -> None:
    with pytest.raises(NotProposable, match="may not propose"):
        office.propose("value", MILES, who, **{"is": 45})
    proposal = office.propose("value", MILES, "ada@plan", **{"is": 45})
    with pytest.raises(NotProposable, match="may not answer"):
        office.approve(proposal, who)


def test_a_second_proposal_waits_for_the_answer_to_the_first(office: Office) -> None:
    office.propose("value", MILES, "ada@plan", **{"is": 45})
    with pytest.raises(NotProposable, match="waits already"):
        office.propose("value", MILES, "cora@plan", **{"is": 50})


def test_what_changes_nothing_is_not_proposed(office: Office) -> None:
    with pytest.raises(NotProposable, match="nothing would change"):
        office.propose("value", MILES, "ada@plan", **{"is": 30})


def test_what_law_sets_is_not_in_the_list_and_a_bound_of_law_is_kept(office: Office) -> None:
    keys = {each.key for each in changes_values.Values().subjects(TODAY)}
    assert MILES in keys
    assert "decision_time.standard.medi_cal" not in keys
    with pytest.raises(NotProposable, match="no such value"):
        office.propose("value", "decision_time.standard.medi_cal", "ada@plan", **{"is": 30})
    with pytest.raises(NotProposable, match="at most 14 calendar days: 42 CFR"):
        office.propose("value", "decision_time.extension_allowed.onecare", "ada@plan", **{"is": 15})
    with pytest.raises(NotProposable, match="at least 1"):
        office.propose("value", MILES, "ada@plan", **{"is": 0})


def test_every_file_with_a_value_of_the_plans_is_listed() -> None:
    folder = Path(parameters.__file__).parent / "values"
    with_one = {f.stem for f in folder.glob("*.toml") if "config = true" in f.read_text("utf-8")}
    assert with_one == set(changes_values.GROUPS)
    for key in changes_values.names():
        file, _, name = key.partition(".")
        for each in load(file)[name].values:
            if each.config and isinstance(each.is_, int) and not isinstance(each.is_, bool):
                assert each.is_ == 0 or each.at_least <= each.is_ <= (each.at_most or changes_values.MOST), key


def test_a_contact_of_the_plan_changes_at_its_midnight(office: Office) -> None:
    was = the_plan().desk["fax"]
    proposal = office.propose("plan", "desk.fax", "cora@plan", TOMORROW, **{"is": " 1-714-555-0100 "})
    office.approve(proposal, "carl@plan")
    at(TODAY)
    assert the_plan().desk["fax"] == was
    assert plan_on(TOMORROW).desk["fax"] == "1-714-555-0100"
    at(TOMORROW)
    assert the_plan().desk["fax"] == "1-714-555-0100"
    assert the_plan().desk["phone"] == plan_on(TODAY).desk["phone"]


def test_an_address_keeps_its_lines_and_a_number_is_one(office: Office) -> None:
    lines = "Orchard County Health Plan\n  1 New   Street\n\nOrchard City, CA 92999"
    office.approve(office.propose("plan", "desk.mail_lines", "cora@plan", TOMORROW, **{"is": lines}), "carl@plan")
    at(TOMORROW)
    assert the_plan().desk["mail_lines"] == ["Orchard County Health Plan", "1 New Street", "Orchard City, CA 92999"]
    for key, typed in (("desk.fax", "call us"), ("desk.mail_lines", "one line"), ("appeals.mail_lines", "x" * 61)):
        with pytest.raises(NotProposable):
            office.propose("plan", key, "cora@plan", NEXT_MONDAY, **{"is": typed})


def test_everything_of_the_plan_that_may_change_exists_in_its_file() -> None:
    assert [key for key in MAY_CHANGE if not part_on(key, TODAY)] == []


def test_a_physician_approves_a_set_and_nobody_else_does(office: Office) -> None:
    codes = [SPINE, CARDIOLOGY]
    proposal = office.propose("equivalence", "spine", "cora@plan", codes=codes, because="Seen together")
    with pytest.raises(NotProposable, match="may not answer"):
        office.approve(proposal, "carl@plan")
    office.approve(proposal, "physician@plan")
    at(TODAY)
    plan = the_plan().name
    assert equivalence(SPINE, CARDIOLOGY, "spine", TODAY, plan) is Level.E4
    assert equivalence(SPINE, CARDIOLOGY, "spine", NEXT_MONDAY, plan) is Level.E2
    (own,) = the_standing().chosen.sets["spine"]
    assert (own.role, own.plan) == ("Medical Director", plan)
    with pytest.raises(NotProposable, match="equivalent to nothing"):
        office.propose("equivalence", "spine", "cora@plan", codes=[SPINE], because="x")


def delegation_of(office: Office, network: str, program: str = "medi-cal") -> str:
    return f"{getattr(office.place, network).pk}/{program}/second-opinion-authorization"


def test_a_delegation_begins_and_ends_by_two_people_and_the_register_tells_both(office: Office) -> None:
    key = delegation_of(office, "sierra")
    proposal = office.propose("delegation", key, "olga@plan", held="yes", agreement="DA-9", until=None)
    assert not Delegation.objects.filter(network=office.place.sierra).exists()
    office.approve(proposal, "cora@plan")
    row = Delegation.objects.get(network=office.place.sierra)
    assert (row.from_on, row.to_on, row.agreement) == (NEXT_MONDAY, None, "DA-9")

    end = office.propose(
        "delegation", delegation_of(office, "citrus"), "cora@plan", held="no", agreement="", until=None
    )
    office.approve(end, "olga@plan")
    row = Delegation.objects.get(network=office.place.citrus, program="medi-cal")
    assert (row.from_on, row.to_on) == (date(2024, 1, 1), NEXT_MONDAY - timedelta(days=1))


def test_a_delegation_is_not_ended_under_a_sub_delegate(office: Office) -> None:
    whole = Delegation.objects.get(network=office.place.citrus, program="medi-cal")
    SubDelegation.objects.create(delegation=whole, entity="Blossom", approval="SD-1", approved_on=TODAY, from_on=TODAY)
    end = office.propose(
        "delegation", delegation_of(office, "citrus"), "cora@plan", held="no", agreement="", until=None
    )
    with pytest.raises(NotProposable, match="End that first"):
        office.approve(end, "olga@plan")
    whole.refresh_from_db()
    assert whole.to_on is None
    assert told(end.pk).answer is None  # type: ignore[union-attr]


def test_a_sub_delegation_needs_a_paper_and_a_delegation_and_ends_by_two_people(office: Office) -> None:
    citrus, sierra = f"{delegation_of(office, 'citrus')}/", f"{delegation_of(office, 'sierra')}/"
    said = {"entity": "Blossom", "held": "yes", "until": None}
    with pytest.raises(NotProposable, match="number of that paper"):
        office.propose("sub-delegation", citrus, "olga@plan", approval=" ", **said)
    with pytest.raises(NotProposable, match="does not hold the function"):
        office.propose("sub-delegation", sierra, "olga@plan", approval="SD-2", **said)
    office.approve(office.propose("sub-delegation", citrus, "olga@plan", approval="SD-2", **said), "cora@plan")
    row = SubDelegation.objects.get()
    assert (row.entity, row.from_on, row.approved_on, row.approval) == ("Blossom", NEXT_MONDAY, TODAY, "SD-2")
    later = NEXT_MONDAY + timedelta(days=7)
    no = {"held": "no", "approval": "", "until": None}
    office.approve(office.propose("sub-delegation", f"{citrus}Blossom", "cora@plan", later, **no), "olga@plan")
    row.refresh_from_db()
    assert row.to_on == later - timedelta(days=1)


def test_roles_change_at_the_next_request_and_what_a_person_was_hired_with_stays(office: Office) -> None:
    nurse = office.place.staff["nurse@plan"]
    proposal = office.propose("roles", str(nurse.pk), "ada@plan", TODAY, roles=["intake"])
    assert person_of(nurse, TODAY).roles == {"nurse"}
    office.approve(proposal, "amos@plan")
    assert person_of(nurse, TODAY).roles == {"intake"}
    assert person_of(nurse, TODAY - timedelta(days=1)).roles == {"nurse"}
    nurse.refresh_from_db()
    assert nurse.roles == ["nurse"]


def test_roles_that_begin_later_begin_at_their_midnight(office: Office) -> None:
    nurse = office.place.staff["nurse@plan"]
    office.approve(office.propose("roles", str(nurse.pk), "ada@plan", NEXT_MONDAY, roles=[]), "cora@plan")
    assert person_of(nurse, NEXT_MONDAY - timedelta(days=1)).roles == {"nurse"}
    assert person_of(nurse, NEXT_MONDAY).roles == frozenset()


def test_nobody_decides_about_their_own_roles_and_an_administrator_is_nothing_else(office: Office) -> None:
    amos, cleo = office.staff["amos@plan"], office.staff["cleo@citrus"]
    proposal = office.propose("roles", str(amos.pk), "ada@plan", TODAY, roles=["compliance"])
    with pytest.raises(NotProposable, match="your own roles"):
        office.approve(proposal, "amos@plan")
    with pytest.raises(NotProposable, match="has no other role"):
        office.propose("roles", str(cleo.pk), "ada@plan", TODAY, roles=["administrator", "nurse"])
    with pytest.raises(NotProposable, match="nobody at a Health Network"):
        office.propose("roles", str(cleo.pk), "ada@plan", TODAY, roles=["administrator"])


@pytest.mark.parametrize("kind", [sort.kind for sort in SORTS])
@pytest.mark.parametrize("key", ["", "x", "///", "\x00", "9" * 40, "a/b/c", "a/b/c/d"])
def test_what_is_not_in_a_list_is_refused_in_a_sentence(office: Office, kind: str, key: str) -> None:
    sort = next(each for each in SORTS if each.kind == kind)
    with pytest.raises(NotProposable) as refused:
        sort.subject(key, TODAY)
    assert refused.value.sentence.endswith((".", "list."))


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.kind)
def test_every_subject_of_a_list_can_be_opened_and_told(office: Office, sort: Any) -> None:
    listed = sort.listed(TODAY)
    assert listed or sort.kind == "sub-delegation"
    for subject, lines in listed:
        assert sort.subject(subject.key, TODAY) == subject
        assert lines == sort.lines(subject.key, sort.held(subject.key, TODAY))
        assert {ask.name for ask in sort.asks(subject.key)} <= {*sort.filled(sort.held(subject.key, TODAY))}


def approve_and_break(office: Office) -> None:
    office.approve(office.propose("value", MILES, "ada@plan", **{"is": 45}), "amos@plan")
    assert value(MILES, NEXT_MONDAY).number == 45
    raise ZeroDivisionError


def test_a_scope_that_is_given_after_everything_was_undone_knows_nothing_of_it(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        approve_and_break(office)
    at(TODAY)
    assert value(MILES, NEXT_MONDAY).number == 30
    assert the_standing().chosen == NOTHING_YET.chosen
