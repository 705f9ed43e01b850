"""The State's listing, the taxonomy file, archives, and layouts of the plan's own."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from directory.files import TODAY, contract, doctor, national, number, order, table
from secondopinion.directory.as_of import standing_of
from secondopinion.directory.find import is_contracted
from secondopinion.directory.loading.checking import credential
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.reading import FileFault
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_dated import Membership, Site, Taxonomy
from secondopinion.people.models import HealthNetwork

pytestmark = pytest.mark.usefixtures("as_plan")

EARLIER = date(2026, 11, 2)  # a Monday


def listed(at: int, **changed: str) -> dict[str, str]:
    """A row of the State's listing."""
    return {
        "ManagedCarePlan": "Orchard County Health Plan", "PlanCode": "500", "SubNetwork": "Citrus Valley Medical Group",
        "NPI": number(at), "Taxonomy": "207XS0117X", "FirstName": "Dora", "LastName": f"Made-Up{at}",
        "Address": f"{at} Clinic Way", "City": "Orchard City", "State": "CA", "ZipCode": "92999",
        "Latitude": "33.75", "Longitude": "-117.87", **changed,
    }  # fmt: skip


@pytest.fixture
def citrus() -> HealthNetwork:
    return HealthNetwork.objects.create(name="Citrus Valley Medical Group", kind="shared-risk", phone="1-714-555-0110")


def test_the_listing_tells_who_is_in_which_network_and_where(citrus: HealthNetwork, tmp_path: Path) -> None:
    run = load(order("listing", table(tmp_path / "l.csv", [listed(1), listed(1, SubNetwork="Direct"), listed(2)])))
    one = QualifiedProfessional.objects.get(npi=number(1))
    held = standing_of(one, TODAY).memberships
    assert (run.new, run.refused) == (3, {})
    assert {(m.network, m.accepts, m.from_on) for m in held} == {(citrus, None, TODAY), (None, None, TODAY)}
    assert (one.last_name, one.taxonomy, one.latitude) == ("Made-Up1", "207XS0117X", 33.75)
    assert Site.objects.count() == 2


@pytest.mark.parametrize("size", [1, 100])
def test_what_a_complete_listing_does_not_hold_any_more_has_ended(
    size: int, citrus: HealthNetwork, tmp_path: Path
) -> None:
    first = [listed(1), listed(1, SubNetwork="Direct"), listed(2), listed(3)]
    load(order("listing", table(tmp_path / "1.csv", first), EARLIER, complete=True))
    run = load(order("listing", table(tmp_path / "2.csv", [listed(1), listed(4)]), complete=True), batch=size)
    assert (run.new, run.unchanged, run.ended) == (1, 1, 3)
    in_it = {who.npi for who in QualifiedProfessional.objects.all() if is_contracted(who, TODAY)}
    assert in_it == {number(1), number(4)}
    left = QualifiedProfessional.objects.get(npi=number(2))
    assert is_contracted(left, date(2026, 11, 22))  # the Sunday before
    assert standing_of(left, TODAY).practices == ()
    assert len(standing_of(left, EARLIER).practices) == 1


def test_a_complete_file_with_a_refused_row_ends_nothing(citrus: HealthNetwork, tmp_path: Path) -> None:
    load(order("listing", table(tmp_path / "1.csv", [listed(1), listed(2)]), EARLIER))
    run = load(order("listing", table(tmp_path / "2.csv", [listed(1), listed(2, NPI="1")]), complete=True))
    assert run.ended == 0
    assert run.why.startswith("Nothing was ended, because rows were refused")
    assert Membership.objects.filter(to_on=None).count() == 2


def test_a_national_file_is_never_complete(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="A national file cannot be complete"):
        load(order("national", national(tmp_path / "n.csv", [doctor(1)]), complete=True))


def test_a_layout_of_the_plans_own_renames_columns_and_takes_its_own_rows(
    citrus: HealthNetwork, tmp_path: Path
) -> None:
    rows = [listed(1), listed(2, PlanCode="501")]
    path = table(tmp_path / "l.csv", [{**row, "Prov_NPI": row["NPI"]} for row in rows])
    path.write_text(path.read_text().replace(",NPI,", ",Other,"))
    layout = tmp_path / "ours.toml"
    layout.write_text('[listing]\nnpi = "prov_npi"\n[listing_rows]\nplan_codes = ["500"]\n')
    run = load(order("listing", path, layout=layout))
    assert (run.new, run.passed_over) == (1, 1)


def test_a_layout_that_names_what_a_file_does_not_have_is_refused(tmp_path: Path) -> None:
    layout = tmp_path / "ours.toml"
    layout.write_text('[listing]\nnpy = "NPI"\n')
    with pytest.raises(FileFault, match="names npy, which a listing file does not have"):
        load(order("listing", table(tmp_path / "l.csv", [listed(1)]), layout=layout))


def test_one_site_in_two_ways_of_writing_is_one_site(tmp_path: Path) -> None:
    rows = [contract(1, address="5 Clinic Way, Ste. 2"), contract(2, address="5 CLINIC WAY STE 2", zip="92999-1234")]
    load(order("plain", table(tmp_path / "c.csv", rows)))
    assert Site.objects.count() == 1


def test_the_taxonomy_file_gives_codes_their_names_and_a_new_edition_changes_them(tmp_path: Path) -> None:
    row = {
        "Code": "207RC0000X", "Grouping": "Made-up grouping", "Classification": "Made-up class",
        "Specialization": "Hearts", "Definition": "Of no concern", "Display Name": "Heart doctor",
    }  # fmt: skip
    other = row | {"Code": "207R00000X", "Specialization": ""}
    bad = row | {"Code": "hearts"}
    run = load(order("nucc", table(tmp_path / "1.csv", [row, other, bad, row]), date(2026, 1, 1)))
    assert (run.new, run.changed, run.unchanged, sum(run.refused.values())) == (2, 0, 0, 2)
    again = load(order("nucc", table(tmp_path / "2.csv", [row | {"Display Name": "Cardiologist"}, other])))
    assert (again.new, again.changed, again.unchanged) == (0, 1, 1)
    assert Taxonomy.objects.get(code="207RC0000X").display == "Cardiologist"


def test_the_data_file_of_a_national_archive_is_found_among_its_companions(tmp_path: Path) -> None:
    data = national(tmp_path / "npidata_pfile_20260101-20260107.csv", [doctor(1)])
    with zipfile.ZipFile(tmp_path / "week.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(data, data.name)
        for name in ("npidata_pfile_20260101-20260107_fileheader.csv", "othername_pfile_x.csv", "readme.pdf"):
            archive.writestr(name, "x")
    assert load(order("national", tmp_path / "week.zip")).new == 1


def test_an_archive_with_two_data_files_is_not_guessed_at(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "npi\n")
        archive.writestr("b.csv", "npi\n")
    with pytest.raises(FileFault, match="holds 2 data files, not one"):
        load(order("plain", tmp_path / "two.zip"))


def test_a_truncated_zip_is_a_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.zip", "w") as archive:
        archive.writestr("a.csv", "npi\n" * 1000)
    whole = (tmp_path / "w.zip").read_bytes()
    (tmp_path / "w.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileFault, match="damaged or truncated archive"):
        load(order("plain", tmp_path / "w.zip"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("npi", "1234567890"), ("npi", ""), ("zip", "abc"), ("from_on", "2026-02-30"), ("to_on", "2023-12-31"),
        ("accepting", "maybe"), ("languages", "english spoken"), ("latitude", "133"), ("taxonomy", "cardio"),
        ("license_to_on", "1014-01-01"), ("verified_on", "2026-11-24"), ("first_name", "X" * 61),
    ],
)  # fmt: skip
def test_a_wrong_value_of_the_plans_file_is_told_by_its_column(field: str, value: str, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    run = load(order("plain", table(tmp_path / "c.csv", [contract(1, **{field: value}), contract(2)]), errors=errors))
    assert (run.new, sum(run.refused.values())) == (1, 1)
    assert errors.read_text().splitlines()[1].startswith(f"2,{field},{value},")
    assert Membership.objects.count() == 1


def test_letters_behind_a_name_are_made_to_fit() -> None:
    assert credential("M.D.") == "MD"
    assert credential("M.D., PH.D., F.A.C.S.") == "MD, PHD"
    assert credential("DOCTOR OF MEDICINE") == "DOCTOR OF ME"
    assert credential("") == ""
