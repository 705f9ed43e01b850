"""Files at rest are sealed: a key of its own for each file, and that key sealed by one of the house's keys.

AES-256 in Galois/Counter Mode, twice: the file under its own random key, and that key under the house's key. Both are
bound to the place the file stands in (table and id), so that a row whose content was changed, or that carries another
row's content, does not open. A house key is changed by sealing the small keys anew; the files themselves stay as they
are. The first key of `settings.FILE_KEYS` seals; all of them open.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE: Final = 12  # bytes before the ciphertext
TAG: Final = 16  # bytes behind it
OVERHEAD: Final = NONCE + TAG
KEY_BYTES: Final = 32
SHORT: Final = 16  # characters of a house key's name


class DoesNotOpen(Exception):
    """A kept file cannot be opened. Carries a sentence; it names a key and never a Member."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class KeyLost(DoesNotOpen):
    """The house key that the file was sealed under is not among those the program was given."""


class Tampered(DoesNotOpen):
    """The file, its small key or the row it stands in is not what was sealed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as it lies in its row: `content` is nonce, ciphertext and tag; `data_key` its own key, sealed likewise."""

    content: bytes
    key_id: str
    data_key: bytes


def key_id_of(key: bytes) -> str:
    """The name of a house key: it tells two keys apart and nothing about either."""
    return hashlib.sha256(b"a house key for files:" + key).hexdigest()[:SHORT]


def current_key_id() -> str:
    """The name of the house key that files are sealed under now."""
    return key_id_of(_keys()[0])


def seal(content: bytes, place: str) -> Sealed:
    """Seal a file for the place it will stand in, such as `referrals_paper:<id>`."""
    own = AESGCM.generate_key(KEY_BYTES * 8)
    return Sealed(_lock(own, content, place), *_wrap(own, place))


def opened(sealed: Sealed, place: str) -> bytes:
    """The file that stands in this place. Raises KeyLost or Tampered."""
    return _unlock(_own_key(sealed.key_id, sealed.data_key, place), sealed.content, place)


def under_the_current_key(key_id: str, data_key: bytes, place: str) -> tuple[str, bytes]:
    """A file's own key, sealed anew under the house key of now: its name and the bytes. Raises KeyLost or Tampered."""
    return _wrap(_own_key(key_id, data_key, place), place)


def _keys() -> tuple[bytes, ...]:
    keys: tuple[bytes, ...] = settings.FILE_KEYS
    return keys


def _wrap(own: bytes, place: str) -> tuple[str, bytes]:
    house = _keys()[0]
    name = key_id_of(house)
    return name, _lock(house, own, f"{name}:{place}")


def _own_key(key_id: str, data_key: bytes, place: str) -> bytes:
    for house in _keys():
        if key_id_of(house) == key_id:
            return _unlock(house, data_key, f"{key_id}:{place}")
    raise KeyLost(
        f"This file was sealed under the key {key_id}, which the program was not given, so nobody can read it now. "
        "Put that key back into SECONDOPINION_FILE_KEYS, behind the newest one, and start again."
    )


def _lock(key: bytes, content: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, bound_to.encode())


def _unlock(key: bytes, locked: bytes, bound_to: str) -> bytes:
    try:
        return AESGCM(key).decrypt(locked[:NONCE], locked[NONCE:], bound_to.encode())
    except (InvalidTag, ValueError):
        raise Tampered(
            "This file is not the one that was kept here: it was changed, or put into another row. It is not shown. "
            "Restore it from a backup, and tell whoever looks after the database."
        ) from None
