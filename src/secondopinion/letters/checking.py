"""Checking a translation of the letters: what is missing, what left the frame, what does not come out on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from secondopinion.letters.kinds import KINDS, TEMPLATES, Kind, examples
from secondopinion.letters.languages import ENGLISH, OWN_LANGUAGE, missing
from secondopinion.letters.paper import marks_of, printed
from secondopinion.letters.refusal import Incomplete
from secondopinion.letters.skeleton import Unbalanced, differences
from secondopinion.letters.translating import in_language

FOR_OFFICES = "// What an office reads"


def troubles(language: str) -> Iterator[str]:
    """What is wrong with a language's letters, a sentence each; nothing when all of them stand."""
    for file in missing(language):
        yield f"{file} is missing: copy the English file and give it the words of the language."
    yield from out_of_frame("rights", language)
    for kind in KINDS.values():
        if kind.reader in OWN_LANGUAGE and language in kind.languages:
            yield from out_of_frame(kind.name, language)
            yield from off_the_paper(kind, language)


def out_of_frame(name: str, language: str) -> Iterator[str]:
    """Where a translated file is not the English one with other words. `name`: a kind, or `rights`."""
    own, english = (_file(name, each) for each in (language, ENGLISH))
    if language == ENGLISH or not own.is_file():
        return
    try:
        for difference in differences(_for_members(english.read_text("utf-8")), own.read_text("utf-8")):
            yield f"{own.relative_to(TEMPLATES)}, {difference}."
    except Unbalanced as error:
        yield f"{own.relative_to(TEMPLATES)}: {error}"


def off_the_paper(kind: Kind, language: str) -> Iterator[str]:
    """Examples that cannot be printed in a language, or whose ordered words are not on the finished paper."""
    for example in examples(kind.name):
        program, data = example.data["referral"]["program"], in_language(language, example.data, {})
        where = f"{kind.name}/{language}.typ with {example.name}.json"
        try:
            pdf, said = printed(kind.name, program, language, data)
        except Incomplete as refused:
            yield f"{where}: {refused}"
            continue
        for mark in sorted(set(said) - marks_of(pdf, said)):
            yield f"{where}: what {mark} orders is not on the paper word for word."


def _file(name: str, language: str) -> Path:
    return TEMPLATES / (f"{name}-{language}.typ" if name == "rights" else f"{name}/{language}.typ")


def _for_members(source: str) -> str:
    """What offices read stays English, at the end of the English file."""
    return source.split(FOR_OFFICES)[0]
