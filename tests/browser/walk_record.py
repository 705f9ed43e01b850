"""What was counted of the ten tasks, as it is kept in docs/walkthrough.json and told in docs/walkthrough.md.

The record is written by `bench/walkthrough.py`. What is said of the products of today stands here beside it: only
what somebody published, with the source; where nobody published a figure, that is said, and none is made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from browser.hands import CLICK, HOME, KEY, POINT, SCREEN, THINK, Tally
from browser.ten_tasks import TASKS, Task

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
RECORD: Final = DOCS / "walkthrough.json"
PAGE: Final = DOCS / "walkthrough.md"
AGAIN: Final = "Walk again with `.venv/bin/python bench/walkthrough.py`, which writes both files, and read the page."
BEGIN, END = "<!-- counted by bench/walkthrough.py -->", "<!-- end of what was counted -->"

MODEL: Final[Mapping[str, float]] = {
    "key": KEY, "point": POINT, "click": CLICK, "home": HOME, "think": THINK, "screen": SCREEN,
}  # fmt: skip

NOBODY: Final = "No figure was found."
TODAY: Final[Mapping[str, str]] = {
    "phone": "EZ-NET: a guide of 18 steps, or of 9 and about 5 minutes in a newer one of the same group [1][2]. Both "
    "are for an office at its screen; neither takes a Member’s own request.",
    "fax": "The same 18 or 9 steps [1][2]. One plan took 105 hours on average from receipt until a record stood in its "
    "system [3].",
    "check": NOBODY,
    "ask": NOBODY + " Jiva has a job aid of its own for answering such a question [4].",
    "authorize": "Cohere, by a second hand: up to 85 % approved while one waits [5]. " + NOBODY,
    "deny": NOBODY + " One plan’s denials were decided in time, and 22 % of the letters left late [3]; of audited "
    "contracts, 45 % had letters with something missing or wrong [6].",
    "choose": NOBODY + " England’s e-Referral Service offers up to five to choose from [7].",
    "report": NOBODY + " Of specialists, 81 % say that they send the result; of PCPs, 62 % say that they get it [8].",
    "status": NOBODY,
    "drill": NOBODY + " Delegates hand in their lists on the 15th of the next month [9]; the letter is then asked for.",
}


def record(walked: Iterable[tuple[Task, Tally]]) -> dict[str, Any]:
    """What is kept: the constants of the model, and for each task its counts, the wait and the estimate (seconds)."""
    tasks = {
        task.name: {
            "title": task.title,
            "who": task.who,
            **tally.counts(),
            "seconds_of_typing": round(tally.writing(), 1),
            "seconds_by_the_model": round(tally.estimate(), 1),
            "seconds_waited": round(tally.waited, 1),
        }
        for task, tally in walked
    }
    return {"seconds_of_an_operator": dict(MODEL), "tasks": tasks}


def counted(kept: Mapping[str, Any]) -> dict[str, Tally]:
    """The tallies of a record, without what the clock said."""
    names = Tally().counts()
    return {name: Tally(**{n: task[n] for n in names}) for name, task in kept["tasks"].items()}


def kept() -> dict[str, Any]:
    """The record in docs/walkthrough.json."""
    found: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def table(kept: Mapping[str, Any]) -> str:
    """The table of the page, in Markdown."""
    lines = [
        "| Task | Clicks | Keys | Typed | Fields | Pages | By hand | Of it typing | Waiting | Products of today |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for number, task in enumerate(TASKS, 1):
        one = kept["tasks"][task.name]
        cells = (
            f"{number}. {task.title}", one["clicks"], one["keys"], one["characters"], one["fields"], one["pages"],
            f"{one['seconds_by_the_model']:.0f} s", f"{one['seconds_of_typing']:.0f} s",
            f"{one['seconds_waited']:.1f} s", TODAY[task.name],
        )  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def with_table(page: str, kept: Mapping[str, Any]) -> str:
    """A page with its table made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(kept)}\n{END}{after}"
