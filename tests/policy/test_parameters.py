"""Every number has a date, an authority and exactly one value on any day it applies."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from secondopinion.policy import parameters
from secondopinion.policy.parameters import NoValueYet, ValuesFaulty, load, read, value

FOLDER = Path(parameters.__file__).parent / "values"
OTHER_SHAPES = {
    "holidays", "contacts", "specialties", "objections", "delegation", "relevance", "enclosures", "never_printed",
}  # fmt: skip
FILES = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in OTHER_SHAPES)
FIRST, LAST = date(2015, 1, 1), date(2035, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
BEGINS_LATER = {"languages.notice_of_availability": date(2025, 7, 5)}
EVERY = [(file, name) for file in FILES for name in load(file)]
OWN_POLICY = re.compile(r"\b[A-Z]{2}\.\d{4}\b|\bAPL \d{2}-\d{3}\b")


@pytest.mark.parametrize(("file", "name"), EVERY, ids=lambda each: str(each))
def test_a_parameter_that_applies_has_exactly_one_value_on_every_day(file, name):
    parameter = load(file)[name]
    begins = BEGINS_LATER.get(f"{file}.{name}", FIRST)
    assert parameter.values[0].from_on == begins
    ends = [*(each.from_on for each in parameter.values[1:]), date.max]
    for on in EVERY_DAY:
        hold = [one for one, end in zip(parameter.values, ends, strict=True) if one.from_on <= on < end]
        if on < begins:
            assert hold == []
            with pytest.raises(NoValueYet):
                parameter.on(on)
        else:
            assert hold == [load(file).value(name, on)]


@pytest.mark.parametrize(("file", "name"), EVERY, ids=lambda each: str(each))
def test_a_value_says_who_set_it_and_where_to_read_it(file, name):
    for each in load(file)[name].values:
        assert each.authority
        assert each.read_on >= date(2026, 11, 23)
        assert each.link.startswith("https://") or each.config or OWN_POLICY.search(each.authority), each


def test_labels_stand_alone():
    labels = [load(file)[name].values[0].label for file, name in EVERY]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("name", "on", "is_"),
    [
        ("decision_time.standard.medi_cal", date(2025, 12, 31), 14),
        ("decision_time.standard.medi_cal", date(2026, 1, 1), 7),
        ("decision_time.standard.onecare", date(2025, 12, 31), 14),
        ("decision_time.standard.onecare", date(2026, 1, 1), 7),
        ("decision_time.extension_allowed.medi_cal", date(2026, 1, 1), 14),
        ("decision_time.extension_allowed.onecare", date(2026, 1, 1), 0),
        ("appeal_time.file.medi_cal", date(2026, 1, 1), 60),
        ("appeal_time.file.onecare", date(2024, 12, 31), 60),
        ("appeal_time.file.onecare", date(2025, 1, 1), 65),
        ("access.distance", date(2026, 1, 1), 15),
        ("access.travel", date(2026, 1, 1), 30),
        ("authorization.validity", date(2026, 1, 1), 90),
        ("authorization.visits", date(2026, 1, 1), 1),
    ],
)
def test_a_value_changes_on_its_day(name, on, is_):
    assert value(name, on).number == is_


def test_a_day_before_the_first_value_is_refused_by_name():
    with pytest.raises(NoValueYet, match=r"standard\.medi_cal has no value on 2014-12-31: its first begins on 2015"):
        value("decision_time.standard.medi_cal", date(2014, 12, 31))


def test_an_unknown_parameter_is_refused_with_those_there_are():
    with pytest.raises(NoValueYet, match=r"no parameter 'standard\.pace': it has standard\.medi_cal"):
        load("decision_time").value("standard.pace", FIRST)


def test_a_value_is_read_only_as_what_it_is():
    visits, open_ = value("authorization.visits", FIRST), value("settings.external_review.medi_cal", FIRST)
    spoken = value("languages.threshold.medi_cal", FIRST)
    assert str(visits) == "1 visit"
    assert open_.truth is False
    assert "es" in spoken.words
    for wrong in (lambda: open_.number, lambda: visits.truth, lambda: visits.words, lambda: spoken.number):
        with pytest.raises(TypeError, match="is not a"):
            wrong()


GOOD = {"from": FIRST, "is": 7, "authority": "a law", "read_on": FIRST}


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ({"label": "x", "unit": "fortnights", "value": [GOOD]}, "the unit 'fortnights'"),
        ({"label": "x", "unit": "hours", "value": [GOOD, GOOD]}, "must rise, each only once"),
        ({"label": "x", "unit": "hours", "value": []}, "no value is given"),
        ({"label": "x", "unit": "hours", "value": [{**GOOD, "is": True}]}, "True is not a value in hours"),
        ({"label": "x", "unit": "hours", "value": [{**GOOD, "is": "7"}]}, "'7' is not a value in hours"),
        ({"label": "x", "unit": "yes or no", "value": [GOOD]}, "7 is not a value in yes or no"),
        ({"label": "x", "unit": "hours", "value": [{**GOOD, "from": "2026"}]}, "must be days"),
        ({"label": "x", "unit": "hours", "value": [{"from": FIRST, "is": 7}]}, "authority, read_on is missing"),
        ({"label": "x", "unit": "hours", "colour": "red", "value": [GOOD]}, "colour is not known here"),
        ({"unit": "hours", "value": [GOOD]}, "label is missing"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(table, fault):
    with pytest.raises(ValuesFaulty, match=rf"^made_up\.toml: limit\.here: .*{re.escape(fault)}"):
        read("made_up", {"limit": {"here": table}})


def test_a_loose_line_outside_any_parameter_is_refused():
    with pytest.raises(ValuesFaulty, match="days stands outside any parameter"):
        read("made_up", {"days": 7})
