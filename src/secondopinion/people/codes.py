"""Codes that open a page: eighty bits, told once and kept as a SHA-256; read out and typed without mistakes."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # thirty-two signs; none can be taken for another when read out
LOOKS_LIKE: Final = str.maketrans("OIL", "011")
LENGTH, GROUP = 16, 4


def new_code() -> str:
    """A code that nobody was told yet, without hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """A code as it is read out: `7K3M-0QXA-9PDE-R2TB`."""
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def digest_of(code: str) -> str:
    """The SHA-256 of a code as it was typed: spaces, hyphens, small letters and look-alikes do not matter."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum()).translate(LOOKS_LIKE)
    return hashlib.sha256(plain.encode()).hexdigest()
