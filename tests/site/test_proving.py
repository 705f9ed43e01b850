"""The nightly proof at the command line, in the operator's words."""

from __future__ import annotations

import pytest

from county import NOW, county
from referrals.life import YES, asked
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.checks.every import EVERY
from secondopinion.referrals.models import Referral
from secondopinion.referrals.receive import receive
from secondopinion.site import proving
from secondopinion.site.refusal import Refusal


@pytest.fixture
def number(committed: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of one authorized referral; the command's clock stands at Monday 2026-11-23 10:00 in California."""

    class Clock:
        @staticmethod
        def now(zone: object) -> object:
            return NOW

    monkeypatch.setattr(proving, "datetime", Clock)
    with plan_scope(NOW.date()):
        there = county()
        return receive(asked(there, answers=YES), person=there.person("intake@plan"), now=NOW).number


def test_every_check_is_said_with_its_sentence_and_nothing_is_found(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert proving.prove([]) == 0
    said = capsys.readouterr().out
    assert all(check.sentence in said for check in EVERY)
    assert said.endswith("Referrals looked at: 1; nothing found.\n")
    assert "FOUND" not in said


def test_what_is_found_stands_below_its_check_and_the_command_fails(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with plan_scope(NOW.date()):
        Referral.objects.update(position=7)
    assert proving.prove(["--all"]) == 1
    lines = capsys.readouterr().out.splitlines()
    found = next(n for n, line in enumerate(lines) if line.startswith("FOUND"))
    assert lines[found].split()[1] == "state"
    assert lines[found + 1].strip() == f"{number}: the position is 7, the history says 2"
    assert lines[-1] == "Referrals looked at: 1; 1 found."


def test_anything_else_is_refused_in_a_sentence() -> None:
    with pytest.raises(Refusal, match="takes --all or nothing, not --everything"):
        proving.prove(["--everything"])
