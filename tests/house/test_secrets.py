"""Nothing secret lies in the repository: keys, tokens and passwords are made on each machine or come from outside."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest

from house.source import CLONE, files_of_the_repository

# Written so that no line of this file is itself what it looks for.
PATTERNS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY" + "-----",
    "a key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of a code host": r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[A-Za-z0-9_-]{20}\b",
    "a token of a package index": r"\bpypi-[A-Za-z0-9_-]{50,}|\bnpm_[A-Za-z0-9]{36}\b",
    "a token of a chat": r"\bxox[abpr]-[A-Za-z0-9-]{10,}",
    "a signed web token": r"\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    "a password in an address": r"\b[a-z+]+://[^/\s:@{}\"'<>$]+:(?!password@|secret@|\*)[^/\s:@{}\"'<>$]{6,}@",
}
GIVEN = re.compile(r"""(?i)\b(?:password|passwd|secret|token|api_?key)\w*["']?\s*[:=]\s*["']([^"'\s]{16,})["']""")
KNOWN = {
    "test-token-of-the-example-office",  # tests/county.py: opens the tests' own database, which is gone afterwards
    "postgresql://plan:" + "s%40fe@",  # tests/site/test_database.py: an address is read, nothing is there
    "smtp://user:" + "a-mail-password@",  # tests/site/test_postroom.py: the same
}
SEALED = {".jpg", ".png", ".pdf", ".svg", ".woff2"}


def chance(text: str) -> float:
    """Bits of chance in each character, as they were drawn."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def found_in(text: str) -> list[str]:
    """What in a text looks like a secret."""
    found = [
        name
        for name, pattern in PATTERNS.items()
        if any(each.group() not in KNOWN for each in re.finditer(pattern, text))
    ]
    given = [each for each in GIVEN.findall(text) if each not in KNOWN and not each.startswith(("{", "$", "<"))]
    return found + [f"a long secret: {each[:4]}…" for each in given if chance(each) > 3.5]


def test_no_file_holds_a_secret() -> None:
    found = []
    for name in files_of_the_repository():
        path = CLONE / name
        if path.suffix in SEALED or path.parent.name == "requirements" or name == "package-lock.json":
            continue
        found += [f"{name}: {what}" for what in found_in(path.read_bytes().decode("utf-8", "replace"))]
    assert found == []


def test_no_file_has_the_name_of_one_that_holds_secrets() -> None:
    named = re.compile(r"(^|/)(\.env(\..+)?|id_(rsa|ed25519|ecdsa)|.*\.(pem|key|p12|pfx|jks|kdbx)|\.netrc|\.pgpass)$")
    assert [name for name in files_of_the_repository() if named.search(name)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN RSA PRIV" + "ATE KEY-----",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp" + "_" + "a1B2" * 9,
        "postgresql://app:" + "hunter2hunter2@db/x",
        "SECRET_KEY = '" + "x7Q2mZp9LkR4vT8wB1nC" + "'",
        "eyJ" + "hbGciOiJIUzI1NiJ9x." + "eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + "abcdefghijklmnopqrstuv",
    ],
)
def test_what_is_planted_is_found(planted: str) -> None:
    assert found_in(planted)
