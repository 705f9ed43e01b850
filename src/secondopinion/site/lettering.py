"""``secondopinion letters``: how far the letters are translated, and what is wrong with a translation."""

import sys
from datetime import datetime

from secondopinion.letters.checking import troubles
from secondopinion.letters.languages import LANGUAGES, missing
from secondopinion.letters.translating import set_phrase
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.matrix_page import page
from secondopinion.referrals.set_phrases import untranslated


def letters(arguments: list[str]) -> int:
    """With a language, print what it lacks and where it left the English frame; without, a line for each language.

    `--matrix` prints what each letter must say today, program by decision by reader (docs/letters.md).
    Exit code 0: nothing is wrong; 1: something is, and is printed; 2: not understood.
    """
    if arguments == ["--matrix"]:
        today = datetime.now(PACIFIC).date()
        sys.stdout.write(page(questions.edition_on(today), today))
        return 0
    if not arguments:
        for language in LANGUAGES.values():
            files, phrases = len(missing(language.tag)), len(untranslated(language.tag, set_phrase))
            state = "complete" if language.complete else f"{files} files and {phrases} set phrases to go"
            sys.stdout.write(f"{language.tag:8} {language.name:12} {state}\n")
        return 0
    (tag, *more) = arguments
    if more or tag not in LANGUAGES:
        sys.stderr.write(f"Name one language of {', '.join(LANGUAGES)}, or none.\n")
        return 2
    found = [*troubles(tag), *(f"No words for: {each}" for each in untranslated(tag, set_phrase))]
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(found)} things to do in {LANGUAGES[tag].name}.\n" if found else "Nothing is wrong.\n")
    return 1 if found else 0
