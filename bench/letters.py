"""Letters a second on one core: sealed by us (printed, read back for every order, scanned for what may not be told,
hashed), against the same words set by WeasyPrint, both tagged PDF/UA-1.

Every letter differs. Warm: templates and fonts are loaded and one letter is made before counting. Cold: a new process,
from its start to its first sealed letter. Workers: one and two processes. The peer gets the words of our own finished
letter as HTML with the same headings, lists and page numbers, in the same font, and nothing is read back.

`BENCH_LETTERS` names how many letters each of our figures takes (10000 for a batch), `BENCH_LANGUAGES` which languages.
"""

from __future__ import annotations

import html
import importlib
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CLONE / "src")]

import orjson
import pypdfium2

from rows import missing, row
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.kinds import TEMPLATES, examples, kind_named
from secondopinion.letters.languages import LANGUAGES
from secondopinion.letters.paper import render, seal, text_of
from secondopinion.letters.translating import in_language
from secondopinion.policy.asked import Program
from secondopinion.policy.gg1538 import questions

# A letter of two English pages, and the one with the most orders, which has three.
TWO_PAGES, LONGEST = ("approval_to_member", "medi-cal"), ("denial_to_member", "onecare")
GOALS = {"en": 100, "es": 100, "ar": 60, "fa": 60}
PEER_GOAL = 8.0
OURS, THEIRS, ROUNDS = int(os.environ.get("BENCH_LETTERS", "60")), 10, 3
WANTED = os.environ.get("BENCH_LANGUAGES", "en,es,ar,fa").split(",")
STYLE = """
@font-face { font-family: "Face"; src: url("%s"); font-weight: 100 900 }
@page { size: letter; margin: 0.95in 1in 0.9in;
  @bottom-left { content: "Orchard County Health Plan" }
  @bottom-right { content: "Page " counter(page) " of " counter(pages) } }
body { font: %dpt/1.45 "Face"; color: #1b1f1d }
h1 { font-size: 20pt; color: #1d5a38 } h2 { font-size: 14pt; color: #1d5a38; break-after: avoid }
.panel { background: #eef4ef; border-left: 3pt solid #1d5a38; padding: 12pt 14pt; break-inside: avoid }
"""
FACES = {"ar": ("fontpkg_amiri", "Amiri-Regular.ttf", 14), "fa": ("fontpkg_amiri", "Amiri-Regular.ttf", 14)}
NOTO = ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", 12)
COLD = """
import sys, time
start = time.perf_counter()
sys.path[:0] = sys.argv[1:3]
from letters import letters, sealed
sealed(letters("{kind}", "{program}", "{language}", 1, 0)[0])
print(time.perf_counter() - start)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A kind of letter in a language: pages and bytes of one, and how many a second we seal."""

    pages: int
    size: int
    speed: float


def letters(kind: str, program: str, language: str, count: int, first: int) -> list[Frozen]:
    """Frozen letters, each to another Member with another reason."""
    example = next(e.data for e in examples(kind) if e.name == f"example-{program}")
    made = []
    for n in range(first, first + count):
        data: dict[str, Any] = orjson.loads(orjson.dumps(example))
        data["member"]["name"] = data["recipient"]["name"] = f"Walter Okafor {n}"
        data["referral"]["number"] = f"SO-2026-{n:06d}"
        for reason in data.get("reasons", ()):
            reason["reason"] += f" Reading {n} was the lowest so far."
        frozen = freeze(kind, program, language, data)
        made.append(replace(frozen, data=in_language(language, frozen.data, {})))
    return made


def sealed(letter: Frozen) -> int:
    """Print, read back for every order, scan, hash. Returns the size of the paper in bytes."""
    on = questions.edition_on(questions.covered_days()[1])
    required = questions.what_must_the_letter_say(on, letter.kind, Program(letter.program))
    return len(seal(letter, required).pdf)


def printed(letter: Frozen) -> int:
    """Print and do nothing more, as the peer does. Returns the size of the paper in bytes."""
    return len(render(letter.kind, letter.program, letter.language, letter.data))


def a_second(make: Callable[[Any], object], things: list[Any]) -> float:
    """How many a second, by the clock on the wall."""
    start = time.perf_counter()
    for thing in things:
        make(thing)
    return len(things) / (time.perf_counter() - start)


def measure(kind: str, program: str, language: str) -> Measured:
    """Our side, warm, one process."""
    (warm,) = letters(kind, program, language, 1, 0)
    size = sealed(warm)
    document = pypdfium2.PdfDocument(render(kind, program, language, warm.data))
    speed = a_second(sealed, letters(kind, program, language, OURS, 1))
    return Measured(len(document), size, speed)


def cold(kind: str, program: str, language: str) -> float:
    """Seconds from the start of a new process to its first sealed letter; the best of three."""
    told = COLD.format(kind=kind, program=program, language=language)
    places = (str(CLONE / "bench"), str(CLONE / "src"))
    runs = [subprocess.run([sys.executable, "-c", told, *places], capture_output=True, check=True) for _ in range(3)]
    return min(float(run.stdout) for run in runs)


def by_workers(kind: str, program: str, language: str, workers: int) -> float:
    """Letters a second of some processes together, each warm."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for begun in [pool.submit(batch, kind, program, language, 5, 0) for _ in range(workers * 2)]:
            begun.result()
        start = time.perf_counter()
        shares = [pool.submit(batch, kind, program, language, OURS, 1 + n * OURS) for n in range(workers)]
        made = sum(share.result() for share in shares)
        return made / (time.perf_counter() - start)


def batch(kind: str, program: str, language: str, count: int, first: int) -> int:
    """Seal some letters; how many."""
    for at in range(first, first + count, 500):  # no more than 500 frozen letters in memory
        for letter in letters(kind, program, language, min(500, first + count - at), at):
            sealed(letter)
    return count


def headings(kind: str, language: str) -> frozenset[str]:
    """The plain headings that a kind's template and the shared words of its language may set."""
    files = (kind_named(kind).template(language), TEMPLATES / f"rights-{language}.typ")
    return frozenset(words for file in files for words in re.findall(r"^\s*== (.+)$", file.read_text("utf-8"), re.M))


def as_html(letter: Frozen) -> str:
    """The words of our finished letter as HTML of the same structure."""
    text = text_of(render(letter.kind, letter.program, letter.language, letter.data))
    known = {html.escape(words) for words in headings(letter.kind, letter.language)}
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
        if line in known:
            end(), end_list()
            parts.append(f"<h2>{line}</h2>")
        elif line.startswith("•"):
            end()
            words.extend(line.split())
        else:
            words.extend(line.split())
            if words and words[0] != "•" and line.endswith((".", "۔")):
                end_list(), end()
    end(), end_list()
    body = "".join(p if p.startswith("<") else f"<p>{p}</p>" for p in parts)
    flow = "rtl" if LANGUAGES[letter.language].right_to_left else "ltr"
    head = f'<html lang="{letter.language}" dir="{flow}"><head><title>{letter.kind}</title></head>'
    return f"{head}<body><h1>{letter.kind}</h1>{body}</body></html>"


def peer(language: str) -> Callable[[str], bytes]:
    """WeasyPrint, warm. Raises ImportError or OSError when it, or a library it needs, is not here."""
    weasyprint = importlib.import_module("weasyprint")
    fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    package, name, points = FACES.get(language, NOTO)
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    font = next(p for p in Path(spec.origin).parent.rglob("*.ttf") if p.name == name).as_uri()
    style = weasyprint.CSS(string=STYLE % (font, points), font_config=fonts)

    def make(text: str) -> bytes:
        document = weasyprint.HTML(string=text)
        made: bytes = document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        return made

    return make


def against_the_peer(kind: str, program: str, language: str, figure: str) -> None:
    """The same letter by both, in turn: ours sealed with every check on, then only printed as theirs is."""
    try:
        make = peer(language)
        (warm,) = letters(kind, program, language, 1, 0)
        pages = len(pypdfium2.PdfDocument(make(as_html(warm))))
    except (ImportError, OSError) as error:
        missing(figure, "WeasyPrint", str(error).splitlines()[0])
        return
    speeds = []
    for turn in range(ROUNDS):
        first = 1_000_000 + 2 * turn * OURS
        theirs = [as_html(each) for each in letters(kind, program, language, THEIRS, first)]
        ours, others = (letters(kind, program, language, min(OURS, 200), first + at) for at in (0, OURS))
        speeds.append((a_second(sealed, ours), a_second(printed, others), a_second(make, theirs)))
    slow = statistics.median(theirs for _, _, theirs in speeds)
    for at, name in enumerate((figure, f"{figure.removesuffix('sealed')}printed, nothing read back either")):
        ratio = statistics.median(each[at] / each[2] for each in speeds)
        fast = statistics.median(each[at] for each in speeds)
        row(name, f"WeasyPrint, same words ({pages} pages), nothing read back", f"{fast:,.0f}/s", f"{slow:,.1f}/s",
            ratio, f"≥ {PEER_GOAL:.0f}", met=ratio >= PEER_GOAL)  # fmt: skip


def drawn(kind: str) -> list[str]:
    """The languages that are wanted and drawn."""
    return [language for language in WANTED if language in kind_named(kind).languages]


def main() -> None:
    for kind, program in dict.fromkeys((TWO_PAGES, LONGEST)):
        for language in drawn(kind):
            made = measure(kind, program, language)
            name = f"{kind.replace('_', ' ')}, {language}, {made.pages} pages, {made.size / 1024:,.0f} KB"
            goal = GOALS[language] if (kind, program) == TWO_PAGES or language in ("ar", "fa") else 0
            row(f"{name}: sealed, warm, one process, {OURS:,} letters", "the goal", f"{made.speed:,.0f}/s",
                f"{goal}/s" if goal else "–", made.speed / goal if goal else 0.0, f"≥ {goal}/s" if goal else "named",
                met=made.speed >= goal)  # fmt: skip
            against_the_peer(kind, program, language, f"{name}: sealed")
    kind, program = TWO_PAGES
    first = cold(kind, program, "en")
    row("the first letter of a new process, sealed", "–", f"{1000 * first:,.0f} ms", "–", 0.0, "named", met=True)
    one, two = (by_workers(kind, program, "en", workers) for workers in (1, 2))
    row(f"sealed by two workers, {OURS:,} letters each", "one worker", f"{two:,.0f}/s", f"{one:,.0f}/s", two / one,
        "named", met=True)  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row("memory of one process at its most", "–", f"{peak:,.0f} MB", "–", 0.0, "named", met=True)


if __name__ == "__main__":
    main()
