"""Gathers every `# Reading:` comment of the house into one page: where a clause can be read in two ways, which
way was taken, and why. The page is docs/readings.md; a test keeps it fresh, and running this module prints it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = re.compile(r"^\s*# Reading: (?P<text>.*)$")
COMMENT = re.compile(r"^\s*# ?(?P<text>.*)$")

HEAD = """# How the law was read

Where a clause or a statute can be read in more than one way, this is the reading the code takes. The page is
gathered from the comments marked `Reading:` beside the rules themselves: change it there.
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """One choice of meaning: the file and the clause or name it stands in, and its text on one line."""

    file: str
    subject: str
    text: str


def readings(package_dir: Path) -> str:
    """The page, as Markdown, from every .py and .toml file under a package folder."""
    lines = [HEAD]
    file = subject = None
    for reading in gather(package_dir):
        if reading.file != file:
            file, subject = reading.file, None
            lines.append(f"\n## `{file}`\n")
        if reading.subject != subject:
            subject = reading.subject
            lines.append(f"\n### {subject}\n\n" if subject else "\n")
        lines.append(f"- {reading.text}\n")
    return re.sub(r"\n{3,}", "\n\n", "".join(lines))


def gather(package_dir: Path) -> Iterator[Reading]:
    """Every reading in the folder, file by file, in the order they stand."""
    for path in sorted([*package_dir.rglob("*.py"), *package_dir.rglob("*.toml")]):
        source = path.read_text(encoding="utf-8")
        subjects = _subjects(source) if path.suffix == ".py" else []
        for line, text in _comments(source):
            yield Reading(
                path.relative_to(package_dir).as_posix(), _subject_at(line, subjects), text[:1].upper() + text[1:]
            )


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """The line number and the joined text of each reading; it ends where the comment or the next one does."""
    lines = source.splitlines()
    for number, line in enumerate(lines):
        start = MARK.match(line)
        if not start:
            continue
        words = [start["text"]]
        for following in lines[number + 1 :]:
            more = COMMENT.match(following)
            if not more or MARK.match(following) or not more["text"].strip():
                break
            words.append(more["text"].strip())
        yield number + 1, " ".join(words)


def _subjects(source: str) -> list[tuple[int, int, str]]:
    """First line, last line and name of every function and class; a clause is named by its number."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"`{node.name}`"
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith(".clause"):
                    name = f"{ast.literal_eval(decorator.args[0])} · {name}"
            found.append((node.lineno, node.end_lineno or node.lineno, name))
    return found


def _subject_at(line: int, subjects: list[tuple[int, int, str]]) -> str:
    around = [(last - first, name) for first, last, name in subjects if first <= line <= last]
    return min(around)[1] if around else ""


if __name__ == "__main__":
    sys.stdout.write(readings(Path(__file__).parents[1]))
