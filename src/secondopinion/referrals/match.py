"""Who may give this opinion: the candidates of III.A and III.B, and why a choice is refused."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from secondopinion.directory.find import in_network_on, is_contracted, miles_between
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import Member
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.edition_2024_12.section_iii import SAME_SPECIALTY
from secondopinion.policy.gg1538.questions import Choice
from secondopinion.policy.parameters import value
from secondopinion.policy.specialties import Level, equivalence, is_physician
from secondopinion.referrals.models import Referral
from secondopinion.referrals.snapshot import Snapshot

FAR_AWAY = float("inf")  # where a professional stands in the order whose place is not known


def why_not(before: Snapshot, who: QualifiedProfessional, now: datetime) -> str:
    """Why this professional may not give the opinion, in a sentence; empty when nothing speaks against it."""
    against = unfit(before, who, now)
    if against or who.pk == before.outside_professional_id:
        return against
    if not is_contracted(who, now.astimezone(PACIFIC).date()):
        return (
            "This professional has no contract with the plan or a Health Network today. "
            "Choose one from the list; going outside needs proof that nobody inside is available (II.H)."
        )
    if not who.accepts_new_members:
        return "This professional takes no new Members now; choose another."
    return ""


def unfit(before: Snapshot, who: QualifiedProfessional, now: datetime) -> str:
    """Why this professional may not give the opinion, whatever the contract; empty when nothing speaks against it."""
    day, going = now.astimezone(PACIFIC).date(), where_to(before)
    if who.pk == before.clinician_id:
        return "This is the clinician whose opinion is questioned; choose another professional."
    if who.pk in gave_an_opinion(before, going):
        return "This professional has given one of the opinions already; choose another."
    if who.excluded:
        return "This professional is on an exclusion list and may not be paid; choose another."
    if who.license_to_on < day:
        return "The licence on record has ended; choose another professional."
    return wrong_specialty(before, going, who)


def where_to(before: Snapshot) -> Choice:
    """Where the policy lets the Member go, from the recorded answers."""
    return questions.where_may_the_member_go(before.edition_in_force, before.asked, before.answers)


def gave_an_opinion(before: Snapshot, going: Choice) -> set[UUID]:
    """Who has seen the Member for an earlier opinion: none of them may give the next one (II.D, II.I)."""
    if questions.GAVE_SECOND_OPINION not in going.excludes:
        return set()
    seen = Referral.objects.filter(member_id=before.member_id, visited_on__isnull=False, professional__isnull=False)
    return set(seen.exclude(pk=before.id).values_list("professional_id", flat=True))


def wrong_specialty(before: Snapshot, going: Choice, who: QualifiedProfessional) -> str:
    """Why the professional's specialty or licence does not fit (III.A, III.B, II.F); empty when it does."""
    if going.same_license and before.clinician_taxonomy and who.taxonomy[:3] != before.clinician_taxonomy[:3]:
        return "The clinician questioned is no physician: choose a professional of the same licence (II.F)."
    if going.candidates != SAME_SPECIALTY:
        return ""
    if who.serves_as_pcp or not is_physician(who.taxonomy):
        return "An opinion about a specialist's care comes from a Specialist Physician (III.B); choose one."
    if before.clinician_taxonomy and level_of(before, who) > Level.E2:
        return "The specialty is neither the same nor equivalent (III.B); choose from the list."
    return ""


def level_of(before: Snapshot, who: QualifiedProfessional) -> Level:
    """How near the professional's nearest specialty is to that of the clinician questioned."""
    codes = (who.taxonomy, *who.other_taxonomies)
    return min(equivalence(before.clinician_taxonomy, code, None) for code in codes)


def candidates_for(before: Snapshot, member: Member, now: datetime) -> list[QualifiedProfessional]:
    """Everyone in the plan's networks who may give the opinion: nearest specialty first, then nearest place."""
    day = now.astimezone(PACIFIC).date()
    going = where_to(before)  # asked once, not for each professional
    taken = {before.clinician_id, *gave_an_opinion(before, going)}
    able = [
        p
        for p in in_network_on(day).filter(accepts_new_members=True)
        if p.pk not in taken and not wrong_specialty(before, going, p)
    ]

    def rank(who: QualifiedProfessional) -> tuple[int, float, str, str]:
        level = level_of(before, who) if before.clinician_taxonomy else Level.E0
        miles = miles_from(member, who) or 0.0 if is_placed(who) else FAR_AWAY
        return (int(level), miles, who.last_name, who.npi)

    return sorted(able, key=rank)


def reachable_for(before: Snapshot, member: Member, now: datetime) -> list[QualifiedProfessional]:
    """Of the candidates, those within the distance that counts as available (II.G, II.H; GG.1600)."""
    most = value("access.distance", now.astimezone(PACIFIC).date()).number
    near = []
    for who in candidates_for(before, member, now):
        miles = miles_from(member, who)
        # A professional whose place is not known is not shown to be near: unknown is not yes.
        if is_placed(who) and (miles is None or miles <= most):
            near.append(who)
    return near


def is_placed(who: QualifiedProfessional) -> bool:
    """Whether a source gave the coordinates of where the professional practises."""
    return who.latitude is not None and who.longitude is not None


def miles_from(member: Member, who: QualifiedProfessional) -> float | None:
    """Miles from the Member's home to the professional, when both places are known."""
    if member.latitude is None or member.longitude is None or who.latitude is None or who.longitude is None:
        return None
    return miles_between(member.latitude, member.longitude, who.latitude, who.longitude)
