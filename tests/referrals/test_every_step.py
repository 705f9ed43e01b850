"""Every step of the table is taken once, as the table says it: state, letters, signature, history and clocks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from referrals.ways import WAYS, way_to
from secondopinion.people.person import POLICY, Person
from secondopinion.referrals.advance import VERBS, advance
from secondopinion.referrals.clockwork import counts_as_denied_at, running
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.models import Event, Notice, Referral, RunningClock
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.reading import snapshot_of

BEGINNINGS = {"receive", "discover"}
ADVERSE = [name for name, step in STEPS.items() if step.adverse]


def test_every_step_has_a_verb_and_a_way_to_it():
    assert set(VERBS) == set(STEPS) - BEGINNINGS
    assert set(WAYS) == set(STEPS) - BEGINNINGS


@pytest.mark.parametrize("name", WAYS)
def test_a_step_leads_where_the_table_says_and_leaves_its_whole_trace(there, name):
    way, step = way_to(name, there), STEPS[name]
    before = Referral.objects.get(pk=way.referral)
    taken = advance(way.referral, way.told, person=way.person, now=way.now)
    after = Referral.objects.get(pk=way.referral)
    assert (taken.step, after.state) == (name, step.target.value if step.target else before.state)
    owed = {*Notice.objects.filter(referral=after, position=taken.position).values_list("kind", flat=True)}
    assert set(step.always) <= owed <= set(step.owes)
    assert list(differences([after.number])) == []
    assert after.member_pays == 0


@pytest.mark.parametrize("name", WAYS)
def test_the_clocks_are_those_of_the_row_and_the_earliest_is_on_the_work_list(there, name):
    way = way_to(name, there)
    advance(way.referral, way.told, person=way.person, now=way.now)
    row = snapshot_of(Referral.objects.get(pk=way.referral))
    kept = RunningClock.objects.filter(referral_id=way.referral, stopped_at__isnull=True)
    wanted = running(row)
    assert {(c.kind, c.rule, c.due_at, c.started_at) for c in kept} == {
        (c.kind, c.rule, c.due_at, c.started_at) for c in wanted
    }
    assert row.due_at == min((c.due_at for c in wanted if c.due_at), default=None)
    ended = RunningClock.objects.filter(referral_id=way.referral, stopped_at__isnull=False)
    assert {c.outcome for c in ended} <= {"met", "missed", "replaced", "void"}


@pytest.mark.parametrize("name", ADVERSE)
def test_an_adverse_step_is_signed_by_a_licensed_physician_and_by_nobody_else(there, name):
    way = way_to(name, there)
    for somebody in (
        there.person("lapsed@plan"),  # the licence has ended
        there.person("nurse@plan"),
        POLICY,
        Person("A service account", frozenset({"physician"}), credentials=way.person.credentials, npi="1234567893"),
        replace(way.person, credentials=tuple(replace(c, unrestricted=False) for c in way.person.credentials)),
        replace(way.person, npi=there.first.npi),  # the clinician whose care is questioned
    ):
        with pytest.raises(Refused):
            advance(way.referral, way.told, person=somebody, now=way.now)
    taken = advance(way.referral, way.told, person=way.person, now=way.now)
    event = Event.objects.get(referral_id=way.referral, position=taken.position)
    assert (event.role, event.details["signed"]["state"]) == ("physician", "CA")


def test_an_opinion_of_the_plans_own_is_timed_by_its_parent_and_by_itself_once_the_parent_is_decided(there):
    way = way_to("parent_decided", there)
    kinds = RunningClock.objects.filter(referral_id=way.referral, stopped_at__isnull=True)
    assert set(kinds.values_list("kind", flat=True)) == {"parent-decision"}
    advance(way.referral, way.told, person=way.person, now=way.now)
    assert set(kinds.values_list("kind", flat=True)) == {"decision"}
    row = snapshot_of(Referral.objects.get(pk=way.referral))
    assert counts_as_denied_at(row) is None, "nobody asked the plan for it, so its end denies nothing"
