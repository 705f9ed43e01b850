"""A representative withdraws, objects and asks only where the authority on record reaches so far that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from county import NOW, TODAY, county
from referrals.brought import contact
from referrals.life import YES, asked
from referrals.ways import denied
from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.people.representing import end
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import Withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_plan")]
BY_ROSA = Withdraw("authorized-representative", "Rosa Field", "She wants it no more.")


@pytest.fixture
def there():
    return county()


def rosa(member, *scopes):
    return AuthorizedRepresentative.objects.create(
        member=member, name="Rosa Field", authority="in-writing", evidence="x", from_on=TODAY, scopes=list(scopes)
    )


def received(there, **other):
    return receive(asked(there, **other), person=there.person("intake@plan"), now=NOW).referral_id


def withdraw(there, referral, told=BY_ROSA):
    return advance(referral, told, person=there.person("intake@plan"), now=NOW)


def test_only_who_may_withdraws_and_the_member_always_may(there):
    referral = received(there)
    with pytest.raises(Refused, match="Nobody of that name may do this for the Member on Monday, November 23"):
        withdraw(there, referral)
    rosa(there.one, "choose", "letters")
    with pytest.raises(Refused, match="Record the representative's authority first"):
        withdraw(there, referral)
    authority = rosa(there.one, "withdraw")
    end(authority, "revoked", TODAY, "She called.", person=there.person("nurse@plan"), now=NOW)
    with pytest.raises(Refused, match="or ask the Member"):
        withdraw(there, referral)
    rosa(there.one, "withdraw")
    assert withdraw(there, referral).state == "withdrawn"
    assert withdraw(there, received(there), Withdraw("member", "Member One", "No more.")).state == "withdrawn"


def test_sensitive_care_needs_an_appointment_that_names_it(there):
    rosa(there.one, "withdraw")
    referral = received(there, condition_code="F32.1")
    with pytest.raises(Refused, match="Nobody of that name"):
        withdraw(there, referral)
    rosa(there.one, "withdraw", "sensitive")
    assert withdraw(there, referral).state == "withdrawn"


def test_an_appeal_by_nobody_on_record_needs_the_members_written_consent(there):
    way = denied(there)
    told = replace(contact(), by="authorized-representative", by_name="Rosa Field", appeal=True, complaint=False,
                   received_at=NOW + timedelta(hours=1))  # fmt: skip
    later, intake = NOW + timedelta(hours=2), there.person("intake@plan")
    with pytest.raises(Refused, match="only with the Member's written consent"):
        advance(way.referral, told, person=intake, now=later)
    rosa(there.one, "object")
    advance(way.referral, told, person=intake, now=later)
    assert Referral.objects.get(pk=way.referral).appeal_received_at == told.received_at


@pytest.mark.parametrize(("on_record", "waits"), [("Rosa Field", False), ("Ann Smith", True), ("", True)])
def test_a_onecare_request_waits_for_the_authority_of_the_very_person_who_asks(there, on_record, waits):
    if on_record:
        AuthorizedRepresentative.objects.create(
            member=there.joe, name=on_record, authority="legal", evidence="x", from_on=TODAY
        )
    referral = received(
        there, member=there.joe, program="onecare", requester="authorized-representative", requester_name="rosa field",
        answers={**YES, "surgery_is_recommended": None},
    )  # fmt: skip
    assert Referral.objects.get(pk=referral).representative_needed is waits
