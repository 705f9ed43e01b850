"""From authorization to report: the Member's choice, the one visit, and the written report (III.A to III.G)."""

from __future__ import annotations

from datetime import datetime

from secondopinion.people.person import Person
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import report_clock, report_delivery_clock
from secondopinion.referrals import notices
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.lifecycle import Refused, State
from secondopinion.referrals.match import why_not
from secondopinion.referrals.models import ConsultationReport, Paper
from secondopinion.referrals.papers import paper
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Choose, Miss, Report, Schedule, See

# Whether a need that the consultant states agrees with a recommendation to do the procedure; None: it cannot be said.
AGREES = {
    "needed": True, "not-needed": False, "alternative": False, "defer": False, "undetermined": None,
    "no-procedure": None,
}  # fmt: skip


def choose(before: Snapshot, told: Choose, person: Person, now: datetime) -> Change:
    """Record whom the Member chose. Once authorized, the professional and the Member are written to."""
    who = notices.professional(told.professional_id)
    if who is None:
        raise Refused("There is no such professional in the directory. Choose one from the list.")
    if not told.by.strip() or not told.how.strip():
        raise Refused("Say who chose and how it reached us: the choice is the Member's (III.A, III.B).")
    refusal = why_not(before, who, now)
    if refusal:
        raise Refused(refusal)
    if who.pk == before.professional_id:
        raise Refused("This professional is chosen already; nothing was changed.")
    letters: notices.Letters = ()
    if before.stands is State.AUTHORIZED:
        columns = {
            "authorization_number": before.authorization_number,
            "authorized_on": before.authorized_on,
            "valid_until": before.valid_until,
        }
        letters = notices.approval(before, columns, who, now, with_requester=False)
    return Change(
        details={"professional": who.npi, "by": told.by, "how": told.how},
        columns={"professional_id": who.pk},
        owes=tuple(Owed(*letter) for letter in letters),
    )


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
        stops=("appointment",),
    )


def miss(before: Snapshot, told: Miss, person: Person, now: datetime) -> Change:
    """The Member was not seen. The authorization stays good for its one visit."""
    if not told.reason.strip():
        raise Refused("Say why the visit did not take place, in a few words.")
    return Change(details={"reason": told.reason}, columns={"appointment_at": None})


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
        starts=(report_clock(told.visited_on, Program(before.program)),),
        stops=("appointment",),
    )


def report(before: Snapshot, told: Report, person: Person, now: datetime) -> Change:
    """Keep the written report and its structured outcome; owe it to Member, PCP and treating professional."""
    if told.need not in AGREES:
        raise Refused(f"Say what the consultant found about the procedure: one of {', '.join(AGREES)}.")
    if not told.summary.strip():
        raise Refused("Write the consultant's opinion in a few sentences; the file alone cannot be compared.")
    if before.visited_on is None or told.signed_on < before.visited_on:
        raise Refused("The report cannot be signed before the visit. Check the two days.")
    if told.signed_on > now.astimezone(PACIFIC).date():
        raise Refused("The report cannot be signed in the future. Check the day.")
    file = paper(before, Paper.Kind.REPORT, told.file_name, told.content, person, now)
    agrees = AGREES[told.need]
    kept = ConsultationReport(
        referral_id=before.id, network_id=before.network_id, paper=file, visited_on=before.visited_on,
        need=told.need, agrees=agrees, summary=told.summary.strip(), recommended=told.recommended.strip(),
        signed_on=told.signed_on, received_at=now,
    )  # fmt: skip
    return Change(
        details={"need": told.need, "agrees": agrees, "paper": file.sha256, "pages": file.pages,
                 "signed_on": told.signed_on.isoformat()},
        owes=tuple(Owed(*letter) for letter in notices.report_delivery(before, file.pages, agrees, now)),
        starts=(report_delivery_clock(now, Program(before.program)),),
        stops=("report",),
        rows=(file, kept),
    )  # fmt: skip
