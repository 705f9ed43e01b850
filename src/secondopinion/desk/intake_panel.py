"""What the policy makes of a request while it is still being taken down: for the panel beside the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from secondopinion.people.find import decides_itself, standing
from secondopinion.people.models import Member
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clauses import Edition
from secondopinion.policy.clocks import Clock, decision_clocks
from secondopinion.policy.facts import Answers, Fact
from secondopinion.policy.findings import Finding, Verdict
from secondopinion.policy.gg1538 import questions

HEAD_WORDS: Final = {
    "program": "the program",
    "received_at": "the day and time of receipt",
    "urgency": "how urgent it is",
    "requester": "who asks",
    "opinion": "which opinion is asked for",
    "about": "whose care it is about",
}


OUTSIDE: Final = "outside"  # a yes, and somebody outside the network was asked for: a person looks first (II.G, II.H)


@dataclass(frozen=True, slots=True)
class Said:
    """A question of the policy and the answer given to it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause that was applied, in our own words."""

    clause: str
    words: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What the policy finds now: the answer, what settled it, what to ask next, and the clocks."""

    finds: str  # authorize, ask, a person must look
    because: tuple[Said, ...]
    cites: tuple[Cited, ...]
    ask_next: Fact | None
    left: int  # how many more questions could still settle it
    clocks: tuple[Clock, ...]
    decider: str


def may_answer(fact: Fact, person: Person) -> bool:
    """Is this question for this person? Hidden facts come from the head; a clinical judgment needs a licence."""
    return not fact.hidden and (not fact.only_licensed or person.is_a("nurse", "physician"))


def edition_at(now: datetime) -> Edition:
    """The edition in force on the Pacific day of an instant."""
    return questions.edition_on(now.astimezone(PACIFIC).date())


@dataclass(frozen=True, slots=True)
class Section:
    """A group of the policy's questions. `now`: at least one of them can settle the authorization."""

    title: str
    questions: tuple[tuple[Fact, str], ...]  # each with the answer so far: yes, no, unknown
    now: bool

    @property
    def answered(self) -> int:
        """How many are answered."""
        return sum(answer != "unknown" for _, answer in self.questions)


def sections_of(edition: Edition, facts: Iterable[Fact], answers: Answers, now: datetime) -> list[Section]:
    """The questions by section; those that can settle an authorization, of whichever opinion, come first."""
    settling: set[str] = set()
    for opinion in Opinion:
        head = Asked(Program.MEDI_CAL, now, None, Urgency.STANDARD, Requester.MEMBER, opinion, About.SPECIALIST_CARE)
        settling |= questions.shall_we_authorize(edition, head, {}).needs
    groups: dict[str, list[tuple[Fact, str]]] = {}
    words = {True: "yes", False: "no", None: "unknown"}
    for fact in facts:
        groups.setdefault(fact.section, []).append((fact, words[answers.get(fact.name)]))
    sections = [
        Section(title, tuple(rows), any(fact.name in settling for fact, _ in rows)) for title, rows in groups.items()
    ]
    return sorted(sections, key=lambda section: not section.now)


def panel_of(edition: Edition, asked: Asked, answers: Answers, facts: Sequence[Fact], member: Member) -> Panel:
    """What the policy makes of the request as it stands. `facts`: those the person at the desk may answer."""
    finding = questions.shall_we_authorize(edition, asked, answers)
    outside = bool(answers.get("member_asked_for_outside_professional")) and finding.verdict is Verdict.YES
    required = questions.is_prior_authorization_required(edition, asked, answers).verdict
    needed = None if required is Verdict.UNKNOWN else required is Verdict.YES
    known = questions.facts(edition)
    return Panel(
        finds=OUTSIDE if outside else questions.answer_to(finding, edition),
        because=tuple(
            Said(known[name].question, "Yes" if answers.get(name, True) else "No")
            for name in known
            if name in finding.because and not known[name].hidden
        ),
        cites=cited(edition, finding),
        ask_next=ask_next(edition, asked, answers, finding, facts),
        left=sum(fact.name in finding.needs for fact in facts),
        clocks=decision_clocks(asked, prior_authorization=needed),
        decider=decider_name(member, asked),
    )


def cited(edition: Edition, finding: Finding) -> tuple[Cited, ...]:
    """The clauses a settled finding rests on, the most particular ones only, in our own words."""
    if finding.verdict is Verdict.UNKNOWN:
        return ()
    own = [c for c in finding.cites if not any(other.startswith(c + ".") for other in finding.cites)]
    register = edition.register
    return tuple(Cited(c, register[c].restatement if c in register else "") for c in sorted(own))


def ask_next(edition: Edition, asked: Asked, answers: Answers, finding: Finding, facts: Sequence[Fact]) -> Fact | None:
    """The question to ask now: one whose answer alone would settle it, else the first that could help."""
    could = [fact for fact in facts if fact.name in finding.needs]
    for fact in could:
        if questions.shall_we_authorize(edition, asked, {**answers, fact.name: True}).verdict is Verdict.YES:
            return fact
    return could[0] if could else None


def decider_name(member: Member, asked: Asked) -> str:
    """Who decides, by name: the network that was delegated to on the day of receipt, else the plan (II.L)."""
    on = asked.received_at.astimezone(PACIFIC).date()
    network = standing(member, on).network
    if network is not None and decides_itself(network, asked.program.value, on):
        return network.name
    return the_plan().name


def missing_in(given: Mapping[str, Any]) -> list[str]:
    """The parts of the head that are still missing, in words."""
    return [words for name, words in HEAD_WORDS.items() if not given.get(name)]
