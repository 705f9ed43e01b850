"""Check a packet: every file against manifest.csv, and every event against the one before it.

Needs Python 3 and nothing else. Unpack the archive, then run in its folder:

    python3 verify.py [SEAL]

SEAL is the seal of the history as it stands at the end of the cover, without spaces. With it, a history that
was written anew from end to end is found out too. Prints what does not agree; ends with 1 if anything does not.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

MANIFEST, EVENTS = "manifest.csv", "events.jsonl"
HEAD = "file,sha256,bytes"
FIRST = "0" * 64
LINE = re.compile(rb'\{"body":(.+),"hash":"([0-9a-f]{64})","previous":"([0-9a-f]{64})"\}')


def sha256_of(path: Path) -> tuple[str, int]:
    """The SHA-256 and the size of a file, read a piece at a time."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def files_of(folder: Path) -> list[str]:
    """Every file of the packet by name, but the manifest, which cannot hold its own fingerprint."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if name != MANIFEST)


def about_files(folder: Path) -> list[str]:
    """What the manifest says differently from the files."""
    try:
        text = (folder / MANIFEST).read_bytes().decode("ascii")
    except (OSError, UnicodeDecodeError):
        return [f"{MANIFEST} is missing or cannot be read."]
    lines = text.split("\n")
    troubles = []
    if lines[0] != HEAD or lines[-1] != "":
        troubles.append(f"{MANIFEST} does not begin or end as it was written.")
    listed = {}
    for line in lines[1:-1]:
        parts = line.rsplit(",", 2)
        if len(parts) != 3 or parts[0] in listed:
            troubles.append(f"{MANIFEST} has a line that cannot be read: {line!r}.")
        else:
            listed[parts[0]] = (parts[1], parts[2])
    present = files_of(folder)
    troubles += [f"{name} is in {MANIFEST}, and there is no such file." for name in sorted(set(listed) - set(present))]
    for name in present:
        digest, size = sha256_of(folder / name)
        if name not in listed:
            troubles.append(f"{name} is not in {MANIFEST}.")
        elif listed[name] != (digest, str(size)):
            troubles.append(f"{name} is not the file that {MANIFEST} describes: it was changed.")
    return troubles


def about_events(folder: Path, seal: str = "") -> list[str]:
    """What does not agree in the chain of events. `seal`: the hash that the last one should have."""
    try:
        lines = (folder / EVENTS).read_bytes().split(b"\n")
    except OSError:
        return [f"{EVENTS} is missing or cannot be read."]
    troubles = [] if lines[-1] == b"" else [f"{EVENTS} does not end as it was written."]
    before = FIRST
    for position, line in enumerate(lines[:-1], start=1):
        found = LINE.fullmatch(line)
        if found is None:
            return [*troubles, f"Event {position} cannot be read."]
        body, link, previous = found[1], found[2].decode(), found[3].decode()
        try:
            told = json.loads(body)
        except ValueError:
            return [*troubles, f"Event {position} cannot be read."]
        if told.get("position") != position:
            troubles.append(f"Event {position} says that it is number {told.get('position')}: one is missing or moved.")
        if previous != before:
            troubles.append(f"Event {position} does not follow the one before it.")
        if hashlib.sha256(previous.encode() + body).hexdigest() != link:
            troubles.append(f"Event {position} was changed: its hash is not that of its content.")
        before = link
    if seal and seal.lower() != before:
        troubles.append("The last event does not bear the seal of the history that was given.")
    return troubles


def main(folder: Path, seal: str) -> int:
    """Say what does not agree, or that everything does. Returns the number to end with."""
    troubles = about_files(folder) + about_events(folder, seal)
    for line in troubles or ["Everything agrees: every file is as it was packed, and no event was changed."]:
        sys.stdout.write(line + "\n")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent, "".join(sys.argv[1:]).replace(" ", "")))
