"""The drawing in the documents is the table."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

from secondopinion.referrals.drawing import PLACES, draw
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.referrals.states import State

DRAWING = Path(__file__).parents[2] / "docs" / "lifecycle.svg"


def words_of(svg: str) -> list[str]:
    return ["".join(e.itertext()) for e in Xml.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_drawing_in_docs_is_fresh() -> None:
    again = "python -m secondopinion.referrals.drawing > docs/lifecycle.svg"
    assert DRAWING.read_text(encoding="utf-8") == draw(), f"The table has changed. Draw it again: {again}"


def test_every_state_and_every_step_is_drawn() -> None:
    drawn = words_of(draw())
    assert set(PLACES) == set(State)
    assert {s.words for s in State} <= set(drawn)
    assert {s.name.replace("_", " ") for s in STEPS.values()} <= set(drawn)


def test_the_same_table_gives_the_same_bytes() -> None:
    assert draw() == draw()
