"""The made-up county on the day on which every letter is drawn in every language: all its words are translated."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from secondopinion.letters import kinds, translating
from secondopinion.letters.kinds import kind_named
from secondopinion.letters.languages import ENGLISH, OWN_LANGUAGE, written
from secondopinion.letters.models import Letter
from secondopinion.referrals import languages
from secondopinion.referrals.checks.every import EVERY
from secondopinion.referrals.models import Referral, Translation
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.set_phrases import set_phrases
from secondopinion.site.seeding import seed

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # Monday 10:00 in California
FILLED = re.compile(r"\d+ (hours|calendar days?)|[A-Z][a-z]+ \d{1,4}")


@pytest.fixture
def every_language_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are owed in their readers' languages. The paper is English, and set phrases stand for themselves."""
    own, known, translated = kinds.Kind.template, set(set_phrases()), translating.set_phrase

    def phrase(language: str, words: str) -> str | None:
        return words if words in known or FILLED.fullmatch(words) else translated(language, words)

    def theirs(kind: str, code: str) -> str:
        return (written(code) or ENGLISH) if kind_named(kind).reader in OWN_LANGUAGE else ENGLISH

    monkeypatch.setattr(kinds.Kind, "template", lambda self, _: own(self, ENGLISH))
    monkeypatch.setattr(translating, "set_phrase", phrase)
    monkeypatch.setattr(languages, "language_for", theirs)


@pytest.mark.usefixtures("as_plan", "every_language_is_complete")
def test_no_letter_of_the_county_waits_for_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECONDOPINION_DEMO", "1")
    monkeypatch.setattr(settings, "PRINT_HOUSE", tmp_path)
    seed(NOW)
    waiting = Translation.objects.filter(approved_at__isnull=True)
    assert not waiting.exists(), list(waiting.values_list("language", "original"))
    spoken = Counter(Letter.objects.values_list("language", flat=True))
    assert {"en", "es", "vi", "ru", "ar"} <= set(spoken)
    assert not Letter.objects.filter(mailed_at__isnull=True).exists()
    assert Letter.objects.exclude(language=ENGLISH).filter(printed__isnull=True).count() == 0
    assert Referral.objects.filter(state="closed").count() == 2
    assert list(differences(checks=EVERY, now=NOW)) == []
