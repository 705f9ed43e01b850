"""A Medical Director vouches for a professional whose specialty does not fit by itself (III.B; level E3).

The wider specialty is not equivalent, and a specialty that the map does not relate to the condition is no background
for it. Training and expertise that a code does not show are a physician's to judge, for this referral alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from secondopinion.people.person import Person
from secondopinion.policy.gates import through_the_gates
from secondopinion.referrals import gate, match, notices
from secondopinion.referrals.change import Change
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_after import AttestTraining


def attest_training(before: Snapshot, told: AttestTraining, person: Person, now: datetime) -> Change:
    """Put on record, under the physician's own licence, that the professional is trained for this condition."""
    who = notices.professional(told.professional_id)
    if who is None:
        raise Refused("There is no such professional in the directory. Enter the professional there first.")
    if len(told.training.strip()) < gate.SHORTEST_REASON:
        raise Refused("Say in a sentence which training and expertise, and how it was found out.")
    looking, found = match.one(before, who, now)
    held = replace(found.held, contracted=True, attested=False)
    stopped = through_the_gates(held, looking.sought).refused_by
    if stopped is None:
        raise Refused("This professional may give the opinion without an attestation. Choose the professional.")
    still = match.refusal_of(replace(held, attested=True), looking.sought)
    if still:
        raise Refused(f"An attestation would not help. {still}")
    credential = gate.credential_to_sign(before, person)
    return Change(
        details={
            "professional": who.npi, "professional_id": str(who.pk), "training": told.training.strip(),
            "level": None if held.level is None else int(held.level),
            "signed": gate.signature(credential, person, told.training),
        },
    )  # fmt: skip
