"""Writing down what left the house about a Member and is in none of its letters (45 CFR 164.528)."""

from __future__ import annotations

from datetime import date, datetime

from secondopinion.people.models import Disclosure, Member
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.privacy import Purpose, accounted_from


class NotADisclosure(ValueError):
    """A disclosure that lacks something. Carries a sentence."""


def write_down(
    member: Member, *, on: date, to_name: str, to_address: str, what: str, purpose: str, why: str, about: str = "",
    person: Person, now: datetime,
) -> Disclosure:  # fmt: skip
    """Write down one disclosure: to whom, when, what and why. Raises NotADisclosure."""
    today = now.astimezone(PACIFIC).date()
    if on > today:
        raise NotADisclosure("Nothing can have left in the future. Check the day.")
    if on < accounted_from(today):
        raise NotADisclosure("The day lies further back than an accounting reaches. Check the year.")
    if purpose not in {each.key for each in Purpose}:
        raise NotADisclosure("Choose the purpose.")
    said = {"to_name": to_name, "what": what, "why": why}
    if not all(text.strip() for text in said.values()):
        raise NotADisclosure("Say to whom, what and why: the law asks for each of them.")
    return Disclosure.objects.create(
        member=member, on=on, purpose=purpose, about=about[:40], recorded_at=now, recorded_by=person.name,
        to_address=to_address.strip(), **{name: text.strip() for name, text in said.items()},
    )  # fmt: skip


def written_down(member: Member, since: date) -> list[Disclosure]:
    """What was written down of a Member since a day, the newest first."""
    return list(Disclosure.objects.filter(member=member, on__gte=since))
