"""What the checks of the whole house read: our files, parsed once."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
PACKAGE = CLONE / "src" / "secondopinion"
STOREYS = (
    ("policy",),
    ("people",),
    ("letters", "directory"),
    ("referrals",),
    ("portal", "desk", "fhir", "x12", "oversight"),
    ("site",),
)


@dataclass(frozen=True)
class Source:
    """One Python file: where it is (from the root of the clone), and its tree."""

    path: str
    tree: ast.Module
    lines: int

    @property
    def storey(self) -> str:
        """The folder of the package that it stands in; empty for tests, figures and the root."""
        parts = Path(self.path).parts
        return parts[2] if parts[:2] == ("src", "secondopinion") and len(parts) > 3 else ""


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file under the folders, migrations left out: Django writes those."""
    return tuple(_read(folders))


def _read(folders: tuple[str, ...]) -> Iterator[Source]:
    for folder in folders:
        for path in sorted((CLONE / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                text = path.read_text(encoding="utf-8")
                yield Source(path.relative_to(CLONE).as_posix(), ast.parse(text), text.count("\n"))


def files_of_the_repository() -> list[str]:
    """What git keeps, from the root of the clone; every file there is when this is no clone of git."""
    listed = subprocess.run(["git", "ls-files"], cwd=CLONE, capture_output=True, text=True, check=False)
    if listed.returncode:
        return []
    return [name for name in listed.stdout.splitlines() if (CLONE / name).exists()]
