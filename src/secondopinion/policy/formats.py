"""The formats a Member may choose for what the plan writes (45 CFR 92.102; DHCS APL 22-002; DD.2002 III.H)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Format(StrEnum):
    """How a reader reads: print of 12 points, print of 20, ears, fingers, or a screen with its own voice or letters."""

    STANDARD = "standard"
    LARGE_PRINT = "large-print"
    AUDIO = "audio"
    BRAILLE = "braille"
    ELECTRONIC = "electronic"


IN_WORDS: Final = {
    Format.STANDARD: "Standard print",
    Format.LARGE_PRINT: "Large print",
    Format.AUDIO: "Audio",
    Format.BRAILLE: "Braille",
    Format.ELECTRONIC: "Electronic text",
}
"""The formats as people name them."""
