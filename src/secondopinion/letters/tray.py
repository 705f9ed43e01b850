"""The tray: memory in which a letter's data lies for the typesetter.

The typesetter keeps what it has laid out for as long as its inputs stay the same, and lays out anew what a changed file
is used for. Data handed over as an input makes it forget everything; data that lies in a file does not, and the words
that every letter of a kind shares are laid out once (a third less time). The file is anonymous: it has no name in any
folder, never reaches a disk, is not passed on to other programs, and goes with its thread.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

OPEN_FILES: Final = Path("/proc/self/fd")
AVAILABLE: Final = hasattr(os, "memfd_create") and OPEN_FILES.is_dir()
"""Anonymous files with a path are Linux's; elsewhere data goes to the typesetter as an input."""


class Tray:
    """One anonymous file. It belongs to one thread of one process: ask `is_ours` after a fork."""

    def __init__(self) -> None:
        self._file = os.memfd_create("letter", os.MFD_CLOEXEC)
        self._process = os.getpid()

    @property
    def path(self) -> str:
        """Where the typesetter reads it."""
        return str(OPEN_FILES / str(self._file))

    @property
    def is_ours(self) -> bool:
        """Was it made by this very process? One that a parent made is the parent's, too."""
        return self._process == os.getpid()

    def lay(self, data: bytes) -> None:
        """Put the data of a letter in the place of what lay there."""
        os.ftruncate(self._file, 0)
        left, at = memoryview(data), 0
        while at < len(data):
            at += os.pwrite(self._file, left[at:], at)

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            os.close(self._file)
