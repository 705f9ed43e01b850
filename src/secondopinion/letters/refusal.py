"""The refusals of this storey: a letter that would not say what it must, and one that may not leave yet."""

from __future__ import annotations


class Incomplete(ValueError):
    """A letter lacks something. The sentence names the letter and what is missing, never a person."""

    def __init__(self, kind: str, what: str) -> None:
        self.kind = kind
        self.what = what
        name = kind.replace("_", " ")
        super().__init__(f"The letter “{name}” cannot be made: {what}. Give that value, then try again.")


class KeptBack(Exception):
    """A letter may not leave yet: its words are not translated, or nobody has approved them. Carries a sentence."""
