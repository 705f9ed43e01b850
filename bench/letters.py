"""Letters a second, one core: our press against WeasyPrint setting the same words, both tagged PDF/UA-1.

Every letter differs. Both are warm: templates and fonts are loaded, one letter is made before counting. The
peer gets the words of our own finished letter as HTML with the same headings, lists, panel and page numbers,
in the same font. Sealing (printing, reading the PDF back, hashing) is shown beside.
"""

from __future__ import annotations

import html
import importlib
import re
import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CLONE / "src")]

import orjson
import pypdfium2

from rows import missing, row
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.kinds import examples
from secondopinion.letters.paper import render, seal, text_of

KIND, PROGRAM, GOAL = "denial_to_member", "onecare", 8.0
ROUNDS, OURS, THEIRS = 3, 60, 12
STYLE = """
@font-face { font-family: "Noto Sans"; src: url("%s"); font-weight: 100 900 }
@page { size: letter; margin: 0.95in 1in 0.9in;
  @bottom-left { content: "Orchard County Health Plan" }
  @bottom-right { content: "Page " counter(page) " of " counter(pages) } }
body { font: 12pt/1.45 "Noto Sans"; color: #1b1f1d }
h1 { font-size: 20pt; color: #1d5a38 } h2 { font-size: 14pt; color: #1d5a38; break-after: avoid }
.panel { background: #eef4ef; border-left: 3pt solid #1d5a38; padding: 12pt 14pt; break-inside: avoid }
"""
HEADINGS = (
    "Why we said no", "What could help us say yes", "See our rules for free", "How to appeal", "If we still say no",
    "How to complain",
)  # fmt: skip


def letters(count: int, first: int) -> list[Frozen]:
    """Frozen letters, each to another Member with another reason."""
    example = next(e.data for e in examples(KIND) if e.name == f"example-{PROGRAM}")
    made = []
    for n in range(first, first + count):
        data: dict[str, Any] = orjson.loads(orjson.dumps(example))
        data["member"]["name"] = data["recipient"]["name"] = f"Walter Okafor {n}"
        data["referral"]["number"] = f"SO-2026-{n:06d}"
        data["clinical_reason"] += f" Reading {n} was the lowest so far."
        made.append(freeze(KIND, PROGRAM, "en", data))
    return made


def as_html(letter: Frozen) -> str:
    """The words of our finished letter as HTML of the same structure."""
    text = text_of(render(KIND, PROGRAM, "en", letter.data))
    title = "We denied the request for a second opinion"
    parts, words, items = [], [], []

    def end() -> None:
        if words:
            (items if words[0] == "•" else parts).append(" ".join(words))
            words.clear()

    def end_list() -> None:
        if items:
            parts.append("<ul>" + "".join(f"<li>{i.removeprefix('• ')}</li>" for i in items) + "</ul>")
            items.clear()

    for line in (html.escape(each.strip()) for each in text.splitlines()):
        if line in HEADINGS or line == title:
            end(), end_list()
            parts.append(f"<h1>{line}</h1>" if line == title else f"<h2>{line}</h2>")
        elif line.startswith("•"):
            end()
            words.extend(line.split())
        else:
            words.extend(line.split())
            if words and words[0] != "•" and line.endswith("."):
                end_list(), end()
    end(), end_list()
    body = "".join(p if p.startswith("<") else f"<p>{p}</p>" for p in parts)
    body = re.sub(r"<p>(You can ask us to change this.*?)</p>", r'<div class="panel"><p>\1</p></div>', body)
    return f'<html lang="en"><head><title>{title}</title></head><body>{body}</body></html>'


def a_second(make: Callable[[Any], object], things: list[Any]) -> float:
    """How many a second, by the clock on the wall."""
    start = time.perf_counter()
    for thing in things:
        make(thing)
    return len(things) / (time.perf_counter() - start)


def ours(letter: Frozen) -> bytes:
    return render(letter.kind, letter.program, letter.language, letter.data)


def peer() -> Callable[[str], bytes]:
    """WeasyPrint, warm. Raises ImportError or OSError when it, or a library it needs, is not here."""
    weasyprint = importlib.import_module("weasyprint")
    fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    spec = find_spec("fontpkg_noto_sans")
    assert spec is not None
    assert spec.origin is not None
    font = (Path(spec.origin).parent / "files" / "NotoSans[wdth,wght].ttf").as_uri()
    style = weasyprint.CSS(string=STYLE % font, font_config=fonts)

    def make(text: str) -> bytes:
        document = weasyprint.HTML(string=text)
        made: bytes = document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        return made

    return make


def main() -> None:
    figure = "letters, PDF/UA-1, one core"
    (warm,) = letters(1, 0)
    pages = len(pypdfium2.PdfDocument(ours(warm)))
    try:
        theirs = peer()
        other = len(pypdfium2.PdfDocument(theirs(as_html(warm))))
    except (ImportError, OSError) as error:
        speed = a_second(ours, letters(OURS, 1))
        missing(figure, "WeasyPrint", f"{str(error).splitlines()[0]}; ours {speed:,.0f}/s")
        return
    speeds: list[tuple[float, float]] = []
    for turn in range(ROUNDS):
        many = letters(OURS, 1 + turn * OURS)
        pages_of_theirs = [as_html(letter) for letter in many[:THEIRS]]
        speeds.append((a_second(ours, letters(OURS, 1_000 + turn * OURS)), a_second(theirs, pages_of_theirs)))
    ratio = statistics.median(a / b for a, b in speeds)
    fast, slow = (statistics.median(side) for side in zip(*speeds, strict=True))
    sealed = a_second(lambda letter: seal(letter, ()), letters(OURS, 3_000))
    row(
        f"{figure} ({pages} pages; sealed and read back {sealed:,.0f}/s)",
        f"WeasyPrint, same words ({other} pages)",
        f"{fast:,.0f}/s",
        f"{slow:,.1f}/s",
        ratio,
        f"≥ {GOAL:.0f}",
        met=ratio >= GOAL,
    )


if __name__ == "__main__":
    main()
