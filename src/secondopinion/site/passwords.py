"""Words that no password may be made of: those that anybody would try first who knows where the house stands.

The list is of the plan's own name, of this program's, and of what its people talk of all day (ASVS 6.1.2, 6.2.11).
"""

from __future__ import annotations

import re
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from secondopinion.people.plan import the_plan

LEAST_LEFT: Final = 8  # characters of a password besides such words
SHORTEST_WORD: Final = 4
OF_THE_HOUSE: Final = (
    "second", "opinion", "health", "plan", "network", "member", "referral", "physician", "doctor", "nurse", "clinic",
    "medical", "medi-cal", "onecare", "calif", "welcome", "password", "letmein",
)  # fmt: skip
AS_LETTERS: Final = str.maketrans("0134578@$!", "oleastbasi")  # what is typed in the place of a letter


class NotOfTheseWords:
    """Refuses a password of which little is left without the plan's name and the words of the house."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError; a long password may hold such words beside others."""
        left = password.casefold().translate(AS_LETTERS)
        for word in words():
            left = left.replace(word, "")
        if len(left) < LEAST_LEFT:
            raise ValidationError(
                "This password is made of words that anybody would try, such as the plan’s name. Choose other words.",
                code="words_of_the_house",
            )

    def get_help_text(self) -> str:
        """What the page says beside the field."""
        return "Your password can’t be made of the plan’s name, or of words such as “second opinion” or “member”."


def words() -> list[str]:
    """The words, the longest first, in small letters."""
    of_the_plan = re.findall(rf"\w{{{SHORTEST_WORD},}}", the_plan().name.casefold())
    return sorted({*OF_THE_HOUSE, *of_the_plan}, key=len, reverse=True)
