"""Codes that open a page: told once, kept as their SHA-256, and made so that no sign is taken for another."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # thirty-two signs; none can be taken for another when read out
LOOKS_LIKE: Final = str.maketrans("OIL", "011")
LENGTH, GROUP = 16, 4


def new_code() -> str:
    """A code of eighty bits, plain."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def spaced(code: str) -> str:
    """The code as it is told: in groups of four."""
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def digest_of(code: str) -> str:
    """The SHA-256 of a code as it was typed: spaces, hyphens, small letters and look-alikes do not matter."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum()).translate(LOOKS_LIKE)
    return hashlib.sha256(plain.encode()).hexdigest()


def looks_like_a_code(typed: str) -> bool:
    """Could what was typed be a code at all? Then it is looked up as one."""
    return sum(sign.isalnum() for sign in typed) == LENGTH


def new_secret() -> tuple[str, str]:
    """The secret of one visit, for a cookie, and its SHA-256, to be kept."""
    secret = secrets.token_urlsafe(32)
    return secret, secret_sha256(secret)


def secret_sha256(secret: str) -> str:
    """The SHA-256 under which a visit's secret is kept."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
