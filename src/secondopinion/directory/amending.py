"""What an office said on asking, written as the plan's own word by the same rules as a file: nothing is overwritten.

A confirmation is a verification and no more. A correction ends a period of the plan's and begins another. Where the
plan has said nothing yet and another source is believed, the plan first says what was true until yesterday, so that
the past answers as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from secondopinion.directory.as_of import Standing, standing_of
from secondopinion.directory.flattening import flatten
from secondopinion.directory.loading.entry import Entry, MembershipTold, Place, PracticeTold, Told, key_of_place
from secondopinion.directory.loading.merging import REASONS, merge
from secondopinion.directory.loading.projecting import project
from secondopinion.directory.loading.runs import ONE_AT_A_TIME
from secondopinion.directory.loading.staging import fill, open_rooms
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.directory.models_dated import LoadRun, Membership, Source, SpecialtyHeld
from secondopinion.directory.models_verifying import Doubt
from secondopinion.people.models import HealthNetwork, Period
from secondopinion.policy.calendar import PACIFIC

BY_HAND = "desk"
"""The kind of a run that no file made."""
ADDRESS_ON_RECORD = 0
"""Stands for the site of an entry that was put in by hand and has no site of its own."""


class CannotAmend(Exception):
    """What the office said cannot be written now; the sentence says why and what to do. Holds no name."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Heard:
    """What the office said on a day. None, or nothing in a list: that was not asked."""

    on_day: date
    how: str  # phone, visit, letter
    accepts: bool | None = None
    places_right: bool | None = None  # with False: `gone` names the sites where the professional is no longer
    gone: tuple[int, ...] = ()
    specialties: tuple[str, ...] = ()  # as the office names them, the main one first

    @property
    def answers(self) -> tuple[Doubt.Asks, ...]:
        """The questions that this settles."""
        asked = (
            (Doubt.Asks.ACCEPTS, self.accepts is not None),
            (Doubt.Asks.PLACE, self.places_right is not None),
            (Doubt.Asks.FIELD, bool(self.specialties)),
        )
        return tuple(asks for asks, was in asked if was)


def amend(who: QualifiedProfessional, heard: Heard, now: datetime) -> bool:
    """Write what was heard, inside the caller's transaction. Returns whether a fact changed. Raises CannotAmend."""
    today = now.astimezone(PACIFIC).date()
    if heard.on_day > today:
        raise CannotAmend("The day lies in the future: enter the day on which the office was asked.")
    _wait_for_nobody()
    who = QualifiedProfessional.objects.select_for_update().get(pk=who.pk)
    held = standing_of(who, today)
    memberships = tuple(_memberships(who, held, heard, today))
    practices = _practices(who, heard) if memberships and not held.memberships else ()
    specialties = _specialties(who, held, heard)
    entry = Entry(
        npi=who.npi,
        specialties=specialties,
        practices=practices,
        memberships=memberships,
        verifications=((heard.on_day, heard.how),),
    )
    with connection.cursor() as cursor:
        run = LoadRun.objects.create(
            kind=BY_HAND, file_name=f"Asked by {heard.how}", on_day=today, state=LoadRun.State.DONE, rows_done=1
        )
        networks = {n.name: n.pk for n in HealthNetwork.objects.all()}
        open_rooms(cursor)
        fill(cursor, [(1, entry)], {"": None, **networks}, today)
        merge(cursor, run.pk, Source.PLAN.value, today)
        cursor.execute("SELECT DISTINCT verdict FROM stage_outcome")
        if against := [REASONS[verdict] for (verdict,) in cursor.fetchall() if verdict in REASONS]:
            raise CannotAmend(f"The directory cannot take this: it {against[0]}. Ask the contracting desk to load it.")
        if specialties:
            _end_other_specialties(who, specialties, today)
        project(cursor, today)
    flatten([who.pk])
    return bool(memberships or specialties)


def _wait_for_nobody() -> None:
    """Take the lock that keeps two loads from running at once, until the transaction ends. Raises CannotAmend."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise CannotAmend("A file is being loaded into the directory. Write this down again when it has ended.")


def _memberships(who: QualifiedProfessional, held: Standing, heard: Heard, today: date) -> Iterator[MembershipTold]:
    believed = _of_today(who, held, today)
    touched = [m for m in believed if m.site_key in heard.gone or _differs(m, heard)]
    networks = {m.told.network for m in touched}
    yesterday = today - timedelta(days=1)
    for each in believed:
        # Reading: where the plan knows a professional in a network, its word alone counts there. So all of that
        # network is said again, also what did not change.
        if each.told.network not in networks or (each.plans_own and each not in touched):
            continue
        before, days = each.told, each.told.days
        began = days.from_on or today
        if each.site_key in heard.gone:
            yield _again(before, Told(began, max(yesterday, began)), before.accepts)
        elif _differs(each, heard):
            if not each.plans_own and began < today:
                yield _again(before, Told(began, yesterday), before.accepts)
            yield _again(before, Told(today, days.to_on), heard.accepts)
        else:
            yield before


@dataclass(frozen=True, slots=True)
class _Believed:
    told: MembershipTold
    site_key: int | None
    plans_own: bool


def _of_today(who: QualifiedProfessional, held: Standing, today: date) -> list[_Believed]:
    """The memberships that count today, as they would be told; of an entry put in by hand, its contracts."""
    found = [
        _Believed(
            MembershipTold(
                network=m.network.name if m.network else "",
                place=_place(m),
                days=Told(m.from_on, m.to_on),
                accepts=m.accepts,
                panel=m.panel,
                age_from=m.age_from,
                age_to=m.age_to,
            ),
            m.site_id,
            m.said_by == Source.PLAN,
        )
        for m in held.memberships
    ]
    if found or Membership.objects.filter(professional=who).exists():
        return found
    signed = Contract.objects.filter(Period.covering(today), professional=who).select_related("network")
    return [
        _Believed(
            MembershipTold(
                network=c.network.name if c.network else "",
                place=_place_on_record(who),
                days=Told(c.from_on, c.to_on),
                accepts=who.accepts_new_members,
            ),
            ADDRESS_ON_RECORD,
            False,
        )
        for c in signed
    ]


def _differs(each: _Believed, heard: Heard) -> bool:
    return heard.accepts is not None and each.told.accepts != heard.accepts


def _again(told: MembershipTold, days: Told, accepts: bool | None) -> MembershipTold:
    return MembershipTold(told.network, told.place, days, accepts, told.panel, told.age_from, told.age_to)


def _practices(who: QualifiedProfessional, heard: Heard) -> tuple[PracticeTold, ...]:
    """The address of an entry put in by hand, so that what is known of it there is not lost with its first site."""
    if ADDRESS_ON_RECORD in heard.gone:
        return ()
    return (PracticeTold(_place_on_record(who), who.phone, who.fax, tuple(who.languages)),)


def _specialties(who: QualifiedProfessional, held: Standing, heard: Heard) -> tuple[tuple[str, bool], ...]:
    codes = tuple(dict.fromkeys(heard.specialties))
    if not codes or codes == (who.taxonomy, *who.other_taxonomies):
        return ()
    return tuple((code, place == 0) for place, code in enumerate(codes))


def _end_other_specialties(who: QualifiedProfessional, told: tuple[tuple[str, bool], ...], today: date) -> None:
    """What the plan said before and the office does not name any more has ended."""
    others = SpecialtyHeld.objects.filter(professional=who, said_by=Source.PLAN, to_on__isnull=True)
    others.exclude(code__in=[code for code, _ in told]).update(to_on=today - timedelta(days=1))


def _place(held: Membership) -> Place | None:
    site = held.site
    if site is None:
        return None
    return Place(site.place, site.address, site.city, site.state, site.zip_code, site.latitude, site.longitude)


def _place_on_record(who: QualifiedProfessional) -> Place:
    key = key_of_place(who.address, who.city, who.state, who.zip_code)
    return Place(key, who.address, who.city, who.state, who.zip_code, who.latitude, who.longitude)
