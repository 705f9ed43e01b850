"""The first event: a request comes in at any door and becomes a referral, with its clocks running.

The receipt instant is the channel's own (fax header, call log, postmark desk, server), kept apart from the
moment of entry. When the recorded answers already settle a yes, the policy itself authorizes at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from secondopinion.directory.find import is_contracted
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.find import decides_itself, network_of, programs_of
from secondopinion.people.models import Member, NetworkAssignment, Period
from secondopinion.people.person import POLICY, Person
from secondopinion.people.plan import the_plan
from secondopinion.people.rls import set_made
from secondopinion.policy.asked import About, Opinion, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.findings import Finding, Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals import beginnings
from secondopinion.referrals.advance import advance, role_of
from secondopinion.referrals.change import Change, Taken
from secondopinion.referrals.deciding import asks_to_go_outside
from secondopinion.referrals.ledger import FIRST, write
from secondopinion.referrals.lifecycle import STEPS, Refused, target_of
from secondopinion.referrals.match import why_not
from secondopinion.referrals.models import Channel
from secondopinion.referrals.request import Request
from secondopinion.referrals.reviewing import exceptions_are_settled
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import By, State
from secondopinion.referrals.told import Authorize


def receive(request: Request, *, person: Person, now: datetime) -> Taken:
    """Make the referral, start its clocks, and let the policy authorize when it finds yes.

    Raises `Refused` with a sentence; then nothing is written. Returns the last step taken.
    """
    _check_way(request, person)
    received_at = checked_instant(request.received_at, now)
    day = received_at.astimezone(PACIFIC).date()
    _check_whose(request.member, request.program, person, day)
    _check_program(request, day)
    _check_requester(request, day)
    beginnings.check(request, person, day)
    step = STEPS["discover" if request.found else "receive"]
    target = target_of(step, State.RECEIVED)
    with transaction.atomic():
        before = replace(_row(request, received_at, day, now), state=target.value)
        finding, change = _first(before, request, now)
        waits = asks_to_go_outside(before.after(change.columns))
        role = role_of(step, person)
        if person.is_a(By.MEMBER):
            set_made(before.id)
        position, letters = write(before, (), step.name, target.value, change, person, role, now, new=True)
        if finding is not None and finding.verdict is Verdict.YES and not request.found and not waits:
            return advance(before.id, Authorize(), person=POLICY, now=now)
    return Taken(before.id, before.number, step.name, target.value, position, letters)


def _check_way(request: Request, person: Person) -> None:
    """What comes on the Member's own page comes from there, and from the Member or a representative alone."""
    if (request.channel == Channel.PAGE) is not person.is_a(By.MEMBER):
        raise Refused("Only the Member's own page takes a request that comes on it. Say how the request reached you.")
    if person.is_a(By.MEMBER) and request.requester not in (Requester.MEMBER, Requester.AUTHORIZED_REPRESENTATIVE):
        raise Refused("On the Member's own page the Member asks, or a representative. Everybody else has another door.")


def _check_whose(member: Member, program: str, person: Person, day: date) -> None:
    """A Health Network takes in its own Members only; who comes to the wrong door is sent on at once (II.L)."""
    if person.network is None:
        return
    if person.sub_delegate and not person.is_handed_on(program, day):
        raise Refused(
            "On the day of receipt your Health Network had not handed this program on to you. Forward the request to "
            "the plan today, with the instant you received it: the clock has been running since then."
        )
    theirs = NetworkAssignment.objects.filter(Period.covering(day), member=member, network_id__in=person.networks)
    if not theirs.exists():
        raise Refused(
            "On the day of receipt the Member did not belong to your Health Network. Forward the request to the plan "
            "today, with the instant you received it: the clock has been running since then."
        )


def _first(before: Snapshot, request: Request, now: datetime) -> tuple[Finding | None, Change]:
    """What the policy finds at the door, and the first change: answers, wish and clocks."""
    details: dict[str, Any] = {
        "channel": request.channel, "answers": dict(request.answers), "marks": list(request.marks),
        "entered_after_seconds": int((now - before.received_at).total_seconds()),
    }  # fmt: skip
    columns: dict[str, Any] = beginnings.columns(before, request)
    if request.found:
        if exceptions_are_settled(before, before.answers):
            columns["information_complete_at"] = before.received_at
        return None, Change(details=details, columns=columns)
    if not before.opinion or not before.about:
        # Until somebody classifies it, the clocks of a second opinion about specialist care run: the strictest.
        return None, Change(details=details, columns=columns)
    if request.wishes is not None:
        against = why_not(before, request.wishes, now)
        details["wishes"] = {"npi": request.wishes.npi, "against": against}
        if not against:
            columns["professional_id"] = request.wishes.pk
    finding = before.finding()
    if finding.verdict is Verdict.YES:
        columns["information_complete_at"] = before.received_at
    owes = beginnings.letters(before.after(columns), request, now)
    return finding, Change(details=details, columns=columns, owes=owes, finding=finding)


def _row(request: Request, received_at: datetime, day: date, now: datetime) -> Snapshot:
    network = network_of(request.member, day)
    edition = questions.edition_on(day)
    decider = questions.who_decides(edition, Program(request.program), decides_itself(network, request.program, day))
    yes, no = questions.as_masks(edition, _known(edition, request.answers) | _wish(edition, request.wishes, day))
    clinician = request.clinician
    return Snapshot(
        id=uuid4(), number=request.number or next_number(day), member_id=request.member.pk,
        network_id=network.pk if network else None,
        program=request.program, decider=decider.value, edition=edition.name,
        channel=request.channel, received_at=received_at, entered_at=now, requester=request.requester,
        requester_name=request.requester_name.strip(), requester_phone=request.requester_phone,
        requester_npi=request.requester_npi, requester_address=request.requester_address,
        request_words=request.request_words, opinion=request.opinion, about=request.about, urgency=request.urgency,
        urgency_reason=request.urgency_reason, condition=request.condition.strip(),
        condition_code=request.condition_code, procedure=request.procedure.strip(),
        clinician_id=clinician.pk if clinician else None,
        clinician_name=clinician.full_name if clinician else request.clinician_name,
        clinician_taxonomy=clinician.taxonomy if clinician else request.clinician_taxonomy,
        information_complete_at=None, state=State.RECEIVED.value, position=0, head_hash=FIRST, yes=yes, no=no,
        due_at=None, due_kind="", professional_id=None, authorization_number=None, authorized_on=None,
        valid_until=None, appointment_at=None, visited_on=None,
    )  # fmt: skip


def _known(edition: Any, answers: Mapping[str, bool | None]) -> dict[str, bool | None]:
    asked = {name for name, fact in questions.facts(edition).items() if not fact.hidden}
    unknown = sorted(set(answers) - asked)
    if unknown:
        raise Refused(f"The policy asks nothing called {', '.join(unknown)}. Use the questions it lists.")
    return dict(answers)


def _wish(edition: Any, wishes: QualifiedProfessional | None, day: date) -> dict[str, bool | None]:
    """The answer that a wish for somebody outside the network gives by itself (III.E)."""
    # Reading: whom the office that asks names is whom the Member asked for.
    fact = "member_asked_for_outside_professional"
    outside = wishes is not None and not is_contracted(wishes, day)
    return {fact: True} if outside and fact in questions.facts(edition) else {}


def next_number(day: date) -> str:
    """The next number of a referral received on a day; drawn once, it is never given to another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('referrals_number')")
        return f"SO-{day.year}-{cursor.fetchone()[0]:06d}"


def checked_instant(received_at: datetime | None, now: datetime) -> datetime:
    """A receipt instant that can be: it has a zone, and lies neither ahead nor more than a year back. Or `Refused`."""
    if received_at is None:
        raise Refused(
            "The receipt instant is missing. "
            "Enter when the request reached us: by the fax header, the call, the mail stamp."
        )
    if received_at.tzinfo is None:
        raise Refused("The receipt instant has no time zone. Enter it with one, or use the desk's form.")
    if received_at > now:
        raise Refused(
            "The receipt instant lies ahead of now. A request cannot be received in the future; check day and time."
        )
    if received_at < now - timedelta(days=366):
        raise Refused("The receipt instant lies more than a year back. Check the year.")
    return received_at


def _check_program(request: Request, day: date) -> None:
    if request.program.lower() == "pace":
        pace = the_plan().pace
        raise Refused(f"GG.1538 does not apply to PACE. Send the request to {pace['name']}, {pace['phone']}, today.")
    if request.program not in {p.value for p in Program}:
        raise Refused(f"“{request.program}” is no program of this policy. It applies to medi-cal and onecare.")
    if request.channel not in Channel.values:
        raise Refused(f"“{request.channel}” is no way in. Use one of: {', '.join(Channel.values)}.")
    on_that_day = programs_of(request.member, day)
    if request.program not in on_that_day:
        where = " and ".join(sorted(on_that_day)) or "no program of this plan"
        raise Refused(
            f"On {day:%A, %B %-d, %Y} the Member was enrolled in {where}, not in {request.program}. "
            "Check the Member and the program."
        )


def _check_requester(request: Request, day: date) -> None:
    if request.requester not in {r.value for r in Requester}:
        raise Refused(f"“{request.requester}” may not ask. It can be: {', '.join(r.value for r in Requester)}.")
    if not request.requester_name.strip():
        raise Refused("The name of the person who asks is missing.")
    if request.urgency not in {u.value for u in Urgency}:
        raise Refused("The urgency must be standard or expedited.")
    if request.urgency == Urgency.EXPEDITED and not request.urgency_reason.strip():
        raise Refused("An expedited request needs the reason: what could happen to the Member while waiting.")
    for given, allowed, name in (
        (request.opinion, Opinion, "opinion"),
        (request.about, About, "care in question"),
    ):
        if given and given not in {x.value for x in allowed}:
            raise Refused(f"“{given}” is no {name}. It can be: {', '.join(x.value for x in allowed)}.")
