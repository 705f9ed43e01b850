"""What the door says in a test is kept for `make conformance`, when it asks for it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import orjson


def keep(name: str, resource: dict[str, Any]) -> None:
    """Write a resource into the folder SECONDOPINION_EMIT, if one is named."""
    folder = os.environ.get("SECONDOPINION_EMIT")
    if folder:
        Path(folder, re.sub(r"\W+", "-", name) + ".json").write_bytes(orjson.dumps(resource))
