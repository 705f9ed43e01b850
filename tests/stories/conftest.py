"""What every story stands on: the small county, and somebody who tells."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from county import County, county
from secondopinion.referrals.checks.every import EVERY
from secondopinion.referrals.overnight import differences
from stories.telling import Story


@pytest.fixture
def there(as_plan: None) -> County:
    """The small county, seen as the plan sees it on Monday 2026-11-23."""
    return county()


@pytest.fixture
def story(there: County, tmp_path: Path) -> Iterator[Story]:
    """A story about one referral. When it is told, every check of the night must hold."""
    told = Story(there, tmp_path)
    yield told
    told.look(told.now)
    assert list(differences(checks=EVERY, now=told.now)) == []
