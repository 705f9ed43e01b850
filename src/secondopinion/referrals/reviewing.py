"""Steps between receipt and decision: say what it is, answer, ask for information, pass it up or back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from secondopinion.people.person import Person
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import plain, questions
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.clockwork import decision_due
from secondopinion.referrals.deciding import asks_to_go_outside
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Paper
from secondopinion.referrals.notices import information_needed
from secondopinion.referrals.papers import paper
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import By
from secondopinion.referrals.told import Answer, Ask, Classify, FileRecord, HandOver, ReferUp, SendBack, Supply, TakeUp


def classify(before: Snapshot, told: Classify, person: Person, now: datetime) -> Change:
    """Say second, third or additional, and PCP or specialist care; the clocks are read again from receipt."""
    columns = {
        "opinion": told.opinion.value,
        "about": told.about.value,
        "clinician_id": told.clinician_id or before.clinician_id,
        "clinician_name": told.clinician_name or before.clinician_name,
        "clinician_taxonomy": told.clinician_taxonomy or before.clinician_taxonomy,
    }
    return Change(details={k: str(v) for k, v in columns.items() if v}, columns=columns)


def hand_over(before: Snapshot, told: HandOver, person: Person, now: datetime) -> Change:
    """Close what is no second opinion, naming who has it now; its clock goes on there from the same receipt."""
    if not told.to.strip():
        raise Refused("Say to whom the request was handed over, so that it is not lost.")
    return Change(details={"to": told.to.strip()})


def answer(before: Snapshot, told: Answer, person: Person, now: datetime) -> Change:
    """Record answers. A clinical judgment is only for a nurse or a physician to give."""
    edition = before.edition_in_force
    known = {name: fact for name, fact in questions.facts(edition).items() if not fact.hidden}
    unknown = sorted(set(told.answers) - set(known))
    if unknown:
        raise Refused(f"The policy asks nothing called {', '.join(unknown)}. Use the questions on the page.")
    if not told.answers:
        raise Refused("No answer was given, so nothing was recorded. Answer at least one question.")
    reserved = sorted(f for f in told.answers if known[f].only_licensed)
    if reserved and not person.is_a("nurse", "physician"):
        raise Refused(
            "Whether there is another good reason to authorize is a clinical judgment. "
            "Send the referral to a nurse or a physician for that question."
        )
    answers = {**before.answers, **told.answers}
    yes, no = questions.as_masks(edition, answers)
    changed = {f: {"from": before.answers.get(f), "to": v} for f, v in told.answers.items()
               if before.answers.get(f) != v}  # fmt: skip
    if not changed:
        raise Refused("These answers are recorded already; nothing was changed.")
    columns: dict[str, Any] = {"yes": yes, "no": no}
    if before.found_by and before.information_complete_at is None and exceptions_are_settled(before, answers):
        columns["information_complete_at"] = now
    return Change(details={"answers": changed, "source": told.source}, columns=columns, finding=before.finding(answers))


def exceptions_are_settled(before: Snapshot, answers: Mapping[str, bool | None]) -> bool:
    """Is it known of a visit that was found whether any exception excuses it? Its time to decide starts then."""
    # Reading: what is needed to decide on such a visit is complete once every exception is answered, or one holds
    # (HSC 1367.01(h)(1); III.D).
    verdict = questions.may_cost_lie_with_member(before.edition_in_force, before.asked, answers).verdict
    return verdict is not Verdict.UNKNOWN


def file_record(before: Snapshot, told: FileRecord, person: Person, now: datetime) -> Change:
    """Keep a medical record with the referral. What cannot be read is refused before anything is kept."""
    file = paper(before, Paper.Kind.RECORD, told.file_name, told.content, person, now)
    details = {"name": file.name, "pages": file.pages, "paper": file.sha256, "note": told.note.strip()}
    return Change(details=details, rows=(file,))


def take_up(before: Snapshot, told: TakeUp, person: Person, now: datetime) -> Change:
    """A nurse takes the referral; if all was in hand at receipt, the State's clock started there."""
    if not told.complete or before.information_complete_at is not None:
        return Change(details={"complete": before.information_complete_at is not None})
    return Change(details={"complete": True}, columns={"information_complete_at": before.received_at})


def ask(before: Snapshot, told: Ask, person: Person, now: datetime) -> Change:
    """Ask for what is missing. Refused when the policy already finds yes: nobody is asked to buy time (F12)."""
    if not told.items:
        raise Refused("Name at least one thing that is missing, and the clause that needs it.")
    if before.finding().verdict is Verdict.YES:
        raise Refused("The policy already authorizes this request. Authorize it; nothing more may be asked for.")
    citable = plain.citable(before.edition_in_force)
    for item in told.items:
        if item.clause not in citable or not item.words.strip():
            raise Refused("Each thing asked for needs plain words and the clause of the policy it would settle.")
    due = decision_due(before)
    if due is not None and now > due:
        raise Refused(
            "The time to decide is over, so nothing more can be asked for. Decide now on what is there; "
            "the request counts as denied otherwise, and the Member may appeal."
        )
    return Change(
        details={"items": [asdict(i) for i in told.items]},
        columns={"information_asked_at": now},
        owes=tuple(Owed(*letter) for letter in information_needed(before, told.items, now)),
        finding=before.finding(),
    )


def check_arrival(before: Snapshot, at: datetime, now: datetime) -> None:
    """Refuse an instant of arrival that cannot be."""
    if at > now:
        raise Refused("The information cannot have arrived in the future. Enter when it really came in.")
    if at < before.received_at:
        raise Refused("The information cannot have arrived before the request itself. Check the day and the time.")


def supply(before: Snapshot, told: Supply, person: Person, now: datetime) -> Change:
    """Information came in. When complete, the State's five business days start at that instant (HSC 1367.01(h)(1))."""
    check_arrival(before, told.at, now)
    if told.complete and person.is_a(By.MEMBER):
        # Reading: whether what came is all that is needed to decide is a reviewer's to say, never the sender's.
        raise Refused("A reviewer says whether the information is complete. Send it; we look at it.")
    if not told.complete:
        return Change(details={"at": told.at.isoformat(), "complete": False, "note": told.note})
    return Change(
        details={"at": told.at.isoformat(), "complete": True, "note": told.note},
        columns={"information_complete_at": told.at, "information_asked_at": None},
    )


def refer_up(before: Snapshot, told: ReferUp, person: Person, now: datetime) -> Change:
    """Pass the referral to a physician with a summary. Refused when the policy already finds yes."""
    if not told.note.strip():
        raise Refused("Write a short summary for the physician: what is asked, what is known, what is not.")
    finding = before.finding()
    if finding.verdict is Verdict.YES and not asks_to_go_outside(before):
        raise Refused("The policy already authorizes this request. Authorize it; no physician is needed.")
    return Change(details={"note": told.note.strip()}, finding=finding)


def send_back(before: Snapshot, told: SendBack, person: Person, now: datetime) -> Change:
    """Back to the nurse with a question."""
    if not told.note.strip():
        raise Refused("Say what the nurse should find out.")
    return Change(details={"note": told.note.strip()})
