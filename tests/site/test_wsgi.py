"""What the web server loads before the first request."""

from __future__ import annotations

import subprocess
import sys

TOLD = """
import gc, sys
import secondopinion.site.wsgi
print(gc.get_freeze_count(), "secondopinion.desk.choosing" in sys.modules)
"""


def test_every_page_is_loaded_and_out_of_the_way_of_garbage_before_the_first_request() -> None:
    told = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True).stdout.split()
    assert int(told[0]) > 50_000
    assert told[1] == "True"
