"""Whether an identifier can be right: its shape and its check digit, never whether somebody holds it.

Each function takes the text as typed and answers yes or no; none raises. Codes are public; the sources
are the bodies that issue them.
"""

from __future__ import annotations

import re

_CIN = re.compile(r"9\d{7}[A-Z]", re.ASCII)
_CARD = re.compile(r"(9\d{7}[A-Z])\d\d{4}", re.ASCII)
_LETTER = "[AC-HJKMNP-RT-Y]"  # without S, L, O, I, B and Z, which are read as digits
_EITHER = "[AC-HJKMNP-RT-Y0-9]"
_MBI = re.compile(rf"[1-9]{_LETTER}{_EITHER}\d{_LETTER}{_EITHER}\d{_LETTER}{{2}}\d{{2}}", re.ASCII)
_ICD10 = re.compile(r"[A-Z]\d[0-9A-B](\.[0-9A-TV-Z]{1,4})?", re.ASCII)
_NPI = re.compile(r"[12]\d{9}", re.ASCII)
_NPI_ISSUER = 24  # what 80840 (health, United States) before the number adds to the sum its check digit completes
_SINGLE = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))  # the digits of twice each


def npi_is_valid(npi: str) -> bool:
    """A National Provider Identifier: ten digits, 1 or 2 first, check digit by Luhn (45 CFR 162.406)."""
    return _NPI.fullmatch(npi) is not None and _luhn(npi)


def cin_of(text: str) -> str | None:
    """The Client Index Number in `text`: nine characters, or the fourteen of the Medi-Cal card, whose
    check digit and date of issue are cut off. None when it is neither. Blanks and case do not matter.
    """
    plain = "".join(text.split()).upper()
    card = _CARD.fullmatch(plain)
    if card:
        return card[1]
    return plain if _CIN.fullmatch(plain) else None


def cin_is_valid(text: str) -> bool:
    """A Medi-Cal Client Index Number: 9, seven digits, a letter; the fourteen of the card are taken too."""
    return cin_of(text) is not None


def mbi_of(text: str) -> str | None:
    """The Medicare Beneficiary Identifier in `text`, without the dashes of the card; None when it is none."""
    plain = "".join(text.replace("-", " ").split()).upper()
    return plain if _MBI.fullmatch(plain) else None


def mbi_is_valid(text: str) -> bool:
    """A Medicare Beneficiary Identifier: eleven characters in the pattern CMS publishes."""
    return mbi_of(text) is not None


def icd10_has_shape(code: str) -> bool:
    """Whether a code has the shape of an ICD-10-CM diagnosis, such as M48.061; not whether it exists."""
    return _ICD10.fullmatch(code) is not None


def _luhn(npi: str) -> bool:
    digits = npi.encode("ascii")  # by tables: a directory has eight million of them
    doubled, single = digits[::2].translate(_DOUBLED), digits[1::2].translate(_SINGLE)
    return (_NPI_ISSUER + sum(doubled) + sum(single)) % 10 == 0
