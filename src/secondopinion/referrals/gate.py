"""Who may sign an adverse act: a licensed physician, in person, not involved before, who has read every paper.

The one gate before a denial, a limit, a delay, a rescission and a notice of cost (HSC 1367.01(e); GG.1508
III.H.4; GG.1507 II.J; NCQA UM 4). No service account passes it: a machine may authorize or ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from secondopinion.directory.find import professional_with
from secondopinion.people.person import Credential, Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.findings import Verdict
from secondopinion.policy.specialties import Level, equivalence, is_physician
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.models import Event, Paper, Referral
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Reason

SHORTEST_REASON = 20  # characters: enough to refuse “no” and “see file”
MAYBE_AN_APPEAL = "This request may be an appeal of an earlier decision. Say first which it is; both clocks run."
ADVERSE = tuple(step.name for step in STEPS.values() if step.adverse)


def signed(
    before: Snapshot, person: Person, considered: Iterable[UUID], expertise: str | None = None
) -> dict[str, Any]:
    """The signature that an adverse event carries: whose licence, and what was read. Raises Refused.

    `expertise`: the physician's own word of it, where necessity is judged; None where it is not.
    """
    if before.maybe_appeal_of_id is not None:
        raise Refused(MAYBE_AN_APPEAL)
    credential = credential_to_sign(before, person, expertise)
    papers = dict(Paper.objects.filter(referral_id=before.id).values_list("pk", "sha256"))
    if set(papers) - set(considered):
        raise Refused("Not every paper with the referral is marked as read. Read each one, mark it, then sign.")
    return {"considered": sorted(papers.values()), "signed": signature(credential, person, expertise or "")}


def signature(credential: Credential, person: Person, expertise: str = "") -> dict[str, str]:
    """Who signed, and with which licence, as the history keeps it."""
    return {
        "license": credential.license, "state": credential.state, "specialty": credential.specialty,
        "npi": person.npi, "title": person.title, "expertise": expertise.strip(),
    }  # fmt: skip


def credential_to_sign(before: Snapshot, person: Person, expertise: str | None = None) -> Credential:
    """The licence that an adverse decision is signed with; `Refused` says why there is none.

    `expertise`: needed in words where the licence is for a distant field; None where necessity is not judged.
    """
    if person.staff_id is None:
        raise Refused("A system may not sign an adverse decision. A physician signs it, in person.")
    licenses = [c for c in person.credentials if c.state == "CA" and c.unrestricted and is_physician(c.specialty)]
    if not licenses:
        raise Refused(
            "Only a physician with an active, unrestricted California licence and a specialty on record may deny. "
            "There is none on record for you today. Ask a physician who has one."
        )
    involved = _involved(before)
    if person.npi and person.npi in involved:
        raise Refused(
            "You are the clinician whose opinion is questioned, you gave an opinion, or you asked for this referral. "
            "Another physician must decide."
        )
    again = before.reopened_at is not None or before.appeal_received_at is not None
    if again and Event.objects.filter(referral_id=before.id, step__in=ADVERSE, actor_staff=person.staff_id).exists():
        raise Refused("You signed an earlier decision on this request. Another physician must decide.")
    return licenses[0] if expertise is None else _nearest(licenses, before, expertise)


def _involved(before: Snapshot) -> set[str]:
    """The numbers of everybody who asked, is questioned, or gave an opinion in this chain."""
    numbers = {before.requester_npi}
    for key in (before.clinician_id, before.professional_id):
        who = professional_with(key)
        numbers |= {who.npi} if who else set()
    earlier = before.follows_id
    while earlier is not None:
        row = Referral.objects.filter(pk=earlier).values_list("follows_id", "professional__npi").first()
        if row is None:
            break
        earlier, npi = row
        numbers |= {npi} if npi else set()
    return numbers - {""}


def _nearest(licenses: list[Credential], before: Snapshot, expertise: str) -> Credential:
    """The licence nearest to the care in question. A distant one needs the physician's own word of expertise."""
    # Reading: the law asks for expertise in the Member's needs (42 CFR 438.210(b)(3)), not for the same specialty;
    # a physician of another field says in writing what fits him or her, or asks an outside specialist first
    # (GG.1508 III.H.2).
    if not before.clinician_taxonomy:
        return licenses[0]

    day, plan = before.received_at.astimezone(PACIFIC).date(), the_plan().name

    def distance(credential: Credential) -> Level:
        return min(
            equivalence(before.clinician_taxonomy, credential.specialty, None, day, plan),
            equivalence(credential.specialty, before.clinician_taxonomy, None, day, plan),
        )

    nearest = min(licenses, key=distance)
    if distance(nearest) > Level.E3 and len(expertise.strip()) < SHORTEST_REASON:
        raise Refused(
            "Your licence is for another field than the care in question. Say in a sentence what training or "
            "experience fits you to judge it, or which specialist you asked (GG.1508 III.H.2)."
        )
    return nearest


def check_reasons(before: Snapshot, reasons: tuple[Reason, ...], citable: Iterable[str]) -> None:
    """Refuse reasons that are missing, or rest on no clause of the edition in force (F04, F10)."""
    if not reasons:
        raise Refused("A denial or a limit needs at least one reason with the clause it rests on.")
    for reason in reasons:
        if reason.clause not in citable:
            raise Refused(
                f"“{reason.clause}” is no clause that this decision may rest on (edition {before.edition}). "
                "Cite a clause from the list."
            )


def check_parts(parts: Mapping[str, int], what: str) -> None:
    """Refuse an adverse decision with a part that is too short to be understood, naming every such part."""
    short = [name for name, length in parts.items() if length < SHORTEST_REASON]
    if short:
        raise Refused(f"{what} lacks {', '.join(short)}. Write it in words that the Member will understand.")


def refuse_against_a_yes(before: Snapshot) -> None:
    """The policy's yes cannot be turned into a no."""
    if before.finding().verdict is Verdict.YES:
        raise Refused("The policy authorizes this request. It cannot be denied; authorize it.")
