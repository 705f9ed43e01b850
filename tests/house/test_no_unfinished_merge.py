"""No file keeps the marks of a merge that was never finished: a browser reads them as words and as half a rule."""

import re

from house.source import CLONE, files_of_the_repository

MARK = re.compile(rb"^(?:<{7}|>{7}|\|{7}) \S", re.MULTILINE)


def marked(content: bytes) -> bool:
    """Does the content hold a line that a merge leaves where two sides differ?"""
    return b"\0" not in content and MARK.search(content) is not None


def test_no_file_keeps_the_mark_of_a_merge() -> None:
    assert [name for name in files_of_the_repository() if marked((CLONE / name).read_bytes())] == []


def test_a_mark_is_seen_and_a_drawn_line_is_none() -> None:
    assert marked(b"a\n<<<" + b"<<<< HEAD\nb\n")
    assert marked(b"a\n>>>" + b">>>> branch~0\n")
    assert not marked(b"Heading\n=======\n\n>>> 1 + 1\n")
