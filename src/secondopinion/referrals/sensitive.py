"""Which referrals are sensitive, and who sees those: fewer roles, no parent of a minor who consents alone.

The code of the condition tells; what somebody said of the referral stands above it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.db.models import BooleanField, Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Replace, Upper

from secondopinion.people.person import SAY_SENSITIVE, SEE_SENSITIVE, Person
from secondopinion.people.prepared import Prepared
from secondopinion.policy.privacy import Segment, segments_of, sensitive_begins
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral
from secondopinion.referrals.models_privacy import SensitiveMark

LONGEST: Final = 300  # characters of a reason
MARKS = Prepared(
    lambda given: (
        SensitiveMark.objects.filter(referral=given("id")).order_by("at", "pk").values_list("segment", "holds")
    )
)


def segments(referral: UUID, condition_code: str, on: date) -> frozenset[Segment] | None:
    """The sensitive parts of medicine that a referral belongs to; None where nobody knows yet."""
    said = dict(MARKS.rows(id=referral))
    by_code = segments_of(condition_code, on)
    if by_code is None and not said:
        return None
    found = {segment.key for segment in by_code or ()} | {key for key, holds in said.items() if holds}
    found -= {key for key, holds in said.items() if not holds}
    if by_code is None and not found:
        return None  # what it is not does not yet say what it is
    return frozenset(segment for segment in Segment if segment.key in found)


def mark(referral: Referral, segment: str, holds: bool, why: str, *, person: Person, now: datetime) -> SensitiveMark:
    """Say that a referral belongs to a sensitive part of medicine, or that it does not. Raises Refused."""
    why = " ".join(why.split())
    if segment not in {each.key for each in Segment}:
        raise Refused("Choose which kind of care it is.")
    if not why or len(why) > LONGEST:
        raise Refused(f"Say why in a sentence of at most {LONGEST} characters.")
    if not person.is_a(*SAY_SENSITIVE):
        raise Refused("Whoever takes in or reviews the request says whether it is sensitive.")
    if person.only_honours(referral.network_id):
        raise Refused("Another Health Network answers for this referral; you can read it, and mark nothing.")
    return SensitiveMark.objects.create(
        referral=referral, network_id=referral.network_id, segment=segment, holds=holds, why=why, at=now, by=person.name
    )


def marks_of(referral: Referral) -> list[SensitiveMark]:
    """What was said of a referral, the newest first."""
    return list(SensitiveMark.objects.filter(referral=referral).order_by("-at", "-pk"))


def sees_sensitive(person: Person) -> bool:
    """Does a role of the person's see sensitive referrals at all?"""
    return person.is_a(*SEE_SENSITIVE, "policy", "system")


def without_sensitive(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """The referrals that nobody calls sensitive, by the newest list of codes and by what was said of each."""
    bare = Replace(Upper(F("condition_code")), Value("."), Value(""))
    return rows.alias(bare_code=bare).exclude(_is_sensitive(sensitive_begins(date.max)))


@lru_cache(maxsize=4)  # the plan may change its lists of codes
def _is_sensitive(parts: tuple[tuple[str, tuple[str, ...]], ...]) -> Q:
    found = Q()
    for key, begins in parts:
        said = SensitiveMark.objects.filter(referral=OuterRef("pk"), segment=key).order_by("-at", "-pk")
        coded = Q(pk__in=())
        for begin in begins:
            coded |= Q(bare_code__startswith=begin)
        by_code = Case(When(coded, then=Value(True)), default=Value(False), output_field=BooleanField())
        found |= Q(Coalesce(Subquery(said.values("holds")[:1]), by_code))
    return found


def words_for(found: Collection[Segment] | None) -> str:
    """The segments in a few words for the desk; empty for none."""
    if found is None:
        return ""
    return ", ".join(segment.words for segment in Segment if segment in found)
