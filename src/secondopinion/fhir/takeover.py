"""From the words of a PAS request to the words of the house: what `receive` is told."""

from __future__ import annotations

from datetime import date, datetime

from secondopinion.directory.find import professional_by
from secondopinion.fhir.request import SecondOpinionRequest
from secondopinion.people.models import Member
from secondopinion.policy.asked import About, Opinion, Requester
from secondopinion.policy.clauses import Edition
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.identifiers import icd10_has_shape
from secondopinion.referrals.models import Channel
from secondopinion.referrals.request import Request

ABOUT_SPECIALIST = "about_is_specialist_care"  # the fact that the head of a request answers
SURGERY = "surgery_is_recommended"
LONGEST_WORDS = 4000  # characters; the body as sent is kept whole


def told(request: SecondOpinionRequest, member: Member, program: str, day: date, received_at: datetime) -> Request:
    """What `receive` is told of a PAS request. `program` is the Member's on the `day` of receipt.

    Without an agreed opinion, or without a sign of whose care is questioned, a person must classify it.
    """
    edition = questions.edition_on(day)
    answers = attested(request, edition)
    named = request.performer
    wishes = professional_by(named.npi) if named is not None and named.npi else None
    words = list(request.messages)
    if named is not None and wishes is None:
        who = f"{named.name or 'a professional'}, NPI {named.npi or 'unknown'}"
        words.append(f"The sender asks for {who}, who is not in the directory.")
    classified = not request.needs_a_person
    return Request(
        member=member,
        program=program,
        channel=Channel.FHIR.value,
        received_at=received_at,
        # Reading: whoever sends a Claim is a provider in the words of II.B, a physician or not.
        requester=Requester.PROVIDER.value,
        requester_name=request.requestor.name or "The office that sent the request",
        requester_phone=request.requestor.phone,
        requester_npi=request.requestor.npi if request.requestor.npi_valid else "",
        urgency=request.urgency,
        urgency_reason=f"Sent as urgent: {request.urgency_reason}." if request.urgency_reason else "",
        opinion=request.opinion if classified else "",
        about=about(request, answers) if classified else "",
        request_words="\n".join(words)[:LONGEST_WORDS],
        condition_code=next((c.code for c in request.diagnoses if icd10_has_shape(c.code)), ""),
        answers=answers,
        wishes=wishes,
        marks=tuple(f"{m.expression}: {m.system}#{m.code}" if m.coded else f"{m.expression}: words"
                    for m in request.marks),
    )  # fmt: skip


def attested(request: SecondOpinionRequest, edition: Edition) -> dict[str, bool | None]:
    """The answers that the sender gives: by citing a clause, or by the name of a fact in a questionnaire.

    A judgment that only a licensed reviewer of the plan may make is not taken from outside, and a
    questionnaire that contradicts a cited clause leaves the question open.
    """
    asked = {name for name, fact in questions.facts(edition).items() if not fact.hidden and not fact.only_licensed}
    answers: dict[str, bool | None] = {name: said for name, said in request.answers.items() if name in asked}
    for clause in request.cited:
        if clause not in edition.clauses:
            continue
        for name in questions.implied_by(edition, clause) & asked:
            answers[name] = None if answers.get(name) is False else True
    return answers


def about(request: SecondOpinionRequest, answers: dict[str, bool | None]) -> str:
    """Whose care is questioned, "" when nothing says."""
    said = request.answers.get(ABOUT_SPECIALIST)
    cited = {clause[:5] for clause in request.cited}
    specialist = said is True or "III.B" in cited
    pcp = said is False or "III.A" in cited
    # Reading: an operation is recommended by a specialist, so a request that attests one is about that care.
    if not pcp and answers.get(SURGERY) is True:
        specialist = True
    if specialist == pcp:
        return ""
    return About.SPECIALIST_CARE.value if specialist else About.PCP_CARE.value


def questions_for(edition: Edition, opinion: str, known: dict[str, bool | None], needs: frozenset[str]) -> list[str]:
    """The plain questions that could still settle a request, in the order of the policy's list."""
    facts = questions.facts(edition)
    third = opinion == Opinion.THIRD.value
    return [
        fact.question
        for name, fact in facts.items()
        if name in needs
        and known.get(name) is None
        and not fact.only_licensed
        and (not fact.hidden or (name == ABOUT_SPECIALIST and not third))
    ]
