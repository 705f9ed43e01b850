"""The style sheet of USWDS is cut down to what our pages wear, and to no less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from house.source import PACKAGE
from secondopinion.site.wearing import PREFIX, SHEET, NarrowedSheet, narrowed, the_sheet, words_of_our_pages

ADDRESS = f"{PREFIX}/{SHEET}"
WHOLE = Path(settings.USWDS) / "css" / SHEET
CLASSES = re.compile(r'class="([^"]*)"')

needs_uswds = pytest.mark.skipif(not WHOLE.exists(), reason="USWDS is not installed: `make env`.")


def test_a_rule_stays_when_an_element_of_ours_can_meet_it() -> None:
    ours, other = ".usa-a{left:0}.usa-a:not(.usa-b):hover{left:1px}", ".usa-b .usa-a{top:0}.usa-b{top:1px}"
    assert narrowed(ours + other, {"usa-a"}) == ours
    assert narrowed("body,.usa-b{margin:0}a[href]{top:0}", {"usa-a"}) == "body{margin:0}a[href]{top:0}"


def test_a_rule_of_a_medium_stays_inside_its_medium_and_an_empty_medium_goes() -> None:
    sheet = "@media (min-width:40em){.usa-a{top:0}.usa-b{top:1px}}@media print{.usa-b{top:2px}}"
    assert narrowed(sheet, {"usa-a"}) == "@media (min-width:40em){.usa-a{top:0}}"


def test_a_word_that_ends_in_two_hyphens_stands_for_all_that_begin_so() -> None:
    sheet = ".usa-alert--error{top:0}.usa-alert__text{top:1px}"
    assert narrowed(sheet, {"usa-alert--"}) == ".usa-alert--error{top:0}"


def test_a_typeface_and_an_animation_stay_when_a_rule_names_them() -> None:
    faces = '@font-face{font-family:"Ours";src:url(a)}@font-face{font-family:"Theirs";src:url(b)}'
    turns = "@keyframes turn{to{top:0}}@keyframes twist{to{top:1px}}"
    rule = ".usa-a{font-family:Ours,serif;animation:turn 1s}"
    kept = '@font-face{font-family:"Ours";src:url(a)}@keyframes turn{to{top:0}}'
    assert narrowed(faces + turns + rule, {"usa-a"}) == kept + rule


def test_what_stands_in_quotes_and_remarks_opens_no_block() -> None:
    sheet = '@charset "UTF-8";/* a { of no use } */.usa-a::before{content:"}{;"}.tablet\\:usa-b{top:0}'
    assert narrowed(sheet, {"usa-a"}) == '.usa-a::before{content:"}{;"}'
    assert ".tablet\\:usa-b" in narrowed(sheet, {"tablet:usa-b"})


@needs_uswds
def test_every_component_that_a_template_wears_is_dressed_as_in_the_whole_sheet() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.html"))
    worn = {name for said in CLASSES.findall(templates) for name in said.split() if re.fullmatch(r"usa-[\w-]+\w", name)}
    assert {"usa-button", "usa-table", "usa-alert", "usa-select"} <= worn
    whole, ours = WHOLE.read_text(encoding="utf-8"), (the_sheet() / SHEET).read_text(encoding="utf-8")
    for name in sorted(worn):
        alone = re.compile(rf"(?:^|[}},])\.{name}(?:[{{,:])")
        assert bool(alone.search(whole)) == bool(alone.search(ours)), name


@needs_uswds
def test_the_sheet_is_a_tenth_of_the_whole_and_found_at_its_address() -> None:
    found = finders.find(ADDRESS)
    assert found == str(the_sheet() / SHEET)
    assert Path(found).stat().st_size < WHOLE.stat().st_size / 10
    assert [path for path, _ in NarrowedSheet().list(None)] == [SHEET]
    assert NarrowedSheet().find("uswds/css/uswds.css") == []


@needs_uswds
def test_what_the_sheet_points_to_is_served_too() -> None:
    sheet = (the_sheet() / SHEET).read_text(encoding="utf-8")
    places = set(re.findall(r"url\((?!data:)\.\./([^)]+)\)", sheet))
    assert any(name.startswith("fonts/") for name in places)
    assert [name for name in sorted(places) if not finders.find(f"uswds/{name}")] == []


def test_our_own_words_are_all_read() -> None:
    assert {"usa-textarea", "usa-button--outline", "grid-container", "usa-alert--"} <= words_of_our_pages()
