"""One professional as the directory held them on a day: what is known, who says so, and what that comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from secondopinion.directory.amending import BY_HAND
from secondopinion.directory.as_of import Standing, standing_of
from secondopinion.directory.loading.projecting import NO_LAST_DAY, UNKNOWN_DAY
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.directory.models_dated import (
    Dated,
    Exclusion,
    LicenseHeld,
    LoadRun,
    Membership,
    NpiDeactivation,
    Practice,
    Source,
    SpecialtyHeld,
    Verification,
)
from secondopinion.directory.models_verifying import Doubt
from secondopinion.directory.verifying import Task, fresh_within, heard_of, open_tasks
from secondopinion.policy.findings import Verdict

D = TypeVar("D", bound=Dated)
K = TypeVar("K")
SOURCES = {source.value: source.label for source in Source}
ON_ASKING = "The plan, on asking the office"
"""Who says what was not in a file: the plan's own word all the same."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One question that decides whether a professional can be offered, its answer, and the answer in words.

    `bars`: a no keeps the professional off every list. Otherwise it only moves the place on the list.
    """

    question: str
    verdict: Verdict
    words: str
    bars: bool = True


@dataclass(frozen=True, slots=True)
class Saying:
    """What one source says of a thing on which sources disagree."""

    source: str
    words: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A thing on which the sources disagree; the first saying is the one that is believed."""

    about: str
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """One period of the history, in words."""

    kind: str
    words: str
    source: str
    from_on: date
    to_on: date | None
    never: bool  # replaced on its own first day, so it never held


@dataclass(frozen=True, slots=True)
class Profile:
    """All there is to show of a professional as of a day."""

    who: QualifiedProfessional
    on: date
    standing: Standing
    contracts: tuple[Contract, ...]  # in force on the day
    reasons: tuple[Reason, ...]
    differences: tuple[Difference, ...]
    verifications: tuple[Verification, ...]
    doubts: tuple[Doubt, ...]
    tasks: tuple[Task, ...]
    history: tuple[Span, ...]
    verified_on: date | None
    stale: bool
    by_call: frozenset[int]  # the runs that no file made

    def source_of(self, held: Dated) -> str:
        """Who says what a period holds, in words."""
        return _source(held, self.by_call)

    @property
    def offered(self) -> Verdict:
        """Whether the professional can be on a Member's list on the day: no as soon as one thing bars it."""
        barring = [reason.verdict for reason in self.reasons if reason.bars]
        if Verdict.NO in barring:
            return Verdict.NO
        return Verdict.UNKNOWN if Verdict.UNKNOWN in barring else Verdict.YES

    @property
    def by_hand(self) -> bool:
        """Whether no file tells anything of the professional, so that only today's columns are known."""
        return not self.history


def profile_of(who: QualifiedProfessional, on: date) -> Profile:
    """The professional as of a day. What no period tells is read from today's columns, and said to be so."""
    standing = standing_of(who, on)
    every = _every_period(who)
    by_call = frozenset(
        LoadRun.objects.filter(kind=BY_HAND, pk__in={each.run_id for each in every}).values_list("pk", flat=True)
    )
    contracts = tuple(
        Contract.objects.filter(Contract.covering(on), professional=who).select_related("network").order_by("from_on")
    )
    verified_on = standing.verification.on_day if standing.verification else _told(who.verified_on, on)
    tasks = open_tasks([who.pk]).get(who.pk, ())
    fresh = fresh_within(on)
    stale = verified_on is None or verified_on < on - timedelta(days=fresh.number)
    return Profile(
        who=who,
        on=on,
        standing=standing,
        contracts=contracts,
        reasons=(
            _npi(standing),
            _license(who, standing, every, on),
            _exclusion(who, standing, every),
            _contract(contracts),
            _accepts(who, standing),
            _place(who, standing),
            _verified(verified_on, stale, fresh.number, tasks),
        ),
        differences=tuple(_differences(standing, every, on)),
        verifications=tuple(Verification.objects.filter(professional=who, on_day__lte=on)),
        doubts=heard_of(who),
        tasks=tasks,
        history=tuple(sorted(_spans(every, by_call), key=lambda span: (span.kind, span.from_on), reverse=True)),
        verified_on=verified_on,
        stale=stale,
        by_call=by_call,
    )


def _told(day: date, on: date) -> date | None:
    return day if UNKNOWN_DAY < day <= on else None


def _npi(standing: Standing) -> Reason:
    dead = standing.npi_is_dead
    words = "The national file says the number was deactivated." if dead else "No source says it was deactivated."
    return Reason("Is the NPI alive?", Verdict.NO if dead else Verdict.YES, words)


def _license(who: QualifiedProfessional, standing: Standing, every: Sequence[Dated], on: date) -> Reason:
    question = "Is a licence in force?"
    if standing.is_licensed:
        held = next(x for x in standing.licenses if x.status == LicenseHeld.Status.ACTIVE)
        until = f", until {held.to_on:%B} {held.to_on.day}, {held.to_on.year}" if held.to_on else ""
        return Reason(question, Verdict.YES, f"{held.state} {held.number} is in force{until}.")
    if any(x.status == LicenseHeld.Status.SUSPENDED for x in standing.licenses):
        return Reason(question, Verdict.NO, "The licence is suspended, revoked, expired or surrendered.")
    if standing.licenses:
        return Reason(
            question,
            Verdict.NO,
            "Only the holder has told of a licence. It counts when the plan or the board has confirmed it.",
        )
    if any(isinstance(each, LicenseHeld) for each in every) or who.license_to_on <= UNKNOWN_DAY:
        return Reason(question, Verdict.NO, "No source tells of a licence in force on this day.")
    if who.license_to_on < on:
        return Reason(question, Verdict.NO, f"The licence on record ended on {_day(who.license_to_on)}.")
    until = "" if who.license_to_on >= NO_LAST_DAY else f" until {_day(who.license_to_on)}"
    return Reason(question, Verdict.YES, f"{who.license_number} is in force{until}, as entered by hand.")


def _exclusion(who: QualifiedProfessional, standing: Standing, every: Sequence[Dated]) -> Reason:
    question = "May the professional be paid?"
    if standing.exclusions:
        lists = ", ".join(dict.fromkeys(each.register for each in standing.exclusions))
        return Reason(question, Verdict.NO, f"Stands on a list of people who may not be paid: {lists}.")
    if who.excluded and not any(isinstance(each, Exclusion) for each in every):
        return Reason(question, Verdict.NO, "Marked by hand as standing on an exclusion list.")
    return Reason(question, Verdict.YES, "Stands on no exclusion list that was loaded.")


def _contract(contracts: Sequence[Contract]) -> Reason:
    question = "Is there a contract on this day?"
    if not contracts:
        return Reason(
            question, Verdict.NO, "With nobody: a Non-Contracted Provider, who can only be agreed to under II.H."
        )
    names = ", ".join(dict.fromkeys(c.network.name if c.network else "the plan itself" for c in contracts))
    return Reason(question, Verdict.YES, f"With {names}.")


def _accepts(who: QualifiedProfessional, standing: Standing) -> Reason:
    question = "Does the office take new Members?"
    said = {m.accepts for m in standing.memberships} or {who.accepts_new_members}
    if True in said:
        everywhere = said == {True}
        return Reason(question, Verdict.YES, "Yes." if everywhere else "Yes, but not at every place or network.")
    if None in said:
        return Reason(question, Verdict.UNKNOWN, "No source says. Ask the office.")
    return Reason(question, Verdict.NO, "No.")


def _place(who: QualifiedProfessional, standing: Standing) -> Reason:
    question = "Is it known where the place lies?"
    sites = [each.site.latitude for each in standing.practices] or [who.latitude]
    if any(latitude is not None for latitude in sites):
        return Reason(question, Verdict.YES, "Yes, so the distance to a Member can be told.", bars=False)
    return Reason(
        question, Verdict.UNKNOWN, "No source gives coordinates: listed last, and never counted as near.", bars=False
    )


def _verified(on: date | None, stale: bool, days: int, tasks: Sequence[Task]) -> Reason:
    question = "Has a person confirmed the entry lately?"
    if tasks:
        words = "Something was heard against it that nobody has checked. Listed after those who are confirmed."
        return Reason(question, Verdict.NO, words, bars=False)
    if on is None:
        return Reason(question, Verdict.NO, "Never. Listed after those who are confirmed.", bars=False)
    if stale:
        words = f"Last on {_day(on)}, more than {days} days ago. Listed after those who are confirmed."
        return Reason(question, Verdict.NO, words, bars=False)
    return Reason(question, Verdict.YES, f"On {_day(on)}.", bars=False)


def _every_period(who: QualifiedProfessional) -> list[Dated]:
    return [
        *SpecialtyHeld.objects.filter(professional=who),
        *LicenseHeld.objects.filter(professional=who),
        *Practice.objects.filter(professional=who).select_related("site"),
        *Membership.objects.filter(professional=who).select_related("site", "network"),
        *Exclusion.objects.filter(professional=who),
        *NpiDeactivation.objects.filter(professional=who),
    ]


def _differences(standing: Standing, every: Sequence[Dated], on: date) -> Iterator[Difference]:
    """Where two sources say different things of the same on the day; the most believed first."""
    for (state, number), held in _by(standing.licenses, lambda x: (x.state, x.number)):
        told = [x for x in held if x.status != LicenseHeld.Status.REPORTED]
        yield from _difference(f"Licence {state} {number}", [(x, x.get_status_display()) for x in told])
    for place, practices in _by(standing.practices, lambda x: x.site):
        for what in ("phone", "fax"):
            said = [(x, str(getattr(x, what))) for x in practices if getattr(x, what)]
            yield from _difference(f"{what.capitalize()} at {place.address}", said)
        reach = [(x, "yes" if x.accessible else "no") for x in practices if x.accessible is not None]
        yield from _difference(f"Wheelchair access at {place.address}", reach)
    mains = [x for x in standing.specialties if x.is_primary]
    yield from _difference("Main specialty", [(x, x.code) for x in mains])
    yield from _of_memberships(every, on)


def _of_memberships(every: Sequence[Dated], on: date) -> Iterator[Difference]:
    memberships = [each for each in every if isinstance(each, Membership)]
    running = [m for m in memberships if m.from_on <= on and (m.to_on is None or m.to_on >= on)]
    order = list(SOURCES)
    running.sort(key=lambda m: order.index(m.said_by))
    for (network, site), told in _by(running, lambda m: (m.network, m.site)):
        where = f"{network or 'the plan itself'}{f', {site.address}' if site else ''}"
        takes = [(m, "yes" if m.accepts else "no") for m in told if m.accepts is not None]
        yield from _difference(f"New Members taken for {where}", takes)
        ages = [(m, f"{m.age_from or 0} to {m.age_to or 'any'}") for m in told if m.age_from or m.age_to]
        yield from _difference(f"Ages seen for {where}", ages)
    for network, told in _by(running, lambda m: m.network):
        ended = [
            m for m in memberships
            if m.network == network and m.to_on is not None and m.from_on <= m.to_on < on
            and m.said_by not in {each.said_by for each in told}
        ]  # fmt: skip
        for old in ended:
            if all(order.index(old.said_by) < order.index(each.said_by) for each in told):
                last = f"ended on {_day(old.to_on)}" if old.to_on else ""
                runs = [Saying(SOURCES[each.said_by], "still runs") for each in told]
                yield Difference(
                    f"Membership of {network or 'the plan itself'}", (Saying(SOURCES[old.said_by], last), *runs)
                )
                break


def _difference(about: str, said: Iterable[tuple[Dated, str]]) -> Iterator[Difference]:
    by_source = {each.said_by: words for each, words in reversed(list(said))}
    if len(set(by_source.values())) > 1:
        first_believed = reversed(by_source.items())
        yield Difference(about, tuple(Saying(SOURCES[by], words) for by, words in first_believed))


def _by(held: Iterable[D], key: Callable[[D], K]) -> Iterator[tuple[K, list[D]]]:
    groups: dict[K, list[D]] = defaultdict(list)
    for each in held:
        groups[key(each)].append(each)
    yield from groups.items()


def _source(held: Dated, by_call: frozenset[int]) -> str:
    return ON_ASKING if held.run_id in by_call else SOURCES[held.said_by]


def _spans(every: Iterable[Dated], by_call: frozenset[int]) -> Iterator[Span]:
    for each in every:
        kind, words = _words(each)
        never = each.to_on is not None and each.to_on < each.from_on
        yield Span(kind, words, _source(each, by_call), each.from_on, each.to_on, never)


def _words(each: Dated) -> tuple[str, str]:
    if isinstance(each, SpecialtyHeld):
        return "Specialty", f"{each.code}{', the main one' if each.is_primary else ''}"
    if isinstance(each, LicenseHeld):
        return "Licence", f"{each.state} {each.number}: {each.get_status_display()}"
    if isinstance(each, Practice):
        return "Place", f"{each.site.address}, {each.site.city}"
    if isinstance(each, Membership):
        takes = {True: ", takes new Members", False: ", takes no new Members", None: ""}[each.accepts]
        where = f", {each.site.address}" if each.site else ""
        return "Membership", f"{each.network or 'the plan itself'}{where}{takes}"
    if isinstance(each, Exclusion):
        return "Exclusion", each.register
    return "NPI", "deactivated"


def _day(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"
