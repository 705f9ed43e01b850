"""The standing choice of a format: taken down, looked up, kept as it was."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from secondopinion.people.models import AuthorizedRepresentative, FormatPreference, Member, Period
from secondopinion.people.person import Person
from secondopinion.policy.adequate_notice import Wanted
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.formats import Format


class NotChosen(ValueError):
    """A choice that cannot be taken down as it was told. Carries a sentence without a name."""


def choose_format(
    member: Member,
    format: Format,
    told: str,
    from_on: date,
    *,
    representative: AuthorizedRepresentative | None = None,
    person: Person,
    now: datetime,
) -> FormatPreference:
    """Take down a choice; it stands until another is taken down. `from_on`: the day on which the plan was told.

    Raises NotChosen.
    """
    today = now.astimezone(PACIFIC).date()
    if from_on > today:
        raise NotChosen("The plan cannot have been told after today. Enter the day on which it was told.")
    if representative is not None:
        mine = AuthorizedRepresentative.objects.filter(Period.covering(today), pk=representative.pk, member=member)
        if not mine.exists():
            raise NotChosen("This person may not act for the Member today. Record the authority first.")
    if format is format_of(member.pk, representative.name if representative else None):
        raise NotChosen("This is the format that stands already. Choose another one, or leave it.")
    return FormatPreference.objects.create(
        member=member, representative=representative, format=format.value, told=told, from_on=from_on,
        recorded_at=now, recorded_by=person.name,
    )  # fmt: skip


def format_of(member_id: UUID, representative: str | None = None) -> Format:
    """The format that stands for a Member, or for the representative of a name; standard print without a choice."""
    chosen = preferences_of(member_id, representative)
    return Format(chosen[-1].format) if chosen else Format.STANDARD


def preferences_of(member_id: UUID, representative: str | None = None) -> list[FormatPreference]:
    """Every choice that a Member, or the representative of a name, made; the one that stands is the last."""
    rows = FormatPreference.objects.filter(member_id=member_id)
    # By name, as copies are addressed: a new authority for the same person does not undo how that person reads.
    if representative is None:
        return list(rows.filter(representative=None))
    return list(rows.filter(representative__name=representative))


def wanted_by(member_id: UUID) -> tuple[Wanted, ...]:
    """The Member's choices as the policy counts with them."""
    return tuple(Wanted(row.from_on, Format(row.format)) for row in preferences_of(member_id))
