"""What the database itself demands of an adverse act, whoever writes it and by whatever program."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from county import NOW, TODAY, county
from referrals.life import DENIAL, given_a_referral_with_a_physician
from secondopinion.people.models import Answer, License, Proposal, Staff
from secondopinion.people.person import POLICY, SYSTEM, Person
from secondopinion.referrals import migrations
from secondopinion.referrals.advance import advance
from secondopinion.referrals.gate import ADVERSE
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.models import Event

TRIGGER = Path(migrations.__file__).with_name("0014_adverse_acts_are_signed.py")
COPIED = """
INSERT INTO referrals_event (referral_id, network_id, position, step, source, target, actor, actor_staff, role, at,
                             edition, yes, no, finding, details, previous, hash)
SELECT referral_id, network_id, position + 1, %s, source, target, %s, %s, %s, at, edition, yes, no, finding,
       details || %s::jsonb, previous, hash
  FROM referrals_event WHERE referral_id = %s ORDER BY position DESC LIMIT 1
"""


def written(referral, step, staff, role, details="{}"):
    """Write an event past every line of Python, as a program with the application's own role could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COPIED, [step, "Somebody", staff, role, details, referral.pk])
        cursor.execute("SELECT count(*) FROM referrals_event WHERE referral_id = %s AND step = %s", [referral.pk, step])
        (count,) = cursor.fetchone()
        transaction.set_rollback(True)
    return count


def signature(staff):
    number = License.objects.get(staff=staff).number
    return f'{{"signed": {{"license": "{number}", "state": "CA"}}}}'


def test_the_database_knows_the_same_adverse_steps_as_the_table():
    (listed,) = re.findall(r"NEW\.step IN \(([^)]+)\)", TRIGGER.read_text())
    assert {name.strip(" '") for name in listed.split(",")} == set(ADVERSE)


@pytest.mark.parametrize("step", ADVERSE)
def test_no_service_account_writes_an_adverse_act_even_past_the_program(there, step):
    referral = given_a_referral_with_a_physician(there)
    physician, nurse, lapsed = (there.staff[n] for n in ("physician@plan", "nurse@plan", "lapsed@plan"))
    good = signature(physician)
    forged = [
        (None, "policy", good), (None, "system", good), (None, "physician", good), (nurse.pk, "nurse", good),
        (nurse.pk, "physician", good), (physician.pk, "nurse", good), (physician.pk, "physician", "{}"),
        (lapsed.pk, "physician", signature(lapsed)), (physician.pk, "physician", signature(lapsed)),
    ]  # fmt: skip
    for staff, role, details in forged:
        with pytest.raises(IntegrityError, match="signed by a physician in person"):
            written(referral, step, staff, role, details)
    assert written(referral, step, physician.pk, "physician", good) == 1


def test_a_step_that_harms_nobody_needs_no_licence(there):
    referral = given_a_referral_with_a_physician(there)
    assert written(referral, "authorize", None, "policy") == 1


@pytest.mark.parametrize("who", [POLICY, SYSTEM, Person("A machine", frozenset({"physician", "policy", "system"}))])
def test_no_service_account_gets_an_adverse_step_through_the_one_door(there, who):
    referral = given_a_referral_with_a_physician(there)
    with pytest.raises(Refused):
        advance(referral.pk, DENIAL, person=who, now=NOW)
    assert not Event.objects.filter(referral=referral, step="deny").exists()


def test_a_licence_whose_last_day_was_yesterday_signs_nothing_and_one_of_today_does(there):
    referral = given_a_referral_with_a_physician(there)
    license = License.objects.filter(staff=there.staff["physician@plan"])
    license.update(to_on=date(2026, 11, 22))  # Sunday, the day before
    with pytest.raises(Refused, match="licen"):
        advance(referral.pk, DENIAL, person=there.person("physician@plan"), now=NOW)
    license.update(to_on=date(2026, 11, 23))
    assert advance(referral.pk, DENIAL, person=there.person("physician@plan"), now=NOW).state == "denied"


def test_a_restricted_licence_signs_nothing(there):
    referral = given_a_referral_with_a_physician(there)
    License.objects.filter(staff=there.staff["physician@plan"]).update(unrestricted=False)
    with pytest.raises(Refused, match="licen"):
        advance(referral.pk, DENIAL, person=there.person("physician@plan"), now=NOW)


def approved_roles(there, name, *roles):
    """Two others propose and approve somebody's roles, from today on."""
    others = [there.staff[each] for each in ("admin@plan", "second-admin@plan")]
    proposal = Proposal.objects.create(
        kind="roles", subject=str(there.staff[name].pk), from_on=TODAY, before={"roles": []},
        after={"roles": list(roles)}, why="Another task", proposed_by=others[0], proposed_at=NOW,
    )  # fmt: skip
    Answer.objects.create(proposal=proposal, approved=True, answered_by=others[1], answered_at=NOW)


def test_who_is_no_physician_any_more_by_two_peoples_word_signs_nothing_in_the_database_either(there):
    referral, physician = given_a_referral_with_a_physician(there), there.staff["physician@plan"]
    approved_roles(there, "physician@plan", "nurse")
    with pytest.raises(IntegrityError, match="signed by a physician in person"):
        written(referral, "deny", physician.pk, "physician", signature(physician))
    approved_roles(there, "physician@plan", "nurse", "physician")
    assert written(referral, "deny", physician.pk, "physician", signature(physician)) == 1


@pytest.mark.usefixtures("as_plan")
def test_roles_that_work_on_no_referral_may_take_no_step():
    place = county()
    for name in ("oversight@plan", "compliance@plan", "calls@plan", "admin@plan", "second-admin@plan"):
        assert not [step.name for step in STEPS.values() if step.by & place.person(name).roles]
    assert Staff.objects.count() == len(place.staff)
