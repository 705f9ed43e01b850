"""What every test of this storey stands on."""

import pytest

from county import County, county


@pytest.fixture
def there(as_plan: None) -> County:
    """The small county, seen as the plan sees it on Monday 2026-11-23."""
    return county()
