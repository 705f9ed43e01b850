"""A test that is never collected proves nothing."""

import ast
from pathlib import Path

import pytest

from house.source import CLONE, sources


def test_every_test_that_is_written_is_collected(request: pytest.FixtureRequest) -> None:
    if not chose_everything(request.config):
        pytest.skip("only a part of the tests was asked for")
    collected = {(item.path, item.originalname) for item in request.session.items if isinstance(item, pytest.Function)}
    lost = [
        f"{source.path}::{node.name}"
        for source in sources("tests")
        for node in written_tests(source.tree)
        if (CLONE / source.path, node.name) not in collected
    ]
    assert lost == []


def test_every_folder_with_tests_has_some_that_are_collected(request: pytest.FixtureRequest) -> None:
    if not chose_everything(request.config):
        pytest.skip("only a part of the tests was asked for")
    folders = {str(Path(s.path).parent) for s in sources("tests") if any(written_tests(s.tree))}
    counted = {str(item.path.parent.relative_to(CLONE)) for item in request.session.items}
    assert folders - counted == set()


def chose_everything(config: pytest.Config) -> bool:
    """Whether pytest was asked for all tests, not for a folder, a mark or a word."""
    return not (config.option.markexpr or config.option.keyword or config.option.file_or_dir)


def written_tests(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The test functions of a file, and those of its test classes."""
    bodies = [tree.body, *(c.body for c in tree.body if isinstance(c, ast.ClassDef) and c.name.startswith("Test"))]
    return [
        node
        for body in bodies
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test")
        and not any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
