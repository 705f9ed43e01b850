"""``secondopinion run`` as somebody at a terminal has it: opened, used, stopped, and opened again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from secondopinion.site import state
from secondopinion.site.database import Cluster

STOPS_WITHIN = 60.0  # seconds; a busy machine


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A state folder that nothing has used yet, where the server's user can reach its data."""
    folder = state.home() / "tests" / f"run-{os.getpid()}"
    yield state.made(folder)
    Cluster(folder / "postgres").stop()
    shutil.rmtree(folder)


def opened(home: Path, **said: str) -> subprocess.Popen[str]:
    kept_apart = ("DATABASE_URL", "SECONDOPINION_APP_DATABASE_URL", "SECONDOPINION_DEMO", "PORT")
    environment = {name: value for name, value in os.environ.items() if name not in kept_apart}
    return subprocess.Popen(
        [sys.executable, "-m", "secondopinion", "run"],
        env={**environment, "SECONDOPINION_HOME": str(home), **said},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.skipif(not (state.CLONE / "node_modules").exists(), reason="USWDS is not here: `make env` fetches it")
def test_the_house_opens_says_who_may_sign_in_and_closes_without_a_trace_twice_in_a_row(home: Path) -> None:
    for _ in ("the first time", "the second time"):
        opens_and_closes(home)


def opens_and_closes(home: Path) -> None:
    said, address = "", ""
    with opened(home) as house:
        assert house.stdout
        for line in house.stdout:
            said += line
            if " is open at " in line:
                address = line.split(" is open at ")[1].strip()
            if "Ctrl-C" in line:
                break
        assert address, said
        for name in ("intake@plan", "nurse@plan", "physician@plan", "nurse@citrus"):
            assert name in said
        with urllib.request.urlopen(f"{address}sign-in") as page:
            assert b"Sign in" in page.read()
        house.send_signal(signal.SIGINT)
        rest = house.stdout.read()
        assert house.wait(STOPS_WITHIN) == 0, rest
    assert rest.strip() == "Stopping."
    assert not Cluster(home / "postgres").answers()
    with socket.socket() as nobody:
        assert nobody.connect_ex(("127.0.0.1", int(address.rstrip("/").rsplit(":", 1)[1]))) != 0


@pytest.mark.parametrize(("port", "why"), [("many", "is not a port"), ("70000", "is not a port")])
def test_a_port_that_is_none_is_refused_in_one_sentence(home: Path, port: str, why: str) -> None:
    with opened(home, PORT=port) as house:
        said, _ = house.communicate(timeout=STOPS_WITHIN)
    assert house.returncode == 1
    assert why in said
    assert "Traceback" not in said
