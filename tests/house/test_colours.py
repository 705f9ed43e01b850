"""Colours have names: a literal stands in the sheets that give the names, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from house.source import PACKAGE

TOKENS = PACKAGE / "site" / "static" / "site" / "tokens.css"
SHEETS = sorted(PACKAGE.glob("*/static/**/*.css"))
NAMING = [path for path in SHEETS if path == TOKENS or path.name == "map.css" or "portal" in path.parts]
"""The desk's names; those of the map, which a Member's page shows too; those of the Member's door."""
LITERAL = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(|"
    r"(?<![\w-])(?:white|black|silver|gray|grey|red|green|blue|navy|teal|yellow|orange)(?![\w-])"
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARED = re.compile(r"([\w-]+)\s*:\s*([^;{}]+)[;}]")
NAME = re.compile(r"var\(--([\w-]+)\)")


def css_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def literals_of(sheet: str) -> list[str]:
    """Declarations with a colour that has no name; to give a name is none of them."""
    return [f"{name}: {value}" for name, value in DECLARED.findall(sheet)
            if not name.startswith("--") and LITERAL.search(value)]  # fmt: skip


@pytest.mark.parametrize("path", [p for p in SHEETS if "portal" not in p.parts], ids=lambda path: path.name)
def test_no_rule_names_a_colour_by_its_value(path: Path) -> None:
    assert literals_of(css_of(path)) == []


@pytest.mark.parametrize("path", [p for p in SHEETS if p not in NAMING], ids=lambda path: path.name)
def test_no_other_sheet_gives_names_to_colours(path: Path) -> None:
    assert re.findall(r"(?<![\w(-])--[\w-]+\s*:[^;}]*(?:#|rgb|hsl)[^;}]*", css_of(path)) == []


def test_a_literal_is_seen_whatever_it_looks_like() -> None:
    shades = "rgba(0, 0, 0, .1)", "hsl(0 0% 0%)", "linear-gradient(white, transparent)"
    for value in ("#fff", "1px solid #DFE1E2", *shades):
        assert literals_of(f".a {{ color: {value}; }}"), value
    assert literals_of(".a { --paper: #fff; color: var(--ink); border: 1px solid currentcolor; }") == []


def test_every_name_that_is_used_has_a_value_and_every_value_a_dark_one() -> None:
    light, _, rest = css_of(TOKENS).partition("@media screen and (prefers-color-scheme: dark)")
    dark = rest.partition("@media print")[0]
    named, renamed = (set(re.findall(r"--([\w-]+)\s*:", part)) for part in (light, dark))
    used = {name for path in SHEETS if path not in NAMING for name in NAME.findall(css_of(path))}
    assert used - named == set()
    assert renamed - named == set()
    stays_white = {"sheet", "spot", "spot-target"}  # a letter is paper
    assert named - renamed == stays_white
