"""A decline tells the directory what it says about the professional, in the step's own transaction, and no more."""

from __future__ import annotations

import pytest

from county import NOW, County
from referrals.brought import authorized
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_verifying import Doubt
from secondopinion.directory.verifying import open_tasks
from secondopinion.people.rls import Scope, set_scope
from secondopinion.referrals import told_after as after
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral

WORDS = "The Member's heart condition is beyond us."
ASKS = {
    "not-accepting": "accepts", "not-at-this-place": "place", "not-my-field": "field",
    "no-appointment": "", "affiliated": "", "other": "",
}  # fmt: skip


def declined(there: County, reason: str) -> Doubt:
    authorized(there).then(after.Decline(reason, WORDS), "intake@plan")
    return Doubt.objects.get()


def test_every_reason_to_decline_is_thought_of() -> None:
    assert set(ASKS) == set(after.DECLINES)


@pytest.mark.parametrize("reason", ASKS)
def test_a_decline_opens_a_task_where_it_speaks_against_the_entry(there: County, reason: str) -> None:
    doubt = declined(there, reason)
    assert (doubt.asks, doubt.reason, doubt.raised_at) == (ASKS[reason], reason, NOW)
    assert doubt.raised_by == there.staff["intake@plan"].name
    assert bool(open_tasks([doubt.professional_id])) is bool(ASKS[reason])


def test_nothing_of_the_member_or_the_referral_goes_into_the_directory(there: County) -> None:
    doubt = declined(there, "not-my-field")
    number = Referral.objects.get().number
    kept = " ".join(str(value) for value in Doubt.objects.filter(pk=doubt.pk).values_list()[0])
    for word in (WORDS, number, str(Referral.objects.get().pk), there.one.last_name, str(there.one.pk)):
        assert word not in kept
    assert {field.name for field in Doubt._meta.get_fields() if field.is_relation} == {"professional"}


def test_a_refused_decline_leaves_no_doubt(there: County) -> None:
    with pytest.raises(Refused):
        authorized(there).then(after.Decline("too-busy"), "intake@plan")
    assert not Doubt.objects.exists()


def test_a_network_that_may_not_see_the_referral_sees_the_task(there: County) -> None:
    who = declined(there, "not-accepting").professional_id
    set_scope(Scope((there.sierra.pk,), NOW.date()))
    assert not Referral.objects.exists()
    assert QualifiedProfessional.objects.filter(pk__in=open_tasks([who])).exists()
