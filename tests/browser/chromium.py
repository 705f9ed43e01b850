"""The machine's own Chromium: where it lies, and what keeps it from talking to anybody but the house."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
KEPT_APART = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


def where() -> str:
    """`SECONDOPINION_CHROMIUM`, else the one on the path; empty where there is none."""
    return os.environ.get("SECONDOPINION_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
