"""The small county with the Member of our own request bundle."""

from __future__ import annotations

import pytest

from county import County, county
from fhir.wire import marisol


@pytest.fixture
def orchard(as_plan: None) -> County:
    made = county()
    marisol(made)
    return made
