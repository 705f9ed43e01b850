"""The languages letters are written in, and which of them a Member's letter takes.

A Member's language is a code of the enrolment file (ISO 639). A letter's language is a tag of a template
(BCP 47): Chinese is written in traditional characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from secondopinion.letters.kinds import KINDS, TEMPLATES, Kind, kind_named

ENGLISH: Final = "en"
PHRASES: Final = Path(__file__).resolve().parent / "phrases"

# Who reads a letter in a language of their own; offices and professionals are written to in English.
OWN_LANGUAGE: Final = frozenset({"member", "representative"})


@dataclass(frozen=True, slots=True)
class Language:
    """A language letters are written in.

    `codes`: the enrolment file's codes for it. `complete`: every Member letter must exist in it, and a missing one
    stops the build. `right_to_left`: how a line runs.
    """

    tag: str
    name: str
    own_name: str
    codes: tuple[str, ...]
    complete: bool = False
    right_to_left: bool = False


# Reading: a Member whose file says only Chinese reads traditional characters: most of the county's Chinese speakers
# come from where they are written, and the State's own notices for the county use them.
LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {
        each.tag: each
        for each in (
            Language("en", "English", "English", ("en", "eng"), complete=True),
            Language("es", "Spanish", "Español", ("es", "spa"), complete=True),
            Language("vi", "Vietnamese", "Tiếng Việt", ("vi", "vie"), complete=True),
            Language(
                "zh-Hant", "Chinese", "繁體中文", ("zh", "zh-Hant", "zh-TW", "chi", "zho", "yue", "cmn"), complete=True
            ),
            Language("ko", "Korean", "한국어", ("ko", "kor"), complete=True),
            Language("fa", "Farsi", "فارسی", ("fa", "per", "fas"), complete=True, right_to_left=True),
            Language("ar", "Arabic", "العربية", ("ar", "ara"), complete=True, right_to_left=True),
            Language("ru", "Russian", "Русский", ("ru", "rus"), complete=True),
        )
    }
)
_BY_CODE: Final = MappingProxyType({code.lower(): each.tag for each in LANGUAGES.values() for code in each.codes})


def written(code: str) -> str | None:
    """The tag in which letters are written to people of a language; None when letters are not written in it."""
    return _BY_CODE.get(code.strip().lower())


def language_for(kind: str, code: str) -> str:
    """The language of one letter to a reader whose language is `code`: theirs where it is complete, else English.

    A reader whose language it is not is told, on a page that travels along, how to have it read out (45 CFR 92.11),
    and somebody has the task to do it. Raises UnknownLetter for a kind that does not exist.
    """
    drawn = kind_named(kind)
    tag = written(code) if drawn.reader in OWN_LANGUAGE else ENGLISH
    # Reading: a language counts once all of it stands. A Member who had one letter in Farsi and the next in English
    # would take the English one for somebody else's.
    return tag if tag is not None and LANGUAGES[tag].complete and tag in drawn.languages else ENGLISH


def must_be_drawn(kind: Kind) -> tuple[str, ...]:
    """The languages a kind must be drawn in: English, and each complete language where its reader has one."""
    if kind.reader not in OWN_LANGUAGE:
        return (ENGLISH,)
    return tuple(tag for tag, each in LANGUAGES.items() if each.complete)


def missing(language: str) -> tuple[str, ...]:
    """What is not drawn yet in a language: shared words, and each letter to a reader of their own language."""
    files = [f"{name}-{language}.typ" for name in ("house", "rights")]
    files += [f"{kind.name}/{language}.typ" for kind in KINDS.values() if kind.reader in OWN_LANGUAGE]
    return tuple(file for file in files if not (TEMPLATES / file).is_file())
