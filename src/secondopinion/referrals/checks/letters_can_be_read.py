"""No letter is kept back for want of words, and none is left unread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from secondopinion.letters.approving import Standing, drafts_stay, standing_of
from secondopinion.referrals.checks.case import Case, Check, Difference, Unread
from secondopinion.referrals.models import Notice

TIME_TO_CALL = timedelta(days=1)


class LettersCanBeRead(Check):
    """Every letter that is kept back, by name and since when, and those that nobody has read out for a day."""

    name = "language"
    sentence = "No letter is kept back for its words, and none waits for more than a day to be read out."

    def look(self, case: Case) -> Iterator[Difference]:
        """Letters that wait for a translation, or for a voice."""
        for each in case.unread:
            if each.kept_back:
                yield self.found(case, f"{_named(each)} is kept back for a translation into {_since(each)}")
            elif case.now is not None and case.now - each.since > TIME_TO_CALL:
                yield self.found(case, f"{_named(each)} waits to be read out in {_since(each)}")

    def look_around(self) -> Iterator[Difference]:
        """Letters that wait because nobody has approved the wording of their kind."""
        if not drafts_stay():
            return
        drafts: dict[tuple[str, str], bool] = {}
        columns = ("referral__number", "letter_id", "kind", "letter__language", "letter__owed_at")
        owed = Notice.objects.filter(letter__sealed_at__isnull=True).order_by("letter__owed_at", "letter_id")
        for number, letter_id, kind, language, owed_at in owed.values_list(*columns):
            key = (kind, language)
            if key not in drafts:
                drafts[key] = standing_of(kind, language) is not Standing.APPROVED
            if drafts[key]:
                each = Unread(letter_id, kind, language, owed_at, kept_back=True)
                yield Difference(number, f"{_named(each)} is kept back as a draft in {_since(each)}", self.name)


def _named(each: Unread) -> str:
    return f"the letter {each.letter_id} ({each.kind.replace('_', ' ')})"


def _since(each: Unread) -> str:
    return f"“{each.language}” since {each.since:%Y-%m-%d %H:%M} UTC"
