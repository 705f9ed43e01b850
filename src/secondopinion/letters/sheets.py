"""Sheets that go on top of a letter: a new address for the envelope's window, and the cover of a fax.

A sealed letter is never printed anew. When it must go to another address than the one it shows, this sheet lies
before it in the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import orjson
import pypdfium2
import typst

from secondopinion.letters import typeface
from secondopinion.letters.kinds import TEMPLATES
from secondopinion.letters.paper import PDFIUM
from secondopinion.letters.refusal import Incomplete
from secondopinion.people.plan import the_plan

SHEET = TEMPLATES / "sheet.typ"


def address_sheet(name: str, lines: Sequence[str], program: str, on: date) -> bytes:
    """A page that shows an address in the window of the envelope, and nothing of the letter."""
    return _sheet(name, lines, program, on, None, 0)


def fax_cover(name: str, lines: Sequence[str], number: str, program: str, on: date, papers: Sequence[bytes]) -> bytes:
    """The cover of a fax: to whom, how many pages, and what to do when it reached somebody else."""
    return _sheet(name, lines, program, on, number, 1 + sum(map(_pages, papers)))


def _sheet(name: str, lines: Sequence[str], program: str, on: date, fax: str | None, pages: int) -> bytes:
    for words in (name, *lines):
        if (odd := typeface.unprintable(words)) is not None:
            raise Incomplete("address sheet", f"the address holds U+{ord(odd):04X}, which cannot be printed")
    plan = the_plan()
    number = f"1-{fax[2:5]}-{fax[5:8]}-{fax[8:]}" if fax else None
    said: dict[str, Any] = {
        "plan": {"name": plan.name, "address_lines": plan.address_lines, "phone": plan.phone[program]},
        "name": name, "lines": list(lines), "fax": number, "pages": pages, "on": f"{on:%B} {on.day}, {on.year}",
    }  # fmt: skip
    made = typst.Compiler(SHEET, root=TEMPLATES, font_paths=_fonts()).compile(
        format="pdf", pdf_standards=["ua-1"], timestamp=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        sys_inputs={"data": orjson.dumps(said).decode()},
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(typeface.folders()))


def _pages(pdf: bytes) -> int:
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()
