"""The only doors of GG.1538: what the house may ask the policy, and what it answers.

Every door takes the edition first, so that a referral is read for good under the edition of its own day.
No answer of this module denies: the widest no it knows is "a person must look".
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from secondopinion.policy.asked import Asked, Opinion, Program, Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clauses import Edition
from secondopinion.policy.facts import Answers, Fact, UnknownFact
from secondopinion.policy.findings import Finding, Verdict
from secondopinion.policy.gg1538 import edition_2024_12, rehearsal
from secondopinion.policy.gg1538.edition_2024_12.codes import MANDATED_SERVICE
from secondopinion.policy.gg1538.edition_2024_12.section_iii import (
    ANY_QUALIFIED,
    OUTSIDE_NETWORK,
    PLAN_NETWORK,
    RESPONSIBLE_NETWORK,
    SAME_SPECIALTY,
    Authorized,
)
from secondopinion.policy.gg1538.heads import head_answers, head_masks
from secondopinion.policy.parameters import load

EDITIONS: Final[Mapping[str, Edition]] = {
    edition.name: edition for edition in (edition_2024_12.EDITION, rehearsal.EDITION)
}

AUTHORIZE: Final = "authorize"
ASK: Final = "ask"
A_PERSON_MUST_LOOK: Final = "a person must look"

QUESTIONED: Final = "questioned-clinician"
GAVE_SECOND_OPINION: Final = "second-opinion-clinician"


class NoEdition(ValueError):
    """No edition of the policy covers the day; the message says which days are covered."""


class Decider(StrEnum):
    """Who decides a request (II.L)."""

    PLAN = "plan"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Choice:
    """Where the Member may go for the opinion.

    `clause`: the one that governs. `candidates`: the kind of professional; `same_license` narrows it to the
    licence of the clinician questioned. `within`: whose network. `may_limit` (II.G), `out_of_network` (II.H)
    and `limited` (III.E: yes is an adverse, limited authorization). `excludes`: who may not give the opinion.
    `needs`: the facts that could still change the governing clause; until then the head of the request rules.
    """

    clause: str
    candidates: str
    within: str
    may_limit: Finding
    out_of_network: Finding
    limited: Finding
    excludes: tuple[str, ...]
    needs: frozenset[str]
    same_license: bool = False


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for the opinion. `member_pays` is in dollars and always 0 (II.F). `agreement_needed`: the
    professional has no contract, so the fee is agreed first (III.B)."""

    payer: str
    agreement_needed: bool
    cites: frozenset[str]
    member_pays: int = 0


def edition_on(day: date) -> Edition:
    """The edition that a request received on this Pacific day is read under. Raises NoEdition."""
    for row in _EDITION_DAYS:
        if row["from"] <= day <= row["to"]:
            return EDITIONS[row["name"]]
    first, last = covered_days()
    raise NoEdition(f"No edition of GG.1538 is held for {day}: give a day from {first} to {last}.")


def covered_days() -> tuple[date, date]:
    """The first and the last day of receipt for which an edition is held."""
    return _EDITION_DAYS[0]["from"], _EDITION_DAYS[-1]["to"]


_EDITION_DAYS = tomllib.loads((Path(__file__).parent / "editions.toml").read_text(encoding="utf-8"))["edition"]


def edition_for(asked: Asked) -> Edition:
    """The edition a request is read under, by the Pacific day it was received. Raises NoEdition."""
    return edition_on(asked.received_at.astimezone(PACIFIC).date())


def edition_named(name: str) -> Edition:
    """The edition stored with a referral, by name. Raises NoEdition."""
    if name not in EDITIONS:
        raise NoEdition(f"No edition of GG.1538 is named {name}: use one of {', '.join(EDITIONS)}.")
    return EDITIONS[name]


def facts(edition: Edition) -> Mapping[str, Fact]:
    """Every question of the edition by name; hidden ones are answered by the head of the request."""
    return edition.facts


def as_masks(edition: Edition, answers: Answers) -> tuple[int, int]:
    """Answers as two integers (yes, no), one bit a fact, fit to be stored.

    Raises UnknownFact for a question the edition does not ask or one the head of the request answers, and
    TypeError for an answer other than True, False and None.
    """
    yes = no = 0
    bits = edition.askable_bits
    for name, answer in answers.items():
        bit = bits.get(name)
        if bit is None:
            raise UnknownFact(_why_not_asked(edition, name))
        if answer is True:
            yes |= bit
        elif answer is False:
            no |= bit
        elif answer is not None:
            raise TypeError(f"The answer to {name} is neither True, False nor None: give one of these.")
    return yes, no


def _why_not_asked(edition: Edition, name: str) -> str:
    if name in edition.bits:
        return f"{name} is answered by the head of the request: leave it out of the answers."
    return f"GG.1538 asks no question named {name!r}: see the list of facts."


def from_masks(edition: Edition, yes: int, no: int) -> dict[str, bool | None]:
    """Stored integers as answers again, every question by name. Raises ValueError for integers that answer
    one question both ways or a question the edition does not have."""
    bits = edition.askable_bits
    if yes & no or (yes | no) & ~sum(bits.values()):
        raise ValueError("These integers are no stored answers of this edition: check the edition's name.")
    return {name: True if yes & bit else False if no & bit else None for name, bit in bits.items()}


def shall_we_authorize(edition: Edition, asked: Asked, answers: Answers) -> Finding:
    """Whether II.C, II.D, II.E or II.I authorizes the request. Yes, or not yet known; never no."""
    return edition.law.one("authorize")(*_all_masks(edition, asked, answers))


def answer_to(finding: Finding, edition: Edition = edition_2024_12.EDITION) -> str:
    """What to do about a finding on authorization: "authorize", "ask", or "a person must look".

    Ask while a question is open that staff or the parties can answer; when only a licensed reviewer's
    judgment could settle it, a person must look.
    """
    if finding.verdict is Verdict.YES:
        return AUTHORIZE
    if any(not edition.facts[name].only_licensed for name in finding.needs):
        return ASK
    return A_PERSON_MUST_LOOK


def findings(edition: Edition, asked: Asked, answers: Answers) -> Mapping[str, Finding]:
    """What every rule clause finds, by clause number."""
    return edition.law.explain(*_all_masks(edition, asked, answers))


def findings_plainly(edition: Edition, asked: Asked, answers: Answers) -> Mapping[str, Finding]:
    """The same by the plain operators, one clause after another: what the compiled form is tested against."""
    plain = edition.plain_facts({**answers, **head_answers(asked)})
    return {name: clause(plain) for name, clause in edition.clauses.items()}


def _all_masks(edition: Edition, asked: Asked, answers: Answers) -> tuple[int, int]:
    yes, no = as_masks(edition, answers)
    head_yes, head_no = head_masks(edition, asked)
    return yes | head_yes, no | head_no


def implied_by(edition: Edition, clause_id: str) -> frozenset[str]:
    """The facts that are necessarily true when somebody attests the clause. Raises KeyError."""
    return edition.implied_by(clause_id)


def who_may_request(edition: Edition, asked: Asked) -> Finding:
    """Whether the one who asked may ask: the four of II.B, or the plan itself under II.E."""
    if asked.requester is Requester.PLAN:
        return Finding(Verdict.YES, because=frozenset({"requester_is_plan"}), cites=frozenset({"II.E"}))
    return edition.law.one("II.B")(*head_masks(edition, asked))


def where_may_the_member_go(edition: Edition, asked: Asked, answers: Answers) -> Choice:
    """Which professionals the Member may choose among, and in which network (II.G, II.H, III.A, III.B)."""
    masks = _all_masks(edition, asked, answers)
    specialist, pcp = edition.law.one("III.B")(*masks), edition.law.one("III.A")(*masks)
    outside = edition.law.one("II.H")(*masks)
    if pcp.verdict is Verdict.YES:
        clause, candidates, within = "III.A", ANY_QUALIFIED, RESPONSIBLE_NETWORK
    elif specialist.verdict is Verdict.NO:
        # Reading: neither track fits a podiatrist or psychologist; II.F refers the Member to a professional
        # of the same licence, anywhere in the plan's network.
        clause, candidates, within = "II.F", ANY_QUALIFIED, PLAN_NETWORK
    else:
        # Reading: until somebody says otherwise, the head's word that specialist care is questioned stands.
        clause, candidates, within = "III.B", SAME_SPECIALTY, PLAN_NETWORK
    is_second = asked.opinion is Opinion.SECOND
    return Choice(
        clause=clause,
        candidates=candidates,
        within=OUTSIDE_NETWORK if outside.verdict is Verdict.YES else within,
        may_limit=edition.law.one("II.G")(*masks),
        out_of_network=outside,
        limited=edition.law.one("III.E")(*masks),
        excludes=(QUESTIONED,) if is_second else (QUESTIONED, GAVE_SECOND_OPINION),
        needs=frozenset() if pcp.verdict is Verdict.YES else specialist.needs,
        same_license=clause == "II.F",
    )


def is_prior_authorization_required(edition: Edition, asked: Asked, answers: Answers) -> Finding:
    """Whether the opinion needs authorization beforehand (II.J): a Specialist Physician's does."""
    return edition.law.one("II.J")(*_all_masks(edition, asked, answers))


def may_cost_lie_with_member(edition: Edition, asked: Asked, answers: Answers) -> Finding:
    """Whether the Member is to be told that an unauthorized visit may be the Member's to pay (III.D, III.D.1)."""
    return edition.law.one("III.D.1")(*_all_masks(edition, asked, answers))


def who_decides(edition: Edition, program: Program, delegated: bool, *, out_of_area: bool = False) -> Decider:
    """Who authorizes under II.L. `delegated`: on the day of receipt the plan had delegated second opinions
    of this program to the Member's Health Network. `out_of_area`: the visit lies outside the service area."""
    # Reading: the entity responsible on the day of receipt decides, and a later network honours it.
    # Reading: out-of-area OneCare requests are never a Health Network's to decide.
    if not delegated or (out_of_area and program is Program.ONECARE):
        return Decider.PLAN
    return Decider.NETWORK


def what_must_the_letter_say(edition: Edition, kind: str, program: Program, *, differs: bool = False) -> frozenset[str]:
    """The marks a letter of this kind must bear. `differs`: the two opinions differ on the need for a
    procedure. Raises KeyError for an unknown kind."""
    return edition.letters.of(kind, program.value, differs=differs)


def what_is_authorized(edition: Edition, asked: Asked) -> Authorized:
    """One consultation visit, the program's consult codes, nothing else (III.G)."""
    received_on = asked.received_at.astimezone(PACIFIC).date()
    values = load("authorization")
    ordered = asked.requester is Requester.PLAN
    return Authorized(
        units=values.value("visits", received_on).number,
        codes=edition.codes[asked.program],
        valid_days=values.value("validity", received_on).number,
        cites=frozenset({"III.G"}),
        modifiers=(MANDATED_SERVICE,) if ordered else (),
    )


def who_pays(edition: Edition, asked: Asked, *, contracted: bool, decider: str) -> Payer:
    """Who pays for an authorized opinion: whoever decided it, and never the Member (II.F, III.B)."""
    # Reading: the statute lets a plan charge its usual copayment; the policy says no cost, so nothing.
    cites = {"II.F"} if contracted else {"II.F", "III.B"}
    return Payer(payer=Decider(decider).value, agreement_needed=not contracted, cites=frozenset(cites))
