"""A letter's data lies in memory of one thread of one process, and gives the very bytes that an input gives."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from letters.samples import data_of
from secondopinion.letters import paper, tray

pytestmark = pytest.mark.skipif(not tray.AVAILABLE, reason="anonymous files with a path are Linux's")


def denied(number: int) -> dict:
    data = data_of("denial_to_member", "example-medi-cal")
    data["referral"]["number"] = f"SO-2026-{number:06d}"
    return data


def printed(data: dict) -> bytes:
    return paper.render("denial_to_member", "medi-cal", "en", data)


def test_the_tray_and_an_input_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    by_tray = [printed(denied(n)) for n in (1, 2)]
    monkeypatch.setattr(tray, "AVAILABLE", False)
    assert [printed(denied(n)) for n in (1, 2)] == by_tray
    assert by_tray[0] != by_tray[1]


def test_a_shorter_letter_leaves_nothing_of_the_longer_one_before_it() -> None:
    one = tray.Tray()
    one.lay(b'{"name": "a very long name"}')
    one.lay(b"{}")
    with open(one.path, "rb") as file:
        assert file.read() == b"{}"


def test_many_threads_never_see_each_others_letters() -> None:
    alone = [printed(denied(n)) for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: printed(denied(n)), list(range(12)) * 3)) == alone * 3


def test_a_process_that_was_forked_makes_a_tray_of_its_own() -> None:
    mine = printed(denied(1))
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover  what happens here is told through the pipe
        held = paper._warm.__dict__["tray"]
        os.write(writes, b"ours" if held.is_ours else b"the parent's")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reads, 20) == b"the parent's"
    assert printed(denied(1)) == mine


def test_another_program_does_not_get_the_tray() -> None:
    one = tray.Tray()
    one.lay(b"a Member's data")
    seen = subprocess.run(
        [sys.executable, "-c", f"import os; os.fstat({one._file})"], capture_output=True, close_fds=False
    )
    assert b"Bad file descriptor" in seen.stderr


def test_a_tray_is_gone_with_its_thread() -> None:
    one = tray.Tray()
    path = one.path
    del one
    assert not os.path.exists(path) or "letter" not in os.readlink(path)
