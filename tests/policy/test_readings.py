"""The page of readings is gathered from the law and is fresh."""

from pathlib import Path

from secondopinion import policy
from secondopinion.policy.readings import gather, readings

PACKAGE = Path(policy.__file__).parents[1]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "readings.md"


def test_the_page_of_readings_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == readings(PACKAGE), (
        "docs/readings.md is older than the law: run `python -m secondopinion.policy.readings > docs/readings.md`."
    )


def test_a_reading_is_found_under_its_clause_over_several_lines(tmp_path: Path) -> None:
    (tmp_path / "section.py").write_text(
        '@EDITION.clause("II.X", Force.MAY)\n'
        "def may(facts):\n"
        "    # Reading: either way\n"
        "    # will do.\n"
        "    # Reading: and here too.\n"
        "    return facts.a\n",
        encoding="utf-8",
    )
    found = list(gather(tmp_path))
    assert [reading.text for reading in found] == ["Either way will do.", "And here too."]
    assert {reading.subject for reading in found} == {"II.X · `may`"}
