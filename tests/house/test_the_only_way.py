"""Pages reach a referral through `visible_to` and nothing else, and what hangs on it through the referral."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps

from house.source import Source, sources
from house.test_routes import routes
from secondopinion.people import find

PAGES = ("portal", "desk", "fhir")
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SQL = {"raw", "extra", "execute", "executemany", "cursor", "copy"}
# What a page sends by itself: that its transaction only reads, that a second press of a button waits, and whether the
# worker is alive.
STATEMENTS = {
    "src/secondopinion/portal/door.py": ["SET TRANSACTION READ ONLY"],
    "src/secondopinion/site/pages.py": [
        "SELECT max(last_heartbeat) FROM procrastinate_workers",
        "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded' AND queue_name = 'mail'",
    ],
    "src/secondopinion/desk/intake_once.py": ["SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"],
}
# The FHIR door's own table: what a system sent, asked for by the system that sent it. See tests/fhir/test_door.py.
OWN_TABLES = {("src/secondopinion/fhir/taking.py", "Submission")}
BY_NAME = ("number", "letter_id", "paper_id")  # how an address names a referral, and what hangs on one


def pages() -> list[Source]:
    """Every file of the doors."""
    return [source for source in sources("src") if source.storey in PAGES or has_a_door(source)]


def has_a_door(source: Source) -> bool:
    """Does the file hold pages of the house itself, as those for signing in?"""
    imports = (node for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom))
    return source.storey == "site" and any(node.module == "secondopinion.people.doors" for node in imports)


def reaches(source: Source) -> Iterator[str]:
    """The tables that a file reaches by itself, as `path:line Model`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            of = ast.unparse(node.value)
            if (source.path, of) not in OWN_TABLES:
                yield f"{source.path}:{node.lineno} {of}"


def statements(source: Source) -> list[str]:
    """The SQL that a file sends by itself; a call without a constant is named by its line."""
    return [
        str(node.args[0].value) if node.args and isinstance(node.args[0], ast.Constant) else f"line {node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr in SQL - {"cursor"}
    ]  # fmt: skip


def test_no_page_reaches_a_table() -> None:
    assert [place for source in pages() for place in reaches(source)] == []


def test_no_page_sends_sql() -> None:
    assert {s.path: found for s in pages() if (found := statements(s))} == STATEMENTS


def test_no_page_imports_what_makes_a_query() -> None:
    made = {"Prepared", "RawSQL", "send", "connection", "connections"}
    allowed = {**{path: {"connection"} for path in STATEMENTS}, "src/secondopinion/fhir/taking.py": {"Prepared"}}
    found = {
        s.path: names
        for s in pages()
        if (names := {a.name for n in ast.walk(s.tree) if isinstance(n, ast.ImportFrom) for a in n.names} & made)
    }
    assert found == allowed


def test_the_check_knows_a_way_round_when_it_sees_one() -> None:
    text = "def page(request, number):\n    return Referral.objects.get(number=number)\n"
    sql = "cursor.execute('SELECT 1')\nfound = Referral.objects.raw(sql)\n"
    assert list(reaches(Source("p.py", ast.parse(text), 2))) == ["p.py:2 Referral"]
    assert statements(Source("p.py", ast.parse(sql), 2)) == ["SELECT 1", "line 2"]


@pytest.mark.parametrize("name", BY_NAME)
def test_what_an_address_names_is_only_asked_of_functions_that_know_who_asks(name: str) -> None:
    """A number goes to `one(person, number)`, or to a page that does so; a letter's key comes with its referral."""
    views = {view.__name__: view for route in routes() if name in str((view := route.callback) and route.pattern)}
    asked = {
        f"{source.path}:{call.lineno} {ast.unparse(call.func)}"
        for source in pages()
        for view in ast.walk(source.tree)
        if isinstance(view, ast.FunctionDef) and any(a.arg == name for a in view.args.args) and view.name in views
        for call in ast.walk(view)
        if isinstance(call, ast.Call) and not knows_who(call, name)
        and any(isinstance(a, ast.Name) and a.id == name for a in (*call.args, *(k.value for k in call.keywords)))
    }  # fmt: skip
    assert views
    assert asked == set()


def knows_who(call: ast.Call, name: str) -> bool:
    """Does the call hand over the person, the request, or the referral or the one letter that the person may see?"""
    known = {
        "number": {"request", "person", "one"},
        "letter_id": {"found", "request"},
        "paper_id": {"found", "member_or_404"},
    }[name]
    if ast.unparse(call.func).rpartition(".")[2] in {"redirect", "reverse"}:
        return True  # an address shows nothing
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    return bool(known & {ast.unparse(inner) for a in given for inner in ast.walk(a) if isinstance(inner, ast.Name)})


def taken_from_the_room_below() -> dict[str, Callable[..., object]]:
    """Every function of the room of referrals that a page imports, by its full name."""
    return {
        f"{verb.__module__}.{verb.__name__}": verb
        for source in pages()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and f"{node.module}".startswith("secondopinion.referrals")
        for alias in node.names
        for verb in functions_of(f"{node.module}", alias.name)
    }


def functions_of(module: str, name: str) -> Iterator[Callable[..., object]]:
    """The function of that name, or every function of the module of that name."""
    found = getattr(importlib.import_module(module), name, None)
    if inspect.isfunction(found):
        yield found
    elif inspect.ismodule(found):
        yield from (f for n, f in inspect.getmembers(found, inspect.isfunction) if not n.startswith("_"))


def test_whatever_gives_a_referral_to_a_page_asks_who_it_is_for_or_was_given_one() -> None:
    gives = [
        (name, set(inspect.signature(verb).parameters))
        for name, verb in taken_from_the_room_below().items()
        if verb.__module__.startswith("secondopinion.referrals.")
        and re.search(r"\bReferral\b", str(verb.__annotations__.get("return", "")))
    ]
    assert len(gives) >= 5, "the annotations are not read any more"
    # A step taken was the person's to take; a Member's page names its one referral by a code, and pages.py checks it;
    # what narrows rows has them from somebody who asked for a person.
    knows = {"person", "referral", "taken", "rows"}
    assert [name for name, parameters in gives if not parameters & knows] == []


def test_a_page_about_a_member_asks_by_number_and_row_level_security_answers() -> None:
    named = {str(r.pattern) for r in routes() if "member_id" in str(r.pattern)}
    assert named, "no page names a Member any more"
    asked = {
        f"{source.path} {ast.unparse(call.func)}"
        for source in pages()
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and any(isinstance(a, ast.Name) and a.id == "member_id" for a in call.args)
    }
    functions = {entry.rpartition(" ")[2].rpartition(".")[2] for entry in asked}
    asks_it = {
        "member_or_404",
        "_of_the_plan",
    }  # and answers with a page where there is none, or where it is the plan's
    assert functions <= {"member_by", "_begin", "_back", "redirect", "reverse", *asks_it}, functions
    assert inspect.getmodule(find.member_by) is find


def test_no_model_has_a_manager_that_shows_more_than_its_rows() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("secondopinion.")]
    assert [m.__name__ for m in ours if [manager.name for manager in m._meta.managers] != ["objects"]] == []
