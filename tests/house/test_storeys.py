"""Six storeys, stairs one way; rooms of a size one can see across."""

import ast
import sys
from pathlib import Path
from subprocess import run

import pytest
from django.apps import apps
from django.db import models

from house.source import CLONE, PACKAGE, STOREYS, Source, sources

HEIGHT = {room: height for height, rooms in enumerate(STOREYS) for room in rooms}
FURNITURE = {"utils", "util", "helpers", "helper", "common", "core", "services", "managers", "misc", "tools"}
LONGEST = 400
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "time.time"}
PAGES = ("desk", "portal")


def test_imports_only_go_down() -> None:
    checked = run([Path(sys.executable).with_name("lint-imports")], cwd=CLONE, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_every_folder_of_the_package_is_a_storey() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders <= set(HEIGHT)


def test_foreign_keys_only_go_down() -> None:
    up = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model in apps.get_models()
        if model.__module__.startswith("secondopinion.")
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and not may_lean_on(room_of(model), room_of(field.related_model))
    ]
    assert up == []


def room_of(model: type[models.Model] | str) -> str:
    """The storey's folder that a table belongs to; empty for Django's own."""
    assert not isinstance(model, str)
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "secondopinion" else ""


def may_lean_on(room: str, other: str) -> bool:
    """Whether a row of one room may point to a row of the other: the same room, or one below."""
    return not other or room == other or HEIGHT[other] < HEIGHT[room]


@pytest.mark.parametrize(
    ("room", "other", "may"),
    [
        ("referrals", "people", True),
        ("referrals", "referrals", True),
        ("people", "referrals", False),
        ("letters", "directory", False),
        ("people", "", True),
    ],
)
def test_the_check_of_stairs_knows_good_from_bad(room: str, other: str, may: bool) -> None:
    assert may_lean_on(room, other) is may


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert [f"{s.path}: {s.lines}" for s in sources("src", "tests", "bench") if s.lines > LONGEST] == []


def test_no_module_is_named_after_furniture() -> None:
    named = [s.path for s in sources("src", "tests", "bench") if FURNITURE & set(Path(s.path).with_suffix("").parts)]
    assert named == []


def test_nothing_is_imported_inside_a_function() -> None:
    assert [place for s in sources("src", "tests", "bench") for place in hidden_imports(s)] == []


def hidden_imports(source: Source) -> list[str]:
    """The imports that stand inside a function, as ``path:line``."""
    return [
        f"{source.path}:{inner.lineno}"
        for outer in ast.walk(source.tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def test_no_room_but_the_way_in_reads_the_clock() -> None:
    read = [place for s in sources("src") if s.storey and s.storey != "site" for place in clock_readings(s)]
    assert read == []


def clock_readings(source: Source) -> list[str]:
    """The places that ask what time it is, as ``path:line``."""
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in CLOCKS
    ]


def test_pages_reach_no_table_by_themselves() -> None:
    touched = [
        f"{s.path}:{node.lineno}"
        for s in sources("src")
        if s.storey in PAGES or s.path.endswith("fhir/views.py")
        for node in ast.walk(s.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    ]
    assert touched == []


def test_no_signals_and_nothing_hidden_in_save() -> None:
    hidden = [
        f"{s.path}:{node.lineno}"
        for s in sources("src")
        for node in ast.walk(s.tree)
        if (isinstance(node, ast.ImportFrom) and "signals" in f"{node.module}")
        or (isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"} and node.args.args[:1])
    ]
    assert hidden == []
