"""Names and cities as they are compared: small letters, no accents, no apostrophes, a blank before each word.

The same table folds in Python what was typed and in PostgreSQL what is kept, so that both meet. The indexes of the
search stand on these expressions; another table is another index.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import migrations
from django.db.models import Func, TextField

_LATIN = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
_ALONE = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ŧ": "t", "ß": "s", "æ": "a", "œ": "o", "ð": "d", "þ": "t"}
_BLANKS = "-,/()_;:|&+"
_NOTHING = "'’‘ʼ`´.\"%\\*"


def _bases() -> dict[str, str]:
    found = {}
    for number in _LATIN:
        letter = chr(number)
        base = _ALONE.get(letter.lower()) or unicodedata.normalize("NFD", letter)[0].lower()
        if base.isascii() and base.isalpha():
            found[letter] = base
    return found


_BASES = _bases()
_FROM = "".join([*_BASES, _BLANKS, _NOTHING])
_TO = "".join([*_BASES.values(), " " * len(_BLANKS)])
_TABLE = str.maketrans({**_BASES, **dict.fromkeys(_BLANKS, " "), **dict.fromkeys(_NOTHING, None)})


def folded(text: str) -> str:
    """What was typed, ready to be compared: its words, each with a blank before it. Empty when there is none."""
    # NFC first: a letter and its accent may come as two characters.
    words = unicodedata.normalize("NFC", text).lower().translate(_TABLE).split()
    return "".join(f" {word}" for word in words)


class Folded(Func):
    """A column as it is compared. Give a first and a last name together: `Folded("first_name", "last_name")`."""

    function = "app.folded"
    output_field = TextField()

    def __init__(self, *columns: Any, **more: Any) -> None:
        super().__init__(*columns, **more)


def functions() -> migrations.RunSQL:
    """The function of the database, for one column and for two. Plain expressions, so that they cost little.

    `translate` walks its table for every letter, so the long one is for texts that need it.
    """
    made, gone = "", ""
    for given, text in (("text", "$1"), ("text, text", "$1 || ' ' || $2")):
        plain = f"translate(lower({text}), {_quoted(_BLANKS + _NOTHING)}, '{' ' * len(_BLANKS)}')"
        whole = f"translate(lower({text}), {_quoted(_FROM)}, '{_TO}')"
        made += (
            f"CREATE FUNCTION app.folded({given}) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ "
            f"SELECT ' ' || CASE WHEN octet_length({text}) = char_length({text}) THEN {plain} ELSE {whole} END $$;"
        )
        gone += f"DROP FUNCTION app.folded({given});"
    return migrations.RunSQL(made, gone)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
