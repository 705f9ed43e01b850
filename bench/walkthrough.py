"""Clicks, keys, fields, pages and seconds of the ten commonest tasks: walking.py, where there is a browser.

It walks with the hands of the tests, in the environment of the tests: the figures' own has no pytest.
Writes docs/walkthrough.json and the table of docs/walkthrough.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rows import missing

HERE = Path(__file__).resolve().parent
TESTED_WITH = HERE.parent / ".venv" / "bin" / "python"


def main() -> int:
    if not TESTED_WITH.exists():
        missing(
            "ten commonest tasks", "named, no peer", "the environment of the tests is not made; `make env` makes it"
        )
        return 0
    return subprocess.run([TESTED_WITH, "-c", "import walking; walking.main()"], cwd=HERE).returncode


if __name__ == "__main__":
    sys.exit(main())
