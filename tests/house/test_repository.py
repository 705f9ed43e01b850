"""The repository as a whole: nothing unused, nothing missing, nothing of the place it was written in."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import migrations
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from house.source import CLONE, PACKAGE, files_of_the_repository, sources

TEMPLATES = {
    path.relative_to(folder).as_posix(): path
    for folder in PACKAGE.glob("*/templates")
    for path in folder.rglob("*.html")
    if folder.parent.name != "letters"
}
BY_NAME = {"400.html", "403.html", "404.html", "500.html"}  # Django looks for these itself
# Written in halves, so that this file does not find itself.
NOT_OURS = [
    "/ro" + "ot/",
    "/wo" + "rk/",
    "/tmp/br" + "ief",
    "../sha" + "red",
    "Cal" + "Optima",
    "files.python" + "hosted.org",
    "registry.npm" + "js.org",
    '"resol' + 'ved"',
]
MARKDOWN_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
HTML_LINK = re.compile(r'(?:src|href)="([^"#:]+)"')


def test_every_template_is_used() -> None:
    said = "\n".join(s.path + ast.unparse(s.tree) for s in sources("src"))
    said += "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES.values())
    assert [name for name in TEMPLATES if name not in said and name not in BY_NAME] == []


def test_every_template_that_is_named_exists() -> None:
    named = {
        name
        for path in TEMPLATES.values()
        for name in re.findall(r'{%\s*(?:extends|include)\s+"([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert named - set(TEMPLATES) == set()


def test_the_models_have_their_migrations() -> None:
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
    assert {app: [str(change) for change in found] for app, found in changes.items()} == {}


def test_every_app_has_one_last_migration() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}


def test_every_migration_can_be_taken_back() -> None:
    loader = MigrationLoader(None)
    stuck = [
        f"{migration.app_label}.{migration.name}"
        for migration in loader.disk_migrations.values()
        if migration.__module__.startswith("secondopinion.")
        for operation in migration.operations
        if isinstance(operation, migrations.RunSQL | migrations.RunPython) and not operation.reversible
    ]
    assert stuck == []


def pages_of_documentation() -> list[Path]:
    return [*CLONE.glob("*.md"), *(CLONE / "docs").rglob("*.md")]


def links_of(page: Path) -> set[Path]:
    """The files that a page of documentation links to."""
    text = page.read_text(encoding="utf-8")
    names = {*MARKDOWN_LINK.findall(text), *HTML_LINK.findall(text)}
    return {(page.parent / name).resolve() for name in names if "://" not in name and not name.startswith("mailto:")}


@pytest.mark.parametrize("document", pages_of_documentation(), ids=lambda path: path.relative_to(CLONE).as_posix())
def test_every_link_of_the_documentation_leads_somewhere(document: Path) -> None:
    assert [str(target.relative_to(CLONE)) for target in links_of(document) if not target.exists()] == []


def test_every_file_of_the_documentation_is_linked_from_another() -> None:
    linked = {target for page in pages_of_documentation() for target in links_of(page) if target != page}
    folders = {target for target in linked if target.is_dir()}
    lost = [
        path.relative_to(CLONE).as_posix()
        for path in (CLONE / "docs").rglob("*")
        if path.is_file() and path not in linked and path.parent not in folders
    ]
    assert lost == []


def test_every_target_of_the_makefile_is_in_its_help() -> None:
    makefile = (CLONE / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert targets == set(re.findall(r"^([a-z]+): +## ", makefile, re.MULTILINE))
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets == set(phony.split())


def test_nothing_names_the_place_it_was_written_in() -> None:
    found = []
    for name in files_of_the_repository():
        content = (CLONE / name).read_bytes()
        if b"\0" not in content:
            text = content.decode("utf-8").lower()
            found += [f"{name}: {word}" for word in NOT_OURS if word.lower() in text]
    assert found == []


def test_every_requirement_is_pinned_with_its_hash() -> None:
    for path in (CLONE / "requirements").glob("*.txt"):
        pinned = re.findall(r"^[A-Za-z0-9][^ =]*==[^ ]+(?: ; .*)? \\\n    --hash=", path.read_text(), re.MULTILINE)
        named = re.findall(r"^[A-Za-z0-9]", path.read_text(), re.MULTILINE)
        assert len(pinned) == len(named) > 0, path.name


def test_what_runs_has_the_pins_it_was_tested_with() -> None:
    run, test = (pins(CLONE / "requirements" / f"{name}.txt") for name in ("run", "test"))
    assert {name: version for name, version in run.items() if test.get(name) != version} == {}


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ]+)", path.read_text(), re.MULTILINE))
