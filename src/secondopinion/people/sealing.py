"""What a sign-in keeps back: secrets sealed with the house's key, codes made by chance, names only compared."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another: no 0, O, 1, I, L, U
LENGTH: Final = 16  # of thirty signs: 78 bits


class Unsealed(Exception):
    """A secret that this house's key does not open: the key was changed, and the old one is not among the fallbacks."""


def seal(secret: bytes) -> str:
    """The secret, encrypted and authenticated with a key drawn from the house's own."""
    return _box().encrypt(secret).decode()


def unseal(text: str) -> bytes:
    """The secret behind a seal. Raises Unsealed."""
    try:
        return _box().decrypt(text.encode())
    except InvalidToken:
        raise Unsealed("The key that sealed this secret is not here any more.") from None


def keyed(name: str) -> str:
    """A name as it is compared and never read: HMAC-SHA256 of its one spelling, 64 hexadecimal digits."""
    spelt = name.strip().casefold()[:150]
    return hmac.new(_key(settings.SECRET_KEY, b"names at the door"), spelt.encode(), hashlib.sha256).hexdigest()


def made_code() -> str:
    """A code by chance, in groups of four as it is read out: `ABCD-EFGH-JKMN-PQRS`."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, LENGTH, 4))


def digest(code: str) -> str:
    """The SHA-256 of a code, however it was typed: small letters, blanks and dashes do not matter."""
    return hashlib.sha256("".join(sign for sign in code.upper() if sign.isalnum()).encode()).hexdigest()


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(key, b"second factors"))) for key in keys])


def _key(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret.encode())
