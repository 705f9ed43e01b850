"""Reading an enrollment file: who is a Member, in which program and Health Network, and who is now owed the right.

A CSV file with a header (docs/enrollment.md). A row that cannot be right is left out and told with its line; the rest
goes on. The file may be read again at any time: what is known already changes nothing and owes nothing twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from secondopinion.directory.loading import checking
from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.reading import FileFault, places_of, rows_of, sha256_of
from secondopinion.directory.loading.refusing import errors_to
from secondopinion.people.models import Enrollment, HealthNetwork, Member, NetworkAssignment
from secondopinion.people.rls import plan_scope
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.identifiers import cin_of, mbi_of
from secondopinion.referrals.models_right import EnrollmentFile, RightStatement
from secondopinion.referrals.right_owed import due_at_enrollment

NEEDED: Final = (
    "member_id", "first_name", "last_name", "birth_date", "address", "city", "zip_code", "program", "from_on",
)  # fmt: skip
MAY_BE: Final = ("cin", "mbi", "language", "phone", "state", "network", "to_on", "told_on", "told_by")
BATCH: Final = 500  # rows written in one transaction
LONGEST: Final[Mapping[str, int]] = {
    "member_id": 20, "first_name": 60, "last_name": 60, "address": 120, "city": 60, "zip_code": 10, "phone": 20,
    "network": 120,
}  # fmt: skip
PERSON: Final = (
    "first_name", "last_name", "cin", "mbi", "language", "phone", "address", "city", "state", "zip_code",
)  # fmt: skip
OURS: Final = (*PERSON, "latitude", "longitude")
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?", re.ASCII)
TOLD_BY: Final = tuple(way.value for way in RightStatement.Way if way is not RightStatement.Way.LETTER)
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What one row says. `network`: its name as the file has it; empty for the plan's own."""

    line: int
    member_id: str
    birth_date: date
    person: Mapping[str, str]
    program: Program
    from_on: date
    to_on: date | None
    network: str
    told_on: date | None
    told_by: str


@dataclass(slots=True)
class _Known:
    """What the database knows of the Members of a batch."""

    members: dict[str, Member]
    enrollments: dict[UUID, list[Enrollment]]
    assignments: dict[UUID, list[NetworkAssignment]]


def load_enrollment(path: Path, *, now: datetime, on_day: date | None = None, errors: Path | None = None,
                    encoding: str = "utf-8") -> EnrollmentFile:  # fmt: skip
    """Read a file that the plan received on `on_day` (none: today). Raises FileFault.

    Each batch is written whole or not at all; after a crash the file is read again from its first row.
    """
    today = now.astimezone(PACIFIC).date()
    if on_day is not None and on_day > today:
        raise FileFault("The file cannot have been received after today: give the day on which it came with --on.")
    received = on_day or today
    file = EnrollmentFile(
        file_name=path.name[:200], file_sha256=sha256_of(path), on_day=received, loaded_at=now, refused={}
    )
    with plan_scope(today):
        networks = {each.name.casefold(): each for each in HealthNetwork.objects.all()}
    with errors_to(errors, goes_on=False) as tell:
        rows = _read(path, encoding, received, networks)
        while batch := list(islice(rows, BATCH)):
            with plan_scope(today):
                faults = _write(batch, file, networks, now)
                file.rows += len(batch)
                file.refused = dict(Counter(file.refused) + Counter(fault.reason for _, fault in faults))
                tell(faults)
    with plan_scope(today):
        file.save()
    return file


def _read(
    path: Path, encoding: str, received: date, networks: Mapping[str, HealthNetwork]
) -> Iterator[Told | tuple[int, RowFault]]:
    rows = rows_of(path, encoding)
    try:
        _, header = next(rows)
    except StopIteration:
        raise FileFault(f"{path.name} is empty: give a file with a header and rows.") from None
    places = places_of(path, header, NEEDED)
    if strange := sorted(places.keys() - {*NEEDED, *MAY_BE}):
        raise FileFault(
            f"{path.name} has columns nobody here knows ({', '.join(strange)[:120]}): take them out, or name them as "
            "docs/enrollment.md does."
        )
    for line, row in rows:
        try:
            if len(row) != len(header):
                raise RowFault("row", "", f"has another number of columns than the header ({len(header)})")
            yield _told(line, {name: row[at].strip() for name, at in places.items()}, received, networks)
        except RowFault as fault:
            yield line, fault.with_traceback(None)


def _told(line: int, row: Mapping[str, str], received: date, networks: Mapping[str, HealthNetwork]) -> Told:
    """What one row says, every value looked at. Raises RowFault."""
    for name in NEEDED:
        if not row[name]:
            raise RowFault(name, "", "is empty")
    words = {name: checking.text(name, row.get(name, ""), most) for name, most in LONGEST.items()}
    born, begins, ends = (checking.day(name, row.get(name, "")) for name in ("birth_date", "from_on", "to_on"))
    assert born is not None  # both are needed columns
    assert begins is not None
    if born > received:
        raise RowFault("birth_date", row["birth_date"], "lies after the day the file came")
    if ends is not None and ends < begins:
        raise RowFault("to_on", row["to_on"], "lies before the first day")
    if row["program"] not in {each.value for each in Program}:
        raise RowFault("program", row["program"], "not a program: write medi-cal or onecare")
    if words["network"].casefold() not in {"", *networks}:
        raise RowFault(
            "network", words["network"], "not a Health Network on record: spell its name as the register does"
        )
    told_on = checking.day("told_on", row.get("told_on", ""))
    told_by = row.get("told_by", "")
    if (told_on is None) != (not told_by):
        raise RowFault("told_by", told_by, "the day and the way of telling go together: give both or neither")
    if told_by and told_by not in TOLD_BY:
        raise RowFault("told_by", told_by, f"not a way of telling: write {', '.join(TOLD_BY)}")
    if told_on is not None and told_on > received:
        raise RowFault("told_on", row["told_on"], "lies after the day the file came")
    person = {name: words.get(name, "") for name in PERSON} | {
        "cin": _number("cin", row, cin_of), "mbi": _number("mbi", row, mbi_of),
        "language": _language(row.get("language", "")), "state": checking.state("state", row.get("state", "")) or "CA",
    }  # fmt: skip
    return Told(
        line, words["member_id"], born, person, Program(row["program"]), begins, ends, words["network"].casefold(),
        told_on, told_by,
    )  # fmt: skip


def _number(name: str, row: Mapping[str, str], reads: Callable[[str], str | None]) -> str:
    given = row.get(name, "")
    found = reads(given) if given else ""
    if found is None:
        raise RowFault(name, given, "cannot be such a number: check it against the card")
    return found


def _language(given: str) -> str:
    # Reading: no language in the file is not English by anybody's word; letters go in English, with the sheet that
    # offers help, until the Member says.
    if given and not LANGUAGE.fullmatch(given):
        raise RowFault("language", given, "not a language code, as en, es or vie")
    return (given or "en")[:8]


def _write(
    batch: list[Told | tuple[int, RowFault]], file: EnrollmentFile, networks: Mapping[str, HealthNetwork], now: datetime
) -> list[tuple[int, RowFault]]:
    """Write a batch, row by row in the file's order, and count what became of each. Returns what was left out."""
    faults = [each for each in batch if not isinstance(each, Told)]
    told = [each for each in batch if isinstance(each, Told)]
    known = _known(told)
    for row in told:
        try:
            outcome = _take(row, known, file, networks, now)
        except RowFault as fault:
            faults.append((row.line, fault.with_traceback(None)))
            continue
        setattr(file, outcome, getattr(file, outcome) + 1)
    return faults


def _known(told: Iterable[Told]) -> _Known:
    """What is on record of the Members that a batch names: three questions for all of them."""
    members = {m.member_id: m for m in Member.objects.filter(member_id__in={row.member_id for row in told})}
    keys = [member.pk for member in members.values()]
    known = _Known(members, {}, {})
    for enrollment in Enrollment.objects.filter(member__in=keys):
        known.enrollments.setdefault(enrollment.member_id, []).append(enrollment)
    for assignment in NetworkAssignment.objects.filter(member__in=keys):
        known.assignments.setdefault(assignment.member_id, []).append(assignment)
    return known


def _take(row: Told, known: _Known, file: EnrollmentFile, networks: Mapping[str, HealthNetwork], now: datetime) -> str:
    """Write what is new in a row: the Member, the enrollment, the network, the debt. Raises RowFault."""
    member = known.members.get(row.member_id)
    fresh = member is None
    if member is not None and member.birth_date != row.birth_date:
        # Reading: the same number with another birth date may be another person, and a wrong Member is worse than none.
        raise RowFault("birth_date", row.birth_date.isoformat(), "is not the birth date on record for this member_id")
    others = known.enrollments.get(member.pk, []) if member else []
    begun, changed = _enrollment(row, others)
    if member is None:
        member = Member.objects.create(member_id=row.member_id, birth_date=row.birth_date, **row.person)
        known.members[row.member_id] = member
    elif _update(member, row.person):
        changed = True
    if begun is None:
        begun = Enrollment.objects.create(
            member=member, program=row.program.value, from_on=row.from_on, to_on=row.to_on
        )
        known.enrollments.setdefault(member.pk, []).append(begun)
        changed = True
        believed = _believe(member, row, file, now)
        goes_on = any(each.program == row.program and each.to_on == row.from_on - A_DAY for each in others)
        ended = row.to_on is not None and row.to_on < file.on_day
        if not (goes_on or ended or believed):
            file.owed += _owe(member, row, file, now)
    elif row.told_on is not None:
        changed |= _believe(member, row, file, now)
    changed |= _assign(row, member, known, networks)
    return "new" if fresh else "changed" if changed else "unchanged"


def _enrollment(row: Told, others: Iterable[Enrollment]) -> tuple[Enrollment | None, bool]:
    """The enrollment that the row speaks of, if it is on record, and whether its last day changed. Raises RowFault."""
    for each in others:
        if each.program != row.program:
            continue
        if each.from_on == row.from_on:
            if each.to_on == row.to_on:
                return each, False
            each.to_on = row.to_on
            each.save(update_fields=["to_on"])
            return each, True
        if each.from_on <= (row.to_on or date.max) and row.from_on <= (each.to_on or date.max):
            raise RowFault(
                "from_on", row.from_on.isoformat(),
                "falls into another enrollment in this program: end that one first, by a row with its first day",
            )  # fmt: skip
    return None, False


def _update(member: Member, person: Mapping[str, str]) -> bool:
    """Take over what is new about a person; a home that moved is not on the map until it is found again."""
    new = {name: said for name, said in person.items() if said and said != getattr(member, name)}
    if not new:
        return False
    for name, said in new.items():
        setattr(member, name, said)
    if new.keys() & {"address", "city", "zip_code"}:
        member.latitude = member.longitude = None
    member.save(update_fields=list(OURS))
    return True


def _assign(row: Told, member: Member, known: _Known, networks: Mapping[str, HealthNetwork]) -> bool:
    """Assign the Member to the row's network from the enrollment's first day; the one before ends the day before."""
    network = networks.get(row.network)
    mine = known.assignments.setdefault(member.pk, [])
    same = next(
        (each for each in mine if network and each.network_id == network.pk and each.from_on == row.from_on), None
    )
    if network is None or (same is not None and same.to_on == row.to_on):
        return False
    if same is not None:
        same.to_on = row.to_on
        same.save(update_fields=["to_on"])
        return True
    if any(each.network_id == network.pk and each.to_on is None and each.from_on < row.from_on for each in mine):
        return False
    for each in mine:
        if each.to_on is None and each.from_on < row.from_on:
            each.to_on = row.from_on - A_DAY
            each.save(update_fields=["to_on"])
    mine.append(NetworkAssignment.objects.create(member=member, network=network, from_on=row.from_on, to_on=row.to_on))
    return True


def _owe(member: Member, row: Told, file: EnrollmentFile, now: datetime) -> int:
    """Owe the statement to a Member who is new in the program. Returns 1 when this made a debt."""
    _, made = RightStatement.objects.get_or_create(
        member=member, program=row.program.value, occasion=RightStatement.Occasion.WELCOME, counts_from=file.on_day,
        defaults={"due_on": due_at_enrollment(row.program.value, file.on_day), "owed_at": now},
    )  # fmt: skip
    return int(made)


def _believe(member: Member, row: Told, file: EnrollmentFile, now: datetime) -> bool:
    """Keep the evidence that the file brings of a telling elsewhere: it pays the debt that stands, if one does."""
    mine = RightStatement.objects.filter(member=member, program=row.program.value)
    if row.told_on is None or mine.filter(told_on=row.told_on).exists():
        return False
    told = {"told_on": row.told_on, "told_by": row.told_by, "evidence": f"{file.file_name}, line {row.line}"[:200]}
    # Reading: a telling pays the debt that stands only if it was on or after the day from which its days count.
    if mine.filter(told_on__isnull=True, counts_from__lte=row.told_on).update(**told, why=""):
        return True
    RightStatement.objects.create(
        member=member, program=row.program.value, occasion=RightStatement.Occasion.WELCOME, counts_from=row.told_on,
        due_on=due_at_enrollment(row.program.value, row.told_on), owed_at=now, **told,
    )  # fmt: skip
    return True
