"""The keys that kept files are sealed under: from the environment, else one in the state folder."""

import base64
import binascii
import hashlib
import os

from secondopinion.site import state
from secondopinion.site.refusal import Refusal

VARIABLE = "SECONDOPINION_FILE_KEYS"
BYTES = 32  # of a key for AES-256


def for_files() -> tuple[bytes, ...]:
    """Every key there is, the one that seals first. Raises Refusal for one that is no key."""
    said = os.environ.get(VARIABLE, "").split()
    if said:
        return tuple(_key(text, place) for place, text in enumerate(said, start=1))
    # The secret is text made by chance, of more bits than the key needs.
    return (hashlib.sha256(b"files:" + state.kept_secret("file-key").encode()).digest(),)


def _key(text: str, place: int) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != BYTES:
        raise Refusal(
            f"Key {place} in {VARIABLE} is no key: it takes {BYTES} bytes of chance in base64, as `openssl rand "
            f"-base64 {BYTES}` makes them. Several keys stand side by side, the newest first."
        )
    return key
