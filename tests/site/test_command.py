"""The command ``secondopinion``, run as a program."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CASE = {
    "program": "medi-cal",
    "received_at": "2026-11-23T10:00:00-08:00",  # a Monday
    "information_complete_at": None,
    "urgency": "standard",
    "requester": "member",
    "opinion": "second",
    "about": "specialist-care",
    "answers": {"surgery_is_recommended": True, "member_questions_surgery": True},
}


def secondopinion(*arguments: str, said: str | bytes = "") -> subprocess.CompletedProcess[bytes]:
    raw = said.encode() if isinstance(said, str) else said
    return subprocess.run([sys.executable, "-m", "secondopinion", *arguments], input=raw, capture_output=True)


def test_a_case_on_standard_input_is_explained_as_json() -> None:
    done = secondopinion("explain", "-", said=json.dumps(CASE))
    assert done.returncode == 0
    assert done.stderr == b""
    answer = json.loads(done.stdout)
    assert answer["policy"] == "GG.1538"
    assert answer["authorize"]["verdict"] == "yes"
    assert [clock["binding"] for clock in answer["clocks"]].count(True) == 1


def test_a_case_in_a_file_is_explained_as_json(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps(CASE))
    assert json.loads(secondopinion("explain", str(tmp_path / "case.json")).stdout)["edition"] == "2024-12-01"


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        (b"\xff\xfe{", "UTF-8"),
        (json.dumps({**CASE, "program": "pace"}), "pace"),
        (json.dumps({**CASE, "color": "red"}), "color"),
        (json.dumps({**CASE, "received_at": "2026-11-23T10:00:00"}), "offset"),
        (json.dumps({**CASE, "received_at": "1999-11-23T10:00:00-08:00"}), "1999"),
        (json.dumps({**CASE, "answers": {"is_it_nice": True}}), "is_it_nice"),
        (" " * 1_000_001, "longer"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_on_one_line(said: str | bytes, named: str) -> None:
    done = secondopinion("explain", "-", said=said)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert named in done.stderr.decode()


@pytest.mark.parametrize("arguments", [("explain",), ("explain", "nowhere.json"), ("explain", "."), ("fly",)])
def test_what_is_asked_wrongly_is_refused_on_one_line(arguments: tuple[str, ...]) -> None:
    done = secondopinion(*arguments)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1


def test_explaining_needs_no_django_and_no_database() -> None:
    program = (
        "import sys; from secondopinion.site.command import main; main(['facts']);"
        "sys.exit(any(m.split('.')[0] in {'django', 'psycopg', 'procrastinate'} for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


@pytest.mark.parametrize("command", ["facts", "register"])
def test_a_reader_who_has_seen_enough_may_hang_up(command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-m", "secondopinion", command], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.returncode == 0
    assert done.stderr == b""


def test_every_fact_is_listed_with_its_question_and_its_clauses() -> None:
    rows = json.loads(secondopinion("facts", "--json").stdout)
    assert len(rows) > 20
    for row in rows:
        assert "?" in row["question"]
        assert row["clauses"], row["fact"]


def test_every_clause_is_listed_with_its_keeper_and_its_tests() -> None:
    rows = {row["clause"]: row for row in json.loads(secondopinion("register", "--json").stdout)}
    assert {"II.A", "II.L", "III.A", "III.G", "IX.Member"} <= set(rows)
    assert all(row["keeper"] and (row["tests"] or row["no_test_because"]) for row in rows.values())


def test_help_names_every_command() -> None:
    said = secondopinion("--help").stdout.decode()
    for command in ("run", "worker", "migrate", "seed", "overnight", "facts", "register", "explain"):
        assert f"\n  {command} " in said
