"""Numbers as people say them, in English and Spanish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

LARGEST: Final = 999_999

EN_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
EN_TENS: Final = (
    "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
EN_ORDINAL: Final = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
ES_ONES: Final = (
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
    "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno",
    "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho",
    "veintinueve",
)  # fmt: skip
ES_TENS: Final = (
    "diez", "veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa",
)  # fmt: skip
ES_HUNDREDS: Final = (
    "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos",
    "ochocientos", "novecientos",
)  # fmt: skip


def english(number: int) -> str:
    """A number from 0 to 999,999 in English."""
    if number < 20:
        return EN_ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return EN_TENS[tens - 1] + (f"-{EN_ONES[ones]}" if ones else "")
    unit, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    many, rest = divmod(number, unit)
    return f"{english(many)} {name}" + (f" {english(rest)}" if rest else "")


def english_ordinal(number: int) -> str:
    """A day of the month, or any other number that counts off, in English."""
    said = english(number)
    begins, dash, last = said.rpartition("-")
    if number < 20 or not dash:
        begins, last = "", said
    if last in EN_ORDINAL:
        return begins + dash + EN_ORDINAL[last] if begins else EN_ORDINAL[last]
    return begins + (dash if begins else "") + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def english_year(year: int) -> str:
    """A year in English, in two halves: twenty twenty-six."""
    century, rest = divmod(year, 100)
    if not 11 <= century <= 99 or century % 10 == 0:
        return english(year)
    return f"{english(century)} {'hundred' if rest == 0 else f'oh {english(rest)}' if rest < 10 else english(rest)}"


def spanish(number: int) -> str:
    """A number from 0 to 999,999 in Spanish, as it stands alone."""
    if number < 30:
        return ES_ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return ES_TENS[tens - 1] + (f" y {ES_ONES[ones]}" if ones else "")
    if number == 100:
        return "cien"
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return ES_HUNDREDS[hundreds - 1] + (f" {spanish(rest)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    many = "" if thousands == 1 else f"{_before_a_noun(spanish(thousands))} "
    return f"{many}mil" + (f" {spanish(rest)}" if rest else "")


def _before_a_noun(said: str) -> str:
    """“Veintiuno” becomes “veintiún” before “mil”."""
    if said.endswith("veintiuno"):
        return said.removesuffix("veintiuno") + "veintiún"
    return said.removesuffix("o") if said.endswith("uno") else said


CARDINALS: Final[Mapping[str, Callable[[int], str]]] = MappingProxyType({"en": english, "es": spanish})
POINT: Final[Mapping[str, str]] = MappingProxyType({"en": "point", "es": "punto"})  # as in 3.2 miles
