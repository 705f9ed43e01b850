"""Outside the network: the proof of the search, the Medical Director's yes, and the letter of agreement (II.H, III.B).

An authorization never waits silently for the agreement: the Member is told at once, the agreement has a clock of
its own, and what it costs is between the professional and whoever pays. The Member pays nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from secondopinion.directory.find import is_contracted
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals import match, notices, notices_after, searching
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Agreement, Event
from secondopinion.referrals.responsible import responsible
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import State
from secondopinion.referrals.told_after import AgreeOutside, DraftAgreement, DropAgreement, Search, SignAgreement


def search(before: Snapshot, told: Search, person: Person, now: datetime) -> Change:
    """Search the network as it stands today, keep every candidate with the reason it failed, and answer the facts."""
    found = searching.search_for(before, notices.member_of(before), dict(told.first_openings), now)
    answers = {**before.answers, **found.answers}
    yes, no = questions.as_masks(before.edition_in_force, answers)
    return Change(
        details={"search": found.as_details, "note": told.note.strip()},
        columns={"yes": yes, "no": no, "search_asked_at": None},
        finding=questions.where_may_the_member_go(before.edition_in_force, before.asked, answers).out_of_network,
    )


def agree_outside(before: Snapshot, told: AgreeOutside, person: Person, now: datetime) -> Change:
    """The Medical Director's yes to a Non-Contracted Provider; the policy must find that nobody inside can (II.H)."""
    today = now.astimezone(PACIFIC).date()
    who = notices.professional(told.professional_id)
    if who is None:
        raise Refused("There is no such professional in the directory. Enter the Non-Contracted Provider there first.")
    if is_contracted(who, today):
        raise Refused("This professional is under contract, so no agreement is needed. Choose the professional.")
    outside = questions.where_may_the_member_go(before.edition_in_force, before.asked, before.answers).out_of_network
    # Reading: an appeal that lifted the limit of II.G has said that the Member may go outside, whoever is inside.
    if outside.verdict is not Verdict.YES and not limit_was_lifted(before):
        raise Refused(
            "The policy does not find that nobody in the network is available. Search the network first; the search "
            "is the proof (II.H)."
        )
    if not told.why.strip():
        raise Refused("Say in a sentence why this professional: training, distance, or the first opening.")
    against = match.unfit(before, who, now)
    if against:
        raise Refused(against)
    if not limit_was_lifted(before):
        searching.fresh_proof(before, now)
    payer = questions.who_pays(
        before.edition_in_force, before.asked, contracted=False, decider=responsible(before, now).decider
    )
    return Change(
        details={"professional": who.npi, "why": told.why.strip(), "payer": payer.payer,
                 "member_pays": payer.member_pays, **searching.attached(before)},
        columns={"outside_professional_id": who.pk, "outside_agreed_at": now, "agreement": "",
                 "agreement_payer": payer.payer, "member_pays": payer.member_pays},
        finding=outside,
    )  # fmt: skip


def limit_was_lifted(before: Snapshot) -> bool:
    """Did an appeal lift the limit that kept the choice to the network?"""
    last = Event.objects.filter(referral_id=before.id, step__in=("limit", "grant_in_part", "lift"))
    taken = list(last.order_by("-position").values_list("step", flat=True)[:2])
    return taken == ["lift", "limit"]


def draft_agreement(before: Snapshot, told: DraftAgreement, person: Person, now: datetime) -> Change:
    """Send the letter of agreement, with the rate and who pays (EE.1141)."""
    if before.outside_agreed_at is None or before.outside_professional_id is None:
        raise Refused("No Medical Director has agreed to a Non-Contracted Provider yet. That comes first (II.H).")
    if before.agreement == Agreement.SIGNED:
        raise Refused("The agreement is signed already; nothing was sent.")
    if not told.rate.strip():
        raise Refused("Say the rate in words, such as the Medi-Cal fee-for-service rate.")
    letters = notices_after.agreement(before, told, now)
    return Change(
        details={"rate": told.rate.strip(), "payer": before.agreement_payer},
        columns={"agreement": Agreement.DRAFTED.value, "agreement_rate": told.rate.strip()[:200]},
        owes=tuple(Owed(*letter) for letter in letters),
    )


def sign_agreement(before: Snapshot, told: SignAgreement, person: Person, now: datetime) -> Change:
    """The signed agreement is here; its clock ends."""
    if before.agreement != Agreement.DRAFTED:
        raise Refused("No letter of agreement waits for a signature. Send it first.")
    if told.signed_on > now.astimezone(PACIFIC).date() or not told.by_name.strip():
        raise Refused("Say who signed, and on which day, not later than today.")
    return Change(
        details={"signed_on": told.signed_on.isoformat(), "by_name": told.by_name.strip(),
                 "rate": before.agreement_rate, "payer": before.agreement_payer},
        columns={"agreement": Agreement.SIGNED.value, "agreement_signed_on": told.signed_on},
    )  # fmt: skip


def drop_agreement(before: Snapshot, told: DropAgreement, person: Person, now: datetime) -> Change:
    """No agreement came about. The authorization stands, and the search for a professional goes on."""
    if before.outside_agreed_at is None or before.agreement == Agreement.SIGNED:
        raise Refused("No talks about an agreement are open, so there is nothing to end.")
    if not told.why.strip():
        raise Refused("Say why no agreement came about.")
    columns: dict[str, Any] = {
        "agreement": Agreement.DROPPED.value, "outside_professional_id": None, "outside_agreed_at": None,
    }  # fmt: skip
    if before.professional_id == before.outside_professional_id:
        columns |= {"professional_id": None, "appointment_at": None, "appointment_from_at": now}
    again = before.after({**columns, "state": State.AUTHORIZED.value})
    letters = notices_after.appointment_reminder(again, now)
    return Change(details={"why": told.why.strip()}, columns=columns, owes=tuple(Owed(*x) for x in letters))
