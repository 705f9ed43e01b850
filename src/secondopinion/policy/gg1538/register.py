"""The register of a policy: every clause, what keeps it, and the tests that prove it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from secondopinion.policy.clauses import Edition, RegisterEntry


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line as it is shown: the entry, and the tests that bear the clause's mark."""

    entry: RegisterEntry
    tests: tuple[str, ...]

    @property
    def is_proved(self) -> bool:
        """Whether a test bears the clause's mark, or the register says why none can."""
        return bool(self.tests or self.entry.no_test_because)


def register_rows(edition: Edition, tests: Mapping[str, tuple[str, ...]] | None = None) -> list[RegisterRow]:
    """Every clause of the edition in the order of the policy. `tests`: clause to test names, as
    `marked_tests` finds them; None where there is no tests folder."""
    found = tests or {}
    return [RegisterRow(entry, found.get(clause, ())) for clause, entry in edition.register.items()]


def marked_tests(folder: Path) -> dict[str, tuple[str, ...]]:
    """The tests under a folder by the clause they are marked with, as `path::name`, paths from the folder.

    Reads the files as text and runs nothing. A mark may name several clauses, and may stand on a test, on a
    class or, as `pytestmark`, on a whole file.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for clause, name in _marks_in(tree.body, ()):
            found.setdefault(clause, []).append(f"{path.relative_to(folder).as_posix()}::{name}")
    return {clause: tuple(dict.fromkeys(names)) for clause, names in found.items()}


def _marks_in(body: list[ast.stmt], inherited: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for statement in body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in statement.targets
        ):
            inherited += tuple(_clauses_of(statement.value))
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            if statement.name.startswith("test"):
                own = (clause for decorator in statement.decorator_list for clause in _clauses_of(decorator))
                yield from ((clause, statement.name) for clause in (*inherited, *own))
        elif isinstance(statement, ast.ClassDef):
            own_of_class = [clause for decorator in statement.decorator_list for clause in _clauses_of(decorator)]
            yield from _marks_in(statement.body, (*inherited, *own_of_class))


def _clauses_of(expression: ast.expr) -> Iterator[str]:
    """The clauses named in every `pytest.mark.clause(...)` inside an expression."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.clause":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value
