"""From choice to report: the one visit, and the written report (III.A to III.G). The choice itself: choosing.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from secondopinion.directory.verifying import doubt_of
from secondopinion.people.person import Person
from secondopinion.policy.asked import Opinion
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.findings import Verdict
from secondopinion.policy.opinions import Need, differ
from secondopinion.referrals import notices, notices_after
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import ConsultationReport, Paper
from secondopinion.referrals.papers import paper
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Miss, Report, Schedule, See
from secondopinion.referrals.told_after import DECLINES, Decline

SECOND = 2  # the number of the opinion that II.D compares with the first


def schedule(before: Snapshot, told: Schedule, person: Person, now: datetime) -> Change:
    """Set or move the appointment of the one visit; moving it keeps the unit (III.G)."""
    if before.professional_id is None:
        raise Refused("No professional is chosen yet. Record the Member's choice first.")
    if told.appointment_at <= now:
        raise Refused("The appointment lies in the past. If the visit took place, record the visit instead.")
    if before.valid_until and told.appointment_at.astimezone(PACIFIC).date() > before.valid_until:
        raise Refused(f"The authorization is valid until {before.valid_until:%A, %B %-d, %Y}. Choose a day before.")
    return Change(
        details={"appointment_at": told.appointment_at.isoformat(), "how": told.how},
        columns={"appointment_at": told.appointment_at},
    )


def decline(before: Snapshot, told: Decline, person: Person, now: datetime) -> Change:
    """The professional will not see the Member. The authorization stands; the Member chooses again (F30).

    What the reason says about the directory goes there with the step: the reason alone, nothing of the Member (F24).
    """
    if told.reason not in DECLINES:
        raise Refused(f"“{told.reason}” is no reason on the list. It can be: {', '.join(DECLINES)}.")
    who = notices.professional(before.professional_id)
    if who is None:
        raise Refused("No professional is chosen, so nobody can have declined.")
    columns: dict[str, Any] = {"professional_id": None, "appointment_at": None, "appointment_from_at": now}
    if before.outside_professional_id == who.pk:
        columns |= {"outside_professional_id": None, "outside_agreed_at": None, "agreement": ""}
    again = before.after({**columns, "state": State.AUTHORIZED.value})
    letters = notices_after.appointment_reminder(again, now)
    return Change(
        details={"professional": who.npi, "reason": told.reason, "words": told.words.strip()},
        columns=columns,
        owes=tuple(Owed(*letter) for letter in letters),
        rows=(doubt_of(who.pk, told.reason, person.name, now),),
    )


def miss(before: Snapshot, told: Miss, person: Person, now: datetime) -> Change:
    """The Member was not seen. The authorization stays good for its one visit."""
    if not told.reason.strip():
        raise Refused("Say why the visit did not take place, in a few words.")
    return Change(details={"reason": told.reason}, columns={"appointment_at": None, "appointment_from_at": now})


def see(before: Snapshot, told: See, person: Person, now: datetime) -> Change:
    """Record the one visit; the report is due ten working days later (GG.1113 II.G.4.b)."""
    today = now.astimezone(PACIFIC).date()
    if before.professional_id is None:
        raise Refused("No professional is chosen yet, so nobody can have been authorized to see the Member.")
    if told.visited_on > today:
        raise Refused("The visit lies in the future. Record it on the day it has taken place.")
    if before.authorized_on and told.visited_on < before.authorized_on:
        raise Refused(
            f"The visit lies before the authorization of {before.authorized_on:%A, %B %-d, %Y}. "
            "A visit without authorization is no visit under this referral; check the day."
        )
    if before.valid_until and told.visited_on > before.valid_until:
        raise Refused(f"The authorization ended on {before.valid_until:%A, %B %-d, %Y}. A new one is needed.")
    return Change(
        details={"visited_on": told.visited_on.isoformat()},
        columns={"visited_on": told.visited_on},
    )


def report(before: Snapshot, told: Report, person: Person, now: datetime) -> Change:
    """Keep the written report and its structured outcome; owe it to Member, PCP and treating professional.

    Where it differs from the first opinion on the need for the procedure, the Member is offered a third at once (II.D).
    """
    if told.need not in {need.value for need in Need}:
        raise Refused(f"Say what the consultant found about the procedure: one of {', '.join(Need)}.")
    if not told.summary.strip():
        raise Refused("Write the consultant's opinion in a few sentences; the file alone cannot be compared.")
    if before.visited_on is None or told.signed_on < before.visited_on:
        raise Refused("The report cannot be signed before the visit. Check the two days.")
    if told.signed_on > now.astimezone(PACIFIC).date():
        raise Refused("The report cannot be signed in the future. Check the day.")
    agrees = agrees_with_the_first(before, told)
    file = paper(before, Paper.Kind.REPORT, told.file_name, told.content, person, now)
    kept = ConsultationReport(
        referral_id=before.id, network_id=before.network_id, paper=file, visited_on=before.visited_on,
        need=told.need, agrees=agrees, summary=told.summary.strip(), recommended=told.recommended.strip(),
        other_disparity=told.other_disparity.strip(), signed_on=told.signed_on, received_at=now,
    )  # fmt: skip
    letters = notices.report_delivery(before, file.pages, agrees, now)
    if agrees is False and before.opinion != Opinion.ADDITIONAL and before.opinion_number == SECOND:
        letters += notices_after.third_opinion_offer(before, first_need(before), Need(told.need), now)
    return Change(
        details={
            "need": told.need, "agrees": agrees, "paper": file.sha256, "pages": file.pages,
            "signed_on": told.signed_on.isoformat(), "first_need": first_need(before) or "",
            "differs_why": told.differs_why.strip(), "other_disparity": told.other_disparity.strip(),
        },
        columns={"report_received_at": now, "report_delivered_at": None},
        owes=tuple(Owed(*letter) for letter in letters),
        rows=(file, kept),
    )  # fmt: skip


def first_need(before: Snapshot) -> Need | None:
    """What the first practitioner said of the procedure, where anybody recorded it."""
    # Reading: an operation that is recommended is one that the first practitioner finds needed.
    if before.first_need:
        return Need(before.first_need)
    return Need.NEEDED if before.answers.get("surgery_is_recommended") else None


def agrees_with_the_first(before: Snapshot, told: Report) -> bool | None:
    """Whether the consultant agrees with the first practitioner on the need; None where it cannot be said.

    A person may settle what the two outcomes leave open, or set them right, and says why.
    """
    found = {Verdict.YES: False, Verdict.NO: True, Verdict.UNKNOWN: None}[differ(first_need(before), Need(told.need))]
    if told.differs is None:
        return found
    if found is not None and found is told.differs and not told.differs_why.strip():
        raise Refused("You say otherwise than the two outcomes do. Say in a sentence why.")
    return not told.differs
