"""What stays with the plan whatever is delegated, and how a faulty list of it is refused."""

from __future__ import annotations

from datetime import date

import pytest

from secondopinion.policy.asked import Program
from secondopinion.policy.delegation import never_delegated, read
from secondopinion.policy.parameters import ValuesFaulty

MONDAY = date(2026, 11, 23)
ROW = {
    "key": "a-thing",
    "what": "A thing",
    "restatement": "It stays with the plan.",
    "programs": ["medi-cal"],
    "from": date(2026, 1, 1),
    "authority": "GG.1541",
    "read_on": date(2026, 11, 25),
}


def test_answering_for_it_is_never_delegated_in_any_program() -> None:
    (whole,) = [x for x in never_delegated(MONDAY) if x.key == "ultimate-responsibility"]
    assert set(whole.programs) == set(Program)
    assert whole.authority.startswith("GG.1541 II.A")


def test_out_of_area_visits_are_kept_back_in_onecare_alone() -> None:
    (kept,) = [x for x in never_delegated(MONDAY) if x.key == "onecare-out-of-area"]
    assert kept.programs == (Program.ONECARE,)


def test_every_entry_says_who_set_it_and_when_a_person_last_read_it() -> None:
    for entry in never_delegated(MONDAY):
        assert entry.authority
        assert entry.read_on >= MONDAY
    keys = [entry.key for entry in never_delegated(MONDAY)]
    assert len(set(keys)) == len(keys)


def test_an_entry_holds_from_its_thursday_to_its_tuesday_and_on_neither_day_beside_them() -> None:
    (entry,) = read({"never": [{**ROW, "to": date(2026, 6, 30)}]})
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    assert [entry.holds_on(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"authority": None}, "authority is missing"),
        ({"since": 2015}, "since is not known here"),
        ({"programs": ["pace"]}, "'pace' is not a valid Program"),
        ({"to": date(2025, 12, 31)}, "ends before it begins"),
    ],
)
def test_a_faulty_entry_is_refused_by_name(change: dict[str, object], says: str) -> None:
    row = {name: given for name, given in {**ROW, **change}.items() if given is not None}
    with pytest.raises(ValuesFaulty, match=f"a-thing.*{says}"):
        read({"never": [row]})
