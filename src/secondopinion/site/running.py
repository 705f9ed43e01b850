"""``secondopinion run``: database, web and worker on this machine, in the foreground."""

import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

from secondopinion.site import database, ground
from secondopinion.site.refusal import Refusal

FIRST_PORT = 8000
PORTS_TRIED = 20
SERVED_WITHIN = 60.0  # seconds
STOP_WITHIN = 25.0  # seconds; longer than the worker lets its jobs finish


class NotServed(Refusal):
    """The house could not be opened. The sentence says what happened and what to do instead."""


def run(arguments: list[str]) -> int:
    """Start everything, print where it is and who may sign in, wait for Ctrl-C, stop everything."""
    running: list[subprocess.Popen[bytes]] = []
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        port = _port()
        _say("Preparing the database ...")
        ground.lay()
        return _serve(running, port)
    except KeyboardInterrupt:
        _say("\nStopping.")
        return 0
    finally:
        # A second Ctrl-C must not leave half of it running.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _stop(running)
        if not os.environ.get("DATABASE_URL"):
            database.embedded().stop_if_idle()


def _serve(running: list[subprocess.Popen[bytes]], port: int) -> int:
    # Models can be imported only now that Django is set up.
    sign_ins: str = pkgutil.resolve_name("secondopinion.site.preparing:everything")()
    running.append(_start("worker", sys.executable, "-m", "secondopinion", "worker"))
    running.append(_start("web", *gunicorn(port)))
    address = f"http://127.0.0.1:{port}/"
    _wait_until_served(f"{address}health", running)
    _say(f"\nSecond Opinion is open at {address}\n")
    if sign_ins:
        _say(sign_ins)
    _say("Ctrl-C stops it.")
    while True:
        time.sleep(0.5)
        _all_alive(running)


def gunicorn(port: int) -> list[str]:
    """The web server's command: two processes of four threads, on this machine only unless told."""
    host = os.environ.get("SECONDOPINION_BIND", "127.0.0.1")
    command = [sys.executable, "-m", "gunicorn", "secondopinion.site.wsgi:application"]
    command += ["--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    # gunicorn's workers say they live by touching a file: in memory, a slow disk cannot make them look dead.
    command += ["--worker-tmp-dir", "/dev/shm"] if os.path.isdir("/dev/shm") else []  # noqa: S108
    command += ["--preload"]  # the program is read once, not once for each process
    # What is larger than any request of ours, or slower, is let go of. A proxy in front does the rest: docs/operate.md.
    command += ["--limit-request-line", "4094", "--limit-request-fields", "60", "--limit-request-field_size", "8190"]
    command += ["--timeout", "60", "--graceful-timeout", "20", "--keep-alive", "5"]
    return [*command, "--max-requests", "20000", "--max-requests-jitter", "2000", "--log-level", "warning"]


def _start(name: str, *command: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which then stops the others in order.
    return subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)  # noqa: S603


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.terminate()
    give_up = time.monotonic() + STOP_WITHIN
    for process in running:
        try:
            process.wait(max(0.1, give_up - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _all_alive(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is not None:
            raise NotServed(f"A part of it stopped by itself (code {process.returncode}); its last words are above.")


def _wait_until_served(address: str, running: list[subprocess.Popen[bytes]]) -> None:
    give_up = time.monotonic() + SERVED_WITHIN
    while time.monotonic() < give_up:
        _all_alive(running)
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError as broken:
            raise NotServed(f"The first page broke (HTTP {broken.code}); its last words are above.") from None
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise NotServed(f"No page was served at {address} within {SERVED_WITHIN:.0f} seconds.")


def _port() -> int:
    wanted = os.environ.get("PORT", "")
    if wanted:
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise NotServed(f"PORT={wanted} is not a port: give a number from 1 to 65535.")
        if not _is_free(int(wanted)):
            raise NotServed(f"Port {wanted} is taken: give another in PORT, or none.")
        return int(wanted)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if _is_free(port):
            return port
    raise NotServed(f"Ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are all taken: give another in PORT.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
