"""The matrix of letters as one page of Markdown: who is written to after each decision, and what that letter must say.

The page is docs/letters.md; a test keeps it fresh, and `secondopinion letters --matrix` prints it as of today.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from secondopinion.policy.asked import Program
from secondopinion.policy.clauses import Edition
from secondopinion.policy.gg1538.matrix import RECIPIENTS, Cell, Decision, cell, cells, decisions, element, languages

HEAD = """# What each letter must say

The matrix of letters as of {on}, edition {edition}. It is made from `letter_matrix.toml`, `letters.py` and
`letter_elements.toml` of the edition: change it there, then print it again with `secondopinion letters --matrix`.

The Member, and whoever may act for the Member, are written to in their own language where it is one of these:
{languages}. A reader of another language gets the English letter with the offer to read it out (45 CFR 92.11). Offices
and professionals are written to in English. Whatever the language, the letter says the same.
"""
PROGRAMS = {Program.MEDI_CAL: "Medi-Cal", Program.ONECARE: "OneCare"}


def page(edition: Edition, on: date) -> str:
    """The page for letters dated `on`. Raises Unmapped where a cell has no answer."""
    spoken = sorted({tag for program in Program for tag in languages(program, on)})
    lines = [HEAD.format(on=on.isoformat(), edition=edition.name, languages=", ".join(spoken))]
    for decision in decisions().values():
        lines += _decision(edition, decision, on)
    lines += ["\n## The elements\n", "| Element | Ordered by | What is ordered |", "| --- | --- | --- |"]
    marks = sorted({each.mark for one in cells(edition, on) for each in (*one.elements, *one.when_differing)})
    lines += [f"| {each.name} | {each.clause} | {each.orders} |" for each in map(element, marks)]
    return "\n".join(lines) + "\n"


def _decision(edition: Edition, decision: Decision, on: date) -> Iterator[str]:
    yield f"\n## {decision.words}\n"
    yield f"{decision.clause}. To nobody else: {decision.nobody_else}"
    if decision.only_in:
        yield f"Only in {' and '.join(PROGRAMS[Program(each)] for each in decision.only_in)}. {decision.elsewhere}"
    yield "\n| Reader | Letter | It must say | Enclosed |\n| --- | --- | --- | --- |"
    for recipient in (each for each in RECIPIENTS if each != "representative"):
        by_program = [cell(edition, program, decision.key, recipient, "en", on) for program in Program]
        told = [each for each in by_program if each.kind]
        if told:
            reader = RECIPIENTS[recipient] + (", and whoever may act for the Member" if recipient == "member" else "")
            yield f"| {reader} | `{told[0].kind}` | {_elements(told)} | {_leaflets(told[0])} |"


def _elements(told: list[Cell]) -> str:
    common = [each.name for each in told[0].elements if all(each in other.elements for other in told)]
    parts = ["; ".join(common)] if common else []
    if len(told) > 1:
        for one in told:
            if more := [each.name for each in one.elements if each.name not in common]:
                parts.append(f"In {PROGRAMS[one.program]} also {'; '.join(more)}")
    if told[0].when_differing:
        parts.append(f"Where the opinions differ also {'; '.join(each.name for each in told[0].when_differing)}")
    return ". ".join(parts) or "Nothing is ordered"


def _leaflets(one: Cell) -> str:
    return ", ".join(f"`{leaflet}`" for leaflet in one.leaflets)
