"""Searching the directory: names however typed, every filter, pages by key, and an index behind each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from county import TODAY, County, county
from directory.files import contract, number, order, table
from secondopinion.directory import search
from secondopinion.directory.areas import Area, area_named
from secondopinion.directory.folding import Folded, folded
from secondopinion.directory.loading.load import load
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_dated import Taxonomy
from secondopinion.directory.search import PAGE, Asked, codes_for, find, fitting, understood

CARDIOLOGY, SPINE = "207RC0000X", "207XS0117X"


@pytest.fixture
def place(as_plan: None) -> County:
    return county()


def named(text: str) -> list[str]:
    """Whom a name finds, by last name."""
    return [who.last_name for who in find(Asked(words=understood(text).words), TODAY).rows]


def call(who: QualifiedProfessional, first: str, last: str) -> None:
    QualifiedProfessional.objects.filter(pk=who.pk).update(first_name=first, last_name=last)


@pytest.mark.parametrize(
    "typed", ["Watson", "watson susan", "SUSAN WATSON", "wats", "sus wat", " Susan   Watson ", "Wátson"]
)
def test_a_name_is_found_in_any_order_by_its_beginnings_and_whatever_the_capitals(place: County, typed: str) -> None:
    assert named(typed) == ["Watson"]


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        (("José", "Núñez"), "jose nunez"),
        (("Jose", "Nunez"), "José Núñez"),
        (("Siobhán", "O'Brien"), "obrien"),
        (("Siobhán", "O’Brien"), "o'brien"),
        (("Anne-Marie", "Smith-Jones"), "marie jones"),
        (("Nguyễn Thị", "Đặng"), "dang nguyen"),
        (("Zoë", "Łukasz"), "LUKASZ zoe"),
    ],
)
def test_accents_apostrophes_and_hyphens_do_not_matter(place: County, kept: tuple[str, str], typed: str) -> None:
    call(place.watson, *kept)
    assert named(typed) == [kept[1]]


@pytest.mark.parametrize("typed", ["Wattson", "Watsen", "Susana Watson", "Wahtson", "watsn"])
def test_a_slip_of_the_pen_is_told_as_a_name_alike(place: County, typed: str) -> None:
    found = find(Asked(words=understood(typed).words), TODAY)
    assert found.alike
    assert found.rows[0].last_name == "Watson"


def test_who_is_named_so_comes_before_and_without_those_named_alike(place: County) -> None:
    call(place.sam, "Sam", "Watsons")
    assert named("watson") == ["Watson", "Watsons"]
    call(place.sam, "Sam", "Wattson")
    found = find(Asked(words=("watson",)), TODAY)
    assert ([who.last_name for who in found.rows], found.alike) == (["Watson"], False)


def test_a_name_like_nobodys_finds_nobody(place: County) -> None:
    found = find(Asked(words=("xyzzyq",)), TODAY)
    assert (list(found.rows), found.count, found.after) == ([], 0, None)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("123456789", "An NPI has ten digits; this has 9."),
        ("1679576723", "its last digit does not fit the others"),
        ("x", "One letter finds too many."),
    ],
)
def test_what_cannot_be_looked_up_is_said_so(typed: str, says: str) -> None:
    assert says in understood(typed).wrong


def test_an_npi_is_read_with_blanks_and_dashes(place: County) -> None:
    typed = understood(" 1679-576 722")
    assert (typed.npi, typed.wrong) == ("1679576722", "")
    assert find(Asked(npi=typed.npi), TODAY).rows == [place.sam]


def test_a_specialty_is_named_in_plain_words_or_by_its_code(place: County) -> None:
    Taxonomy.objects.create(
        code="207RX9999X", grouping="made up", classification="Made-up", specialization="Cardio things"
    )
    assert codes_for("207rc0000x") == (CARDIOLOGY,)
    assert CARDIOLOGY in codes_for("cardiology")
    assert codes_for("cardio thin") == ("207RX9999X",)
    assert codes_for("basket weaving") == ()
    assert find(Asked(codes=codes_for("basket weaving")), TODAY).count == 0
    QualifiedProfessional.objects.filter(pk=place.sam.pk).update(other_taxonomies=[CARDIOLOGY])
    assert {who.last_name for who in find(Asked(codes=(CARDIOLOGY,)), TODAY).rows} == {"Watson", "Specialist"}


def test_a_place_is_a_city_or_a_zip_area_and_every_site_counts(place: County, tmp_path: Path) -> None:
    QualifiedProfessional.objects.filter(pk=place.sam.pk).update(city="Piñon Hills", zip_code="92372-1234")
    assert find(Asked(city=folded("pinon")), TODAY).rows == [place.sam]
    assert find(Asked(zip_code="92372"), TODAY).rows == [place.sam]
    assert find(Asked(city=folded("pinon"), zip_code="92999"), TODAY).count == 0
    first, second = contract(1), contract(1, address="2 Other St", city="San Olmo", zip="92994")
    load(order("plain", table(tmp_path / "c.csv", [first, second])))
    ben = QualifiedProfessional.objects.get(npi=number(1))
    assert ben in find(Asked(city=folded("san olmo")), TODAY).rows
    assert ben in find(Asked(city=folded("orchard city")), TODAY).rows


@pytest.mark.parametrize("crowd", [0, 5_000])
def test_a_crowded_place_is_searched_another_way_with_the_same_answer(
    place: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crowd: int
) -> None:
    second = contract(1, address="2 Other St", city="San Olmo", zip="92994")
    load(order("plain", table(tmp_path / "c.csv", [contract(1), second])))
    QualifiedProfessional.objects.filter(pk=place.sam.pk).update(city="San Olmo", zip_code="92994")
    monkeypatch.setattr(search, "CROWD", crowd)
    for asked in (Asked(city=" san olmo"), Asked(zip_code="92994"), Asked(city=" san", zip_code="92994")):
        assert {who.last_name for who in find(asked, TODAY).rows} == {"Specialist", "Made-Up1"}
    assert find(Asked(city=" san olmo", codes=(CARDIOLOGY,)), TODAY).count == 0


def test_language_network_contract_and_new_members_narrow_the_list(place: County) -> None:
    QualifiedProfessional.objects.filter(pk=place.sam.pk).update(languages=["en", "hy"], accepts_new_members=False)
    assert find(Asked(language="hy"), TODAY).rows == [place.sam]
    assert find(Asked(language="hy", accepting=True), TODAY).count == 0
    of_sierra = find(Asked(network=place.sierra), TODAY).rows
    assert {who.last_name for who in of_sierra} == {"Specialist", "Watson"}
    assert place.watson not in find(Asked(of_the_plan=True), TODAY).rows
    contracted = find(Asked(contracted=True), TODAY).rows
    assert place.outside not in contracted
    assert place.former not in contracted
    assert place.former in find(Asked(contracted=True), date(2026, 6, 30)).rows  # a Tuesday, the last day
    told = {who.last_name: who.contracted_now for who in find(Asked(codes=(SPINE,)), TODAY).rows}
    assert (told["Specialist"], told["Gone"], told["Far"]) == (True, False, False)


def test_near_an_area_is_within_the_miles_of_its_middle(place: County) -> None:
    middle = area_named("orchard city", TODAY)
    assert middle == Area("Orchard City", 33.75, pytest.approx(-117.87))
    QualifiedProfessional.objects.filter(pk=place.sam.pk).update(latitude=34.0)  # 17.3 miles to the north
    near = find(Asked(near=middle, miles=15), TODAY).rows
    assert place.watson in near
    assert place.sam not in near
    assert place.sam in find(Asked(near=middle, miles=18), TODAY).rows


def test_pages_are_cut_by_key_and_miss_nobody(place: County) -> None:
    QualifiedProfessional.objects.bulk_create(
        QualifiedProfessional(
            npi=number(n), first_name=f"Ada{n % 3}", last_name=f"Many{n % 7}", credential="MD", taxonomy=SPINE,
            license_number="A1", license_to_on=TODAY, verified_on=TODAY, zip_code="92999", city="Far",
        )
        for n in range(60)
    )  # fmt: skip
    asked, seen, key, pages = Asked(words=("many",)), [], None, 0
    while pages == 0 or key is not None:
        found = find(asked, TODAY, key)
        seen += [(who.last_name, who.first_name, who.npi) for who in found.rows]
        assert found.count == 60
        key, pages = found.after, pages + 1
    assert (len(seen), pages) == (60, -(-60 // PAGE))
    assert seen == sorted(seen)
    assert len(set(seen)) == 60


PLANS = {
    "a name": (Asked(words=("susan", "wat")), "professional_named"),
    "an NPI": (Asked(npi="1679576722"), "npi"),
    "a specialty": (Asked(codes=(CARDIOLOGY,)), "professional_also"),
    "a city": (Asked(city=" orchard"), "in_city"),
    "a ZIP area": (Asked(zip_code="9299"), "in_zip"),
    "a language": (Asked(language="hy"), "professional_speaks"),
}
BY_BITMAP = {"professional_named", "in_city", "in_zip"}


@pytest.mark.parametrize("what", PLANS)
def test_each_way_to_search_has_an_index(place: County, what: str) -> None:
    """Sequential scans are made so dear that one is left only where no index can answer."""
    asked, index = PLANS[what]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        if index in BY_BITMAP:  # else a handful of rows is read by key, whatever the planner knows of them
            cursor.execute("SET LOCAL enable_indexscan = off")
    plan = fitting(asked, TODAY).explain()
    assert "Seq Scan" not in plan, plan
    assert index in plan, plan


def test_a_list_by_name_is_read_in_the_order_of_its_index(place: County) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = fitting(Asked(accepting=True), TODAY).order_by("last_name", "first_name", "npi")[:PAGE].explain()
    assert "professional_by_name" in plan
    assert "Sort" not in plan


def test_python_and_the_database_fold_alike(as_plan: None) -> None:
    texts = ["José", "O’Brien-Smith", "ĐẶNG THỊ", "Łódź", "St. John's", "Müller, Jr.", "A_b/c", "Æsop", "100% \\ *"]
    for text in texts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.folded(%s)", [text])
            kept = cursor.fetchone()[0]
        assert kept.split() == folded(text).split(), text
    assert Folded("city").function == "app.folded"
