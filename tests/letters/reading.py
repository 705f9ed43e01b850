"""How hard a text is to read: the Flesch-Kincaid grade, counted over whole sentences."""

import re

VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """About how many syllables a word has."""
    lower = word.lower()
    count = len(VOWELS.findall(lower))
    if lower.endswith("e") and not lower.endswith(("le", "ee")) and count > 1:
        count -= 1
    if lower.endswith("ed") and not lower.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(1, count)


def sentences(text: str) -> list[list[str]]:
    """The sentences of running text, as words. Phone numbers, addresses and dates are not read as prose."""
    prose = re.sub(r"\(TTY [^)]*\)|\S*\d\S*|\b(?:Monday|January|November|December|February)\b|[ap]\.m\.", " ", text)
    found = []
    for piece in re.split(r"[.?!:]\s|\n\s*[•\n]", prose + " "):
        words = re.findall(r"[A-Za-z][A-Za-z'’]*", piece)
        if len(words) > 3:
            found.append(words)
    return found


def grade(text: str) -> float:
    """The school grade (United States) at which a text is read with ease."""
    told = sentences(text)
    words = [w for s in told for w in s]
    return 0.39 * len(words) / len(told) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
