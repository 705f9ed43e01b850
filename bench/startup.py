"""From a clean clone to a served page: the seconds, and the megabytes on the disk.

A clone of this repository goes into a temporary folder and `make run` is asked of it, as README says, with a
state folder of its own. Python's and npm's own caches are as this machine has them; the figure says what they hold.
The limits are three times what a bare spike needed: 28 s without an environment, 8 s with one.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from rows import missing, row

CLONE = Path(__file__).resolve().parent.parent
COLD, WARM, PATIENCE = 84.0, 24.0, 120.0  # seconds
CACHES = ("~/.cache/uv", "~/.cache/pip", "~/.npm")


def megabytes(*folders: Path) -> float:
    """What these folders take on the disk."""
    files = (f for folder in folders for f in folder.rglob("*") if f.is_file() and not f.is_symlink())
    return sum(f.stat().st_blocks * 512 for f in files) / 1e6


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_to_a_page(clone: Path, home: Path) -> float:
    """The time from `make run` to the first page, the sign-in; then stop it."""
    port = free_port()
    unwanted = ("VIRTUAL_ENV", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "VENV")
    environment = {k: v for k, v in os.environ.items() if k not in unwanted}
    environment |= {"PORT": str(port), "SECONDOPINION_HOME": str(home)}
    start = time.perf_counter()
    with (home.parent / "said").open("w") as said:
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            while time.perf_counter() - start < PATIENCE:
                if process.poll() is not None:
                    break
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                        if page.status == 200 and b"</html>" in page.read():
                            return time.perf_counter() - start
                except (urllib.error.URLError, OSError):
                    time.sleep(0.1)
            raise RuntimeError((home.parent / "said").read_text()[-2000:])
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(60)


def main() -> None:
    # PostgreSQL runs as another user when this runs as root: the way to its data must be open.
    with tempfile.TemporaryDirectory(prefix="startup-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        clone, home = place / "clone", place / "home"
        subprocess.run(["git", "clone", "-q", str(CLONE), str(clone)], check=True)
        held = [c for c in CACHES if Path(c).expanduser().exists()]
        try:
            cold = seconds_to_a_page(clone, home)
            warm = seconds_to_a_page(clone, home)
        except RuntimeError as failed:
            missing("clean clone to a served page", f"{COLD:.0f} s", str(failed).strip().splitlines()[-1])
            return
        sizes = {name: megabytes(clone / name) for name in (".venv", "node_modules")} | {"state": megabytes(home)}
    caches = f"caches: {', '.join(held)}" if held else "no package caches"
    limit = "3 x the bare spike"
    row(f"clean clone to a served page ({caches})", limit, f"{cold:.0f} s", f"{COLD:.0f} s", cold / COLD,
        f"≤ {COLD:.0f} s", met=cold <= COLD)  # fmt: skip
    row("the same clone again", limit, f"{warm:.0f} s", f"{WARM:.0f} s", warm / WARM, f"≤ {WARM:.0f} s",
        met=warm <= WARM)  # fmt: skip
    total = sum(sizes.values())
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    row("disk of a served clone", "named, no peer", f"{total:.0f} MB ({parts})", "–", 1.0, "named", met=True)


if __name__ == "__main__":
    sys.exit(main())
