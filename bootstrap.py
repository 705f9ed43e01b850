"""Makes everything the two commands need, then does what is asked: the hands of the Makefile.

    python3 bootstrap.py run | test [pytest's own] | check | fix | bench | conformance | lock | env

Standard library only, so that a fresh machine with Python can start here. What is in place already
is left alone (a stamp keeps the hash of each lock); what the system lacks is installed by apt when
that is allowed, else named in one sentence.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CLONE = Path(__file__).resolve().parent
REQUIREMENTS = CLONE / "requirements"
VENV = CLONE / os.environ.get("VENV", ".venv")
OLDEST_TAKEN = (3, 11)
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
STARTED = time.monotonic()
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class Missing(Exception):
    """Something the machine lacks. The sentence names it and what to do."""


def main(arguments: list[str]) -> int:
    """Do one thing. Returns its exit code, 1 with a sentence when something is missing."""
    os.chdir(CLONE)
    tasks = {f.__name__: f for f in (run, test, check, fix, bench, conformance, lock, env)}
    if not arguments or arguments[0] not in tasks:
        say(f"Ask for one of: {', '.join(tasks)}. `make help` says what each does.")
        return 2
    if sys.version_info < OLDEST_TAKEN:
        say(f"Python 3.11 or later is needed, and this is {sys.version.split()[0]}: name another with PYTHON=.")
        return 1
    trust_what_the_machine_trusts()
    try:
        return tasks[arguments[0]](arguments[1:])
    except Missing as missing:
        say(str(missing))
        return 1
    except subprocess.CalledProcessError as failed:
        say(f"This failed (code {failed.returncode}): {' '.join(map(str, failed.cmd))}")
        return 1
    except KeyboardInterrupt:
        return 130


# What can be asked


def run(arguments: list[str]) -> int:
    """Make the environment, then start database, web and worker in the foreground."""
    environment("run")
    look()
    say(f"The environment is ready ({time.monotonic() - STARTED:.0f} s).")
    os.execv(python(), [str(python()), "-m", "secondopinion", "run", *arguments])


def test(arguments: list[str]) -> int:
    """Make the environment and run the tests, the browser's included; pytest's exit code."""
    environment("test")
    look()
    chromium = a_chromium()
    said = dict(os.environ, SECONDOPINION_CHROMIUM=chromium, SECONDOPINION_STOP_TEST_DATABASE="1")
    chosen = list(arguments)
    if not chromium:
        say("No Chromium on this machine and no right to install it: the browser's tests are left out.")
        chosen += ["-m", "not browser"]
    say(f"The environment is ready ({time.monotonic() - STARTED:.0f} s).")
    pytest = [str(python()), "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", *chosen]
    return subprocess.run(pytest, env=said).returncode


def check(arguments: list[str]) -> int:
    """Lint, format, types, storeys, migrations: every check is run, and one that fails fails all."""
    environment("test")
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports",),
        ("secondopinion", "manage", "makemigrations", "--check", "--dry-run"),
    )
    failed = [" ".join(c) for c in checks if subprocess.run([VENV / "bin" / c[0], *c[1:]]).returncode]
    say(f"Failed: {'; '.join(failed)}" if failed else "All checks pass.")
    return 1 if failed else 0


def fix(arguments: list[str]) -> int:
    """Let ruff put right what it can."""
    environment("test")
    subprocess.run([VENV / "bin" / "ruff", "check", "--fix", "."])
    return subprocess.run([VENV / "bin" / "ruff", "format", "."]).returncode


def bench(arguments: list[str]) -> int:
    """Take every figure (or the named ones) in an environment of its own and print one table."""
    global VENV
    VENV = CLONE / ".venv-bench"
    environment("bench")
    look()
    named = arguments or [p.stem for p in sorted((CLONE / "bench").glob("*.py")) if "__main__" in p.read_text()]
    print(f"{machine()}\n\n| figure | peer or limit | ours | theirs | ratio | goal | met |", flush=True)
    print("|---|---|---|---|---|---|---|", flush=True)
    return max(subprocess.run([python(), CLONE / "bench" / f"{name}.py"]).returncode for name in named)


def conformance(arguments: list[str]) -> int:
    """Let HL7's own validator judge what the FHIR door says; needs Java and the guides' packages."""
    environment("test")
    return subprocess.run([python(), CLONE / "tests" / "conformance" / "run.py", *arguments]).returncode


def lock(arguments: list[str]) -> int:
    """Compile requirements/*.in to hashed pins. What runs has the pins it was tested with."""
    environment("test")
    compiled = ["pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "-q"]
    for name, tested_with in (("uv", None), ("test", None), ("run", "test"), ("bench", None)):
        where = [f"requirements/{name}.in", "-o", f"requirements/{name}.txt", "--python-version", "3.11"]
        pinned = ["-c", f"requirements/{tested_with}.txt"] if tested_with else []
        subprocess.run([VENV / "bin" / "uv", *compiled, *where, *pinned, *arguments], check=True)
    subprocess.run(["npm", "install", "--package-lock-only", "--ignore-scripts"], check=True)
    return 0


def env(arguments: list[str]) -> int:
    """Make the environment for tests and nothing else."""
    environment("test")
    look()
    return 0


# What there must be first


def environment(name: str) -> None:
    """A virtual environment with the locked packages of ``requirements/<name>.txt`` and our command."""
    if not works(python()):
        say(f"Making {VENV.name} ...")
        make_venv()
    if not (VENV / "bin" / "uv").exists():
        pip = [python(), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", REQUIREMENTS / "uv.txt"], check=True)
    locked = REQUIREMENTS / f"{name}.txt"
    if not stamped(VENV / f".{name}", locked):
        say(f"Installing the locked packages of requirements/{name}.txt ...")
        uv = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", python(), "--require-hashes"]
        subprocess.run([*uv, "-r", locked], check=True)
        stamp(VENV / f".{name}", locked)
    install_command()


def trust_what_the_machine_trusts() -> None:
    """Let uv, pip and npm believe the machine's own certificates: behind a company's proxy theirs do not do."""
    if SYSTEM_CERTIFICATES.exists():
        for variable in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"):
            os.environ.setdefault(variable, str(SYSTEM_CERTIFICATES))


def make_venv() -> None:
    """``python -m venv``, with Debian's missing half installed or named."""
    made = [sys.executable, "-m", "venv", "--clear", VENV]
    if subprocess.run(made, capture_output=True).returncode:
        apt("python3-venv", "Python's venv is missing")
        subprocess.run(made, check=True)


def install_command() -> None:
    """Put the package on the environment's path, and ``secondopinion`` into its ``bin``."""
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.run([python(), "-c", asked], check=True, capture_output=True, text=True).stdout.strip())
    write(site / "secondopinion.pth", f"{CLONE / 'src'}\n")
    shim = VENV / "bin" / "secondopinion"
    write(shim, f'#!/bin/sh\nexec "{python()}" -m secondopinion "$@"\n')
    shim.chmod(0o755)


def look() -> None:
    """The style sheets, scripts and icons of USWDS, by npm, as locked; no package's script is run."""
    locked, placed = CLONE / "package-lock.json", CLONE / "node_modules" / ".stamp"
    if stamped(placed, locked):
        return
    if not shutil.which("npm"):
        apt("npm", "Node's npm is missing")
    say("Installing USWDS by npm ...")
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--silent"]
    subprocess.run(["npm", "ci", *quiet], check=True)
    stamp(placed, locked)


def a_chromium() -> str:
    """The path of a Chromium, installed by apt when there is none; empty when there can be none."""
    said = os.environ.get("SECONDOPINION_CHROMIUM", "")
    found = said or next(filter(None, map(shutil.which, CHROMIUMS)), "")
    if not found and may_install():
        say("Installing Chromium by apt ...")
        apt("chromium", "Chromium is missing")
        found = shutil.which("chromium") or ""
    return found


def apt(package: str, lack: str) -> None:
    """Install a Debian package, or raise Missing with the sentence that names it."""
    sentence = f"{lack}: install it with `apt-get install {package}`, then run this again."
    if not may_install():
        raise Missing(sentence)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if subprocess.run(install, env=quiet, capture_output=True).returncode:
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, capture_output=True)
        if subprocess.run(install, env=quiet, capture_output=True).returncode:
            raise Missing(sentence)


def may_install() -> bool:
    """Whether this is root on a machine with apt."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


# Small things


def python() -> Path:
    """The interpreter of the environment."""
    return VENV / "bin" / "python"


def works(interpreter: Path) -> bool:
    """Whether an interpreter is there, runs, and knows pip."""
    if not interpreter.exists():
        return False
    return subprocess.run([interpreter, "-c", "import pip"], capture_output=True).returncode == 0


def stamped(mark: Path, lock_file: Path) -> bool:
    """Whether ``mark`` says that this very lock file was installed."""
    return mark.exists() and mark.read_text() == hashlib.sha256(lock_file.read_bytes()).hexdigest()


def stamp(mark: Path, lock_file: Path) -> None:
    """Remember in ``mark`` that this lock file was installed."""
    mark.write_text(hashlib.sha256(lock_file.read_bytes()).hexdigest())


def write(path: Path, text: str) -> None:
    """Write a file unless it says so already."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def machine() -> str:
    """The machine in one line, for the table of figures."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    cpu = names[0] if names else "processor not named"
    return f"{os.cpu_count()} cores of {cpu}, Python {sys.version.split()[0]}, {time.strftime('%Y-%m-%d')}"


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
