"""The gallery: every kind of letter, made from its examples, for people who look at them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from secondopinion.letters.freeze import freeze
from secondopinion.letters.kinds import KINDS, Kind, examples, kind_named
from secondopinion.letters.paper import render
from secondopinion.letters.translating import in_language


@dataclass(frozen=True, slots=True)
class Picture:
    """One letter of the gallery: kind, example, language, and its PDF."""

    kind: Kind
    example: str
    language: str
    pdf: bytes

    @property
    def name(self) -> str:
        """The file's name in a folder of pictures."""
        return f"{self.kind.name}--{self.example}.{self.language}.pdf"


def picture(kind: str, example: str, language: str = "en") -> Picture:
    """One letter from one example. Raises KeyError for an example that does not exist, and UnknownLetter."""
    data = {e.name: e.data for e in examples(kind)}[example]
    program = data["referral"]["program"]
    frozen = freeze(kind, program, language, data)
    pdf = render(kind, program, language, in_language(language, frozen.data, {}))
    return Picture(kind_named(kind), example, language, pdf)


def hang(folder: Path) -> list[Path]:
    """Make every letter of every kind, example and language in a folder; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for kind in KINDS.values():
        for language in kind.languages:
            for example in examples(kind.name):
                made = picture(kind.name, example.name, language)
                path = folder / made.name
                path.write_bytes(made.pdf)
                files.append(path)
    return files
