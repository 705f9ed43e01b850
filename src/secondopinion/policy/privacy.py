"""Who may know: what is sensitive, what a minor's parent is not told, and which disclosures are accounted for.

Pure: a condition's code, an age and a day go in; an answer comes out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import Enum

from secondopinion.policy.parameters import value


class Segment(Enum):
    """A part of medicine that is sensitive by law: its name in the values, and in plain words."""

    BEHAVIOURAL_HEALTH = ("behavioural_health", "mental health")
    SUBSTANCE_USE = ("substance_use", "substance use")
    HIV_AND_STI = ("hiv_and_sti", "HIV and sexually transmitted infections")
    REPRODUCTIVE = ("reproductive", "reproductive health")
    GENDER = ("gender", "gender-affirming care")
    VIOLENCE = ("violence", "care after violence")

    def __init__(self, key: str, words: str) -> None:
        self.key, self.words = key, words


class Authority(Enum):
    """Why somebody may act for a Member (glossary: Authorized Representative; 45 CFR 164.502(g))."""

    IN_WRITING = "in-writing"
    LEGAL = "legal"
    PARENT = "parent"


_MAYBE = (Segment.BEHAVIOURAL_HEALTH, Segment.SUBSTANCE_USE, Segment.HIV_AND_STI)
"""What care that nobody has coded yet may be, of what has an age: else a small child's parents would learn nothing."""


def segments_of(condition_code: str, on: date) -> frozenset[Segment] | None:
    """The sensitive parts of medicine that an ICD-10-CM code belongs to; None where no code is known yet."""
    code = condition_code.strip().upper()
    if not code:
        return None
    bare = code.replace(".", "")
    return frozenset(
        segment
        for segment in Segment
        if any(bare.startswith(begin.replace(".", "")) for begin in codes_of(segment, on))
    )


def codes_of(segment: Segment, on: date) -> tuple[str, ...]:
    """Where the codes of a sensitive part begin, as they hold on a day."""
    return value(f"privacy.codes.{segment.key}", on).words


def sensitive_begins(on: date) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every sensitive part, by its key, with how its codes begin, written without the point."""
    return tuple((each.key, tuple(code.replace(".", "") for code in codes_of(each, on))) for each in Segment)


def sensitive_codes(on: date) -> str:
    """The same as `key:F1,F2;key:O`, for whoever compares without the law."""
    return ";".join(f"{key}:{','.join(begins)}" for key, begins in sensitive_begins(on))


def age_on(born_on: date, on: date) -> int:
    """Completed years of life on a day."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def is_of_age(born_on: date, on: date) -> bool:
    """Is somebody an adult on a day, so that nobody acts as a parent any more (Family Code 6500)?"""
    return age_on(born_on, on) >= value("privacy.majority", on).number


def born_by(on: date) -> date:
    """The last day of birth of everybody who is of age on a day."""
    return years_from(on, -value("privacy.majority", on).number)


def consents_alone(segment: Segment, age: int, on: date) -> bool:
    """May a minor of this age consent to this care without a parent?"""
    return age >= value(f"privacy.minor_consent.{segment.key}", on).number


def is_hidden_from(
    authority: Authority, *, names_sensitive: bool, born_on: date, segments: Collection[Segment] | None, on: date
) -> bool:
    """Is what belongs to these segments kept from a representative on a day? `segments` None: not known yet.

    `names_sensitive`: the Member's appointment in writing names sensitive care.
    """
    if authority is Authority.PARENT:
        # Reading: what a minor may consent to alone is the minor's own to tell, whether or not it is known that the
        # minor did consent (HH.3009 III.E; Health and Safety Code 123115(a)(1)).
        # Reading: while nobody knows what a minor of that age is treated for, it may be such care: unknown is not no.
        age = age_on(born_on, on)
        return any(consents_alone(segment, age, on) for segment in (_MAYBE if segments is None else segments))
    if authority is Authority.IN_WRITING:
        # Reading: an appointment covers what it names; sensitive care is named apart (Civil Code 56.05, 56.107).
        return bool(segments) and not names_sensitive
    # Reading: who has legal authority over all health decisions stands in the Member's place (45 CFR 164.502(g)(2)).
    return False


class Purpose(Enum):
    """Why something left the house: name, plain words, and whether the accounting lists it (45 CFR 164.528(a)(1))."""

    TREATMENT = ("treatment", "To care for the Member", False)
    PAYMENT = ("payment", "To pay for care", False)
    OPERATIONS = ("operations", "To run the plan", False)
    MEMBER = ("member", "To the Member, or to whoever acts for the Member", False)
    AUTHORIZED = ("authorized", "As the Member signed", False)
    PUBLIC_HEALTH = ("public-health", "To protect public health", True)
    ABUSE = ("abuse", "To report abuse or neglect", True)
    OVERSIGHT = ("oversight", "To an authority that oversees health care", True)
    COURT = ("court", "By order of a court, or for a hearing", True)
    POLICE = ("police", "To the police", True)
    CORONER = ("coroner", "To a coroner", True)
    RESEARCH = ("research", "For research", True)
    THREAT = ("threat", "To prevent a serious danger", True)
    LAW = ("law", "As another law orders", True)
    MISTAKE = ("mistake", "By mistake: it should not have left", True)

    def __init__(self, key: str, words: str, accounted: bool) -> None:
        self.key, self.words, self.accounted = key, words, accounted


def accounted_from(on: date) -> date:
    """The first day that an accounting asked for on a day reaches back to (45 CFR 164.528(a)(1))."""
    return years_from(on, -value("privacy.disclosures", on).number)


def years_from(on: date, years: int) -> date:
    """The same day of the year some years on, or back where `years` is negative; February 28 where there is no 29th."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return on.replace(year=on.year + years, day=28)
