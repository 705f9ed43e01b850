"""The enrollment file: who it makes a Member, what it leaves out, and who is owed the right because of it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from county import LONG_AGO, NOW, TODAY, county
from secondopinion.directory.loading.reading import FileFault
from secondopinion.people.find import network_of, programs_of
from secondopinion.people.models import Enrollment, Member
from secondopinion.people.rls import Scope, network_scope, set_scope
from secondopinion.referrals.enrolling import MAY_BE, NEEDED, load_enrollment
from secondopinion.referrals.models_right import EnrollmentFile, RightStatement

pytestmark = [pytest.mark.usefixtures("as_plan"), pytest.mark.clause("II.A")]

TUESDAY = date(2026, 12, 1)  # the first day of a new Member
ANA = {
    "member_id": "M0000900", "first_name": "Ana", "last_name": "Soto", "birth_date": "1990-05-01",
    "address": "9 Plum Street", "city": "Orchard City", "zip_code": "92998", "program": "medi-cal",
    "from_on": "2026-12-01", "language": "es",
}  # fmt: skip


def written(folder: Path, *rows: dict[str, str], header: tuple[str, ...] = (*NEEDED, *MAY_BE)) -> Path:
    """A file of these rows."""
    path = folder / "enrollment.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(path: Path, **more: Any) -> EnrollmentFile:
    """Load it on Monday 2026-11-23, and look at it as the plan."""
    file = load_enrollment(path, now=NOW, **more)
    set_scope(Scope(None, TODAY))
    return file


def test_a_new_member_is_owed_the_statement_within_seven_days(tmp_path: Path) -> None:
    file = load(written(tmp_path, ANA))
    assert (file.rows, file.new, file.owed, file.refused) == (1, 1, 1, {})
    ana = Member.objects.get(member_id="M0000900")
    assert (ana.first_name, ana.language, ana.state) == ("Ana", "es", "CA")
    assert programs_of(ana, TUESDAY) == ("medi-cal",)
    (debt,) = RightStatement.objects.filter(member=ana)
    assert (debt.occasion, debt.counts_from, debt.due_on) == ("welcome", TODAY, TODAY + timedelta(days=7))
    assert debt.told_on is None


def test_the_days_count_from_when_the_plan_received_the_file(tmp_path: Path) -> None:
    friday = date(2026, 11, 20)
    load(written(tmp_path, ANA), on_day=friday)
    assert RightStatement.objects.get().due_on == date(2026, 11, 27)  # a Friday
    with pytest.raises(FileFault, match="cannot have been received after today"):
        load_enrollment(tmp_path / "enrollment.csv", now=NOW, on_day=TODAY + timedelta(days=1))


def test_the_same_file_read_again_changes_and_owes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, ANA, {**ANA, "member_id": "M0000901", "first_name": "Bo"})
    load(path)
    again = load(path)
    assert (again.new, again.changed, again.unchanged, again.owed) == (0, 0, 2, 0)
    assert (
        RightStatement.objects.count() == Enrollment.objects.filter(member__member_id__startswith="M00009").count() == 2
    )


def test_a_second_program_in_the_same_file_is_owed_a_statement_of_its_own(tmp_path: Path) -> None:
    file = load(written(tmp_path, ANA, {**ANA, "program": "onecare"}))
    assert (file.new, file.changed, file.owed) == (1, 1, 2)
    assert set(RightStatement.objects.values_list("program", flat=True)) == {"medi-cal", "onecare"}


def test_an_enrollment_that_goes_on_the_next_day_owes_nothing_new(tmp_path: Path) -> None:
    load(written(tmp_path, {**ANA, "from_on": "2026-01-01", "to_on": "2026-11-30"}))
    file = load(written(tmp_path, {**ANA, "from_on": "2026-12-01"}))
    assert (file.changed, file.owed) == (1, 0)
    assert RightStatement.objects.count() == 1


def test_an_enrollment_that_is_over_owes_nothing(tmp_path: Path) -> None:
    assert load(written(tmp_path, {**ANA, "from_on": "2025-01-01", "to_on": "2025-06-30"})).owed == 0


def test_evidence_of_a_telling_elsewhere_pays_the_debt_and_cannot_be_changed(tmp_path: Path) -> None:
    load(written(tmp_path, ANA), on_day=date(2026, 11, 20))
    load(written(tmp_path, {**ANA, "told_on": "2026-11-22", "told_by": "handbook"}))
    (told,) = RightStatement.objects.all()
    assert (told.told_on, told.told_by, told.evidence) == (date(2026, 11, 22), "handbook", "enrollment.csv, line 2")
    for change in ({"told_on": date(2026, 11, 21)}, {"evidence": "somebody said so"}):
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            RightStatement.objects.filter(pk=told.pk).update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        told.delete()


def test_evidence_with_the_first_row_owes_nothing(tmp_path: Path) -> None:
    file = load(written(tmp_path, {**ANA, "told_on": "2026-11-23", "told_by": "packet"}))
    assert file.owed == 0
    assert RightStatement.objects.get().told_by == "packet"


WRONG = [
    ({"member_id": ""}, "member_id", "is empty"),
    ({"birth_date": "1990-13-01"}, "birth_date", "not a day"),
    ({"birth_date": "2026-11-24"}, "birth_date", "lies after the day"),
    ({"program": "medicare"}, "program", "write medi-cal or onecare"),
    ({"to_on": "2026-11-30"}, "to_on", "lies before the first day"),
    ({"network": "Nobody's Network"}, "network", "not a Health Network on record"),
    ({"language": "Español"}, "language", "not a language code"),
    ({"cin": "12345"}, "cin", "cannot be such a number"),
    ({"mbi": "XXXX"}, "mbi", "cannot be such a number"),
    ({"state": "California"}, "state", "two letters"),
    ({"first_name": "A" * 61}, "first_name", "longer than 60"),
    ({"told_on": "2026-11-20"}, "told_by", "give both or neither"),
    ({"told_on": "2026-11-20", "told_by": "dream"}, "told_by", "not a way of telling"),
    ({"told_on": "2026-11-24", "told_by": "packet"}, "told_on", "lies after the day"),
]


def test_a_row_that_cannot_be_right_is_left_out_and_told_with_its_line(tmp_path: Path) -> None:
    path, errors = written(tmp_path, *({**ANA, **wrong} for wrong, _, _ in WRONG), ANA), tmp_path / "refused.csv"
    file = load(path, errors=errors)
    assert (file.rows, file.new, file.refused_rows) == (len(WRONG) + 1, 1, len(WRONG))
    with errors.open(encoding="utf-8", newline="") as told:
        rows = list(csv.DictReader(told))
    assert [(int(row["line"]), row["field"]) for row in rows] == [
        (n + 2, field) for n, (_, field, _) in enumerate(WRONG)
    ]
    for row, (_, _, reason) in zip(rows, WRONG, strict=True):
        assert reason in row["reason"]


def test_another_birth_date_for_a_known_number_is_refused(tmp_path: Path) -> None:
    load(written(tmp_path, ANA))
    file = load(written(tmp_path, {**ANA, "birth_date": "1991-05-01", "last_name": "Sota"}))
    assert file.refused == {"is not the birth date on record for this member_id": 1}
    assert Member.objects.get(member_id="M0000900").last_name == "Soto"


def test_an_enrollment_inside_another_is_refused_and_its_last_day_may_be_told_later(tmp_path: Path) -> None:
    load(written(tmp_path, ANA))
    assert load(written(tmp_path, {**ANA, "from_on": "2027-01-01"})).refused_rows == 1
    assert load(written(tmp_path, {**ANA, "to_on": "2027-03-31"})).changed == 1
    assert Enrollment.objects.get(member__member_id="M0000900").to_on == date(2027, 3, 31)


def test_a_member_who_moved_is_written_to_at_the_new_home_and_is_off_the_map(tmp_path: Path) -> None:
    known = county().maria
    Member.objects.filter(pk=known.pk).update(latitude=33.7, longitude=-117.8)
    row = {**ANA, "member_id": "M0000003", "birth_date": "1985-05-17", "first_name": "Maria", "last_name": "Reyes",
           "address": "1 New Road", "from_on": LONG_AGO.isoformat(), "language": ""}  # fmt: skip
    assert load(written(tmp_path, row)).changed == 1
    known.refresh_from_db()
    assert (known.address, known.latitude) == ("1 New Road", None)


def test_a_network_is_assigned_from_the_first_day_and_the_one_before_ends(tmp_path: Path) -> None:
    made = county()
    load(written(tmp_path, {**ANA, "network": "citrus valley medical group"}))
    ana = Member.objects.get(member_id="M0000900")
    assert network_of(ana, TUESDAY) == made.citrus
    load(
        written(tmp_path, {**ANA, "to_on": "2026-12-31"}, {**ANA, "from_on": "2027-01-01", "network": made.sierra.name})
    )
    assert network_of(ana, date(2026, 12, 31)) == made.citrus
    assert network_of(ana, date(2027, 1, 1)) == made.sierra


def test_a_health_network_sees_the_statements_of_its_own_members_only(tmp_path: Path) -> None:
    made = county()
    rows = ({**ANA, "from_on": "2026-11-01", "network": made.citrus.name}, {**ANA, "member_id": "M0000901"})
    load(written(tmp_path, *rows))
    with network_scope(made.citrus.pk, on=TODAY):
        assert [each.member.member_id for each in RightStatement.objects.all()] == ["M0000900"]
    with network_scope(made.sierra.pk, on=TODAY):
        assert not RightStatement.objects.exists()


@pytest.mark.parametrize(
    ("header", "why"),
    [(tuple(n for n in NEEDED if n != "program"), "no column 'program'"), ((*NEEDED, "colour"), "nobody here knows")],
)
def test_a_file_with_other_columns_is_refused_whole(tmp_path: Path, header: tuple[str, ...], why: str) -> None:
    with pytest.raises(FileFault, match=why):
        load_enrollment(written(tmp_path, dict.fromkeys(header, "x"), header=header), now=NOW)
    set_scope(Scope(None, TODAY))
    assert not EnrollmentFile.objects.exists()


def test_an_empty_file_and_none_at_all_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    with pytest.raises(FileFault, match="is empty"):
        load_enrollment(tmp_path / "empty.csv", now=NOW)
    with pytest.raises(FileFault, match="cannot be opened"):
        load_enrollment(tmp_path / "nowhere.csv", now=NOW)
