"""Braille read back: what a finger finds in a braille-ready file, by a reading of the codes of its own."""

import re
import unicodedata

FIGURES = dict(zip("ABCDEFGHIJ", "1234567890", strict=True))
SPANISH = dict(zip("(!/+)\\]", "aeiouun", strict=True))
# Signs of more than one cell that hold the letter of another sign.
SIGNS = re.compile(r'@S|@A|@&|\^S|\^J|_S|\^[*/%\]3$+&]|@[-+]|"[<>967]|_[/?4]|\.[0<>-]|,[-&1]')
SPANISH_SIGNS = re.compile("_S")  # the dollar


def pages_of(braille: str) -> list[list[str]]:
    """The pages of a file, as lines."""
    assert braille.endswith("\f")
    return [page.split("\r\n")[:-1] for page in braille.split("\f")[:-1]]


def read(braille: str, language: str) -> str:
    """The letters and figures of a file in order, small, without page numbers, accents, marks and spaces."""
    held = ""
    for lines in pages_of(braille):
        for line in lines[:-1]:
            held += line[:-1] if len(line) == 40 and line.endswith('"') else line + " "
    return read_line(held, language)


def read_line(cells: str, language: str) -> str:
    """The same for a few words of cells."""
    found, figures = [], False
    for cell in (SPANISH_SIGNS if language == "es" else SIGNS).sub(" ", cells):
        if cell == "#":
            figures = True
        elif figures and cell in FIGURES:
            found.append(FIGURES[cell])
        elif figures and cell in ("14" if language == "en" else "1'"):
            pass
        else:
            figures = False
            if "A" <= cell <= "Z":
                found.append(cell.lower())
            elif language == "es" and cell in SPANISH:
                found.append(SPANISH[cell])
    return "".join(found)


def bare(words: str) -> str:
    """Words in print, as small letters and figures alone."""
    plain = unicodedata.normalize("NFD", words.replace("đ", "d"))
    return "".join(c for c in plain.lower() if c.isascii() and c.isalnum())
