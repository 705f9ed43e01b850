"""The ten commonest tasks take what docs/walkthrough.md says: the table, the record and the program agree."""

from __future__ import annotations

import pytest

from browser.desk import SomebodyAt
from browser.hands import CLICK, HOME, KEY, POINT, THINK, Hands
from browser.ten_tasks import TASKS, walk_all
from browser.walk_record import AGAIN, MODEL, PAGE, TODAY, counted, kept, with_table

ENOUGH = 3  # clicks from a number to the letter, as an auditor may ask


def test_the_table_of_the_page_is_the_one_of_the_record() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page, kept()) == page, AGAIN


def test_the_record_is_of_these_ten_tasks_and_each_is_compared_with_today() -> None:
    assert list(kept()["tasks"]) == [task.name for task in TASKS] == list(TODAY)
    assert len(TASKS) == 10


def test_the_seconds_of_the_record_follow_from_its_counts() -> None:
    record = kept()
    assert record["seconds_of_an_operator"] == dict(MODEL), AGAIN
    said = {name: task["seconds_by_the_model"] for name, task in record["tasks"].items()}
    assert said == {name: round(tally.estimate(), 1) for name, tally in counted(record).items()}, AGAIN


def test_the_page_names_every_operator_with_its_seconds() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [seconds for seconds in (KEY, POINT, CLICK, HOME, THINK) if f"{seconds:.2f} s" not in page] == []


@pytest.mark.browser
@pytest.mark.usefixtures("orchard")
def test_the_ten_tasks_are_done_with_as_many_clicks_keys_fields_and_pages_as_the_record_says(
    somebody: SomebodyAt,
) -> None:
    def signed_in(name: str) -> Hands:
        desk = somebody(name)
        desk.open("/")
        return Hands(desk)

    tallies = {task.name: tally for task, tally in walk_all(signed_in)}
    said = {name: tally.counts() for name, tally in counted(kept()).items()}
    assert {name: tally.counts() for name, tally in tallies.items()} == said, AGAIN
    assert tallies["drill"].clicks <= ENOUGH
