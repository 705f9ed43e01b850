"""The command line ``secondopinion``. Each subcommand is one function; this file only finds it.

Subcommands are found by name when they are asked for, so that ``explain``, ``facts`` and
``register``, which need the law alone, start without Django.
"""

import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from secondopinion.site.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Subcommand:
    """What is typed, where the function stands in this storey (``module:name``), and one line of help."""

    name: str
    place: str
    takes: str
    says: str
    bare: bool = False  # not on the ground of database and Django: needs the law alone, or lays it itself


HERE = "secondopinion.site"
SUBCOMMANDS = (
    Subcommand("run", "running:run", "", "Start database, web and worker; Ctrl-C stops them", True),
    Subcommand("worker", "worker:work", "", "Run the jobs, letters first of all; SIGTERM stops it"),
    Subcommand("migrate", "preparing:migrate", "", "Bring the tables and the role up to date"),
    Subcommand("seed", "preparing:seed", "", "Put the made-up county into the database"),
    Subcommand("load", "loading:bring_in", "KIND FILE ...", "Read a file into the directory: docs/directory.md"),
    Subcommand("reseal", "resealing:reseal", "", "Seal every kept file under the newest key"),
    Subcommand("overnight", "proving:prove", "[--all]", "Prove the histories, clocks and letters; 1 when one is wrong"),
    Subcommand("facts", "asking:facts", "[--json]", "Every question the policy asks", True),
    Subcommand("register", "asking:register", "[--json]", "Every clause, who keeps it, its tests", True),
    Subcommand("explain", "asking:explain", "FILE.json|-", "What the policy makes of a case", True),
    Subcommand("letters", "lettering:letters", "[LANGUAGE]", "Gaps of translations; --matrix: what letters say"),
    Subcommand("wordings", "wording:show_wordings", "", "Which wordings of letters are approved, by kind and language"),
    Subcommand("permissions", "permitting:permissions", "", "Who may do what, as docs/permissions.md has it"),
    Subcommand("manage", "preparing:manage", "...", "Django's own commands, as makemigrations"),
)


def usage() -> str:
    """The help, one line for each subcommand."""
    lines = [f"  {f'{c.name} {c.takes}'.strip():22} {c.says}" for c in SUBCOMMANDS]
    return "\n".join(["usage: secondopinion COMMAND", "", *lines])


def main(arguments: Sequence[str]) -> int:
    """Run one subcommand. Returns the exit code: 0 done, 1 failed, 2 not understood or refused."""
    # Every command but the pure ones loads Django's settings sooner or later.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"{HERE}.settings")
    name, *rest = arguments or ["--help"]
    if name in {"--help", "-h", "help"}:
        return _print(usage())
    for subcommand in SUBCOMMANDS:
        if subcommand.name == name:
            return _run(subcommand, rest)
    return _refuse(f"There is no command {name!r}: run `secondopinion --help` for those there are.")


def _run(subcommand: Subcommand, arguments: list[str]) -> int:
    try:
        if not subcommand.bare:
            pkgutil.resolve_name(f"{HERE}.ground:lay")()
        function: Callable[[list[str]], int] = pkgutil.resolve_name(f"{HERE}.{subcommand.place}")
        code = function(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`): say no more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Refusal as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return code


def _print(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2
