"""``secondopinion explain``, ``facts`` and ``register``: asking the law from a terminal. No Django."""

import json
import sys
import textwrap
from datetime import datetime
from pathlib import Path
from typing import Any

from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clauses import Edition
from secondopinion.policy.explain import CaseRefused, explain_json
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.register import marked_tests, register_rows

TESTS = Path(__file__).resolve().parents[3] / "tests"
LARGEST_CASE = 1_000_000  # characters; a case is a page of JSON, not a library


def explain(arguments: list[str]) -> int:
    """Read one case from a file, or from standard input for ``-``; print what the policy makes of it.

    Exit code 2 and one line on standard error when the case is refused.
    """
    if len(arguments) != 1:
        return _refuse("Name one file with a case in JSON, or - for standard input.")
    name = arguments[0]
    try:
        raw = sys.stdin.buffer.read(LARGEST_CASE + 1) if name == "-" else _read(Path(name))
        if len(raw) > LARGEST_CASE:
            return _refuse(f"The case is longer than {LARGEST_CASE} bytes: give one case of a page or so.")
        answer = explain_json(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _refuse(f"The case is not UTF-8 text (byte {error.start}): save it as UTF-8.")
    except OSError as error:
        return _refuse(f"{name} cannot be read ({error.strerror}): name a file with a case in JSON, or -.")
    except CaseRefused as refused:
        return _refuse(str(refused))
    return _print(json.dumps(answer, indent=2, ensure_ascii=False))


def facts(arguments: list[str]) -> int:
    """Print every fact of the edition in force: its name, its plain question, and the clauses that use it."""
    known = questions.facts(_edition())
    if arguments == ["--json"]:
        rows = [{"fact": f.name, "question": f.question, "clauses": list(f.clauses)} for f in known.values()]
        return _print(json.dumps(rows, indent=2, ensure_ascii=False))
    if arguments:
        return _refuse("`secondopinion facts` takes nothing but --json.")
    lines: list[str] = []
    section = None
    for fact in known.values():
        if fact.section != section:
            section = fact.section
            lines += ["", section, "-" * len(section)]
        lines += [fact.name, *_indented(fact.question), *_indented(f"Used by {', '.join(fact.clauses) or 'no clause'}")]
    return _print("\n".join(lines).strip())


def register(arguments: list[str]) -> int:
    """Print every clause of the edition in force: what it says, who keeps it, and the tests that prove it."""
    edition = _edition()
    if arguments not in ([], ["--json"]):
        return _refuse("`secondopinion register` takes nothing but --json.")
    rows: list[dict[str, Any]] = [
        {
            "clause": row.entry.clause,
            "actor": row.entry.actor,
            "force": row.entry.force.value,
            "restatement": row.entry.restatement,
            "kept_by": row.entry.kept_by,
            "keeper": row.entry.keeper,
            "tests": list(row.tests),
            "no_test_because": row.entry.no_test_because,
        }
        for row in register_rows(edition, marked_tests(TESTS))
    ]
    if arguments:
        return _print(json.dumps(rows, indent=2, ensure_ascii=False))
    lines = [f"{edition.policy}, edition {edition.name}: {len(rows)} clauses and terms", ""]
    for row in rows:
        lines.append(f"{row['clause']}  {row['actor']} {row['force']}")
        lines += _indented(row["restatement"])
        lines += _indented(f"kept by {row['kept_by']}: {row['keeper']}")
        if row["tests"]:
            lines += [f"    test: {test}" for test in row["tests"]]
        else:
            lines += _indented(f"no test: {row['no_test_because'] or 'none found in ' + TESTS.name + '/'}")
    return _print("\n".join(lines))


def _edition() -> Edition:
    return questions.edition_on(datetime.now(PACIFIC).date())


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_CASE + 1)


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent="    ", subsequent_indent="    ")


def _print(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2
