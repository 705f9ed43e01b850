"""The state folder: what this clone keeps outside the repository.

It holds the embedded database, its port and passwords, the key that signs sessions, and the
letters printed for the print house. Each clone has its own folder, so two clones on a
machine never meet. Nothing in here is ever deleted by the program.
"""

import hashlib
import os
import secrets
from pathlib import Path

CLONE = Path(__file__).resolve().parents[3]
"""The folder of the repository this code was started from."""


def is_root() -> bool:
    """Whether the program runs as the superuser of the machine (never so on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def is_for_trying_out() -> bool:
    """Whether this installation may hold the made-up county, and lets drafts of letters leave.

    `SECONDOPINION_DEMO` decides when it is set; else the embedded database may, and one named by `DATABASE_URL`
    may not.
    """
    said = os.environ.get("SECONDOPINION_DEMO", "").strip().lower()
    return said in {"1", "yes", "true", "on"} if said else not os.environ.get("DATABASE_URL")


def home() -> Path:
    """The state folder: ``SECONDOPINION_HOME``, else a folder of this clone's own.

    Root's is under /var/lib, because PostgreSQL refuses to run as root and the user it runs
    as must be able to reach its data, which it could not under /root.
    """
    given = os.environ.get("SECONDOPINION_HOME")
    if given:
        return Path(given).expanduser().resolve()
    clone = hashlib.sha256(str(CLONE).encode()).hexdigest()[:8]
    if is_root():
        return Path("/var/lib/secondopinion") / clone
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "secondopinion" / clone


def made(folder: Path, mode: int = 0o711) -> Path:
    """The folder, made with its parents when it does not exist yet."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def kept_secret(name: str) -> str:
    """The secret of that name: made by chance the first time, the same ever after."""
    path = made(home()) / f"{name}.secret"
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        write_private(draft, secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # refuses when another process was first: its secret stands
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
