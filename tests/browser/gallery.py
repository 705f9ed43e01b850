"""A walk through many pages: each is judged by the baseline, has a title of its own, and leaves a picture."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from browser.baseline import faults_of
from browser.desk import Desk


@dataclass(frozen=True, slots=True)
class Gallery:
    """What was seen so far. Pictures are taken when `SECONDOPINION_PICTURES` names a folder for them."""

    faults: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)

    def look(self, desk: Desk, name: str) -> None:
        """Judge the page that is open, and keep its picture under a name when pictures are wanted."""
        self.faults.extend(f"{name}: {fault}" for fault in faults_of(desk.page))
        path, title = urlsplit(desk.page.url).path, desk.page.title()
        path = re.sub(r"^/intake/[^/]+/$", "/intake/", path)  # a title never names the Member
        if self.titles.setdefault(title, path) != path:
            self.faults.append(f"{name}: the title “{title}” is also that of {self.titles[title]}")
        if not (wanted := os.environ.get("SECONDOPINION_PICTURES")):
            return
        folder = Path(wanted)
        folder.mkdir(parents=True, exist_ok=True)
        desk.page.evaluate("window.scrollTo(0, 0)")
        file = folder / f"{re.sub('[^a-z0-9]+', '-', name.lower())}.png"
        desk.page.screenshot(path=file, full_page=True, caret="initial")

    def found_nothing(self) -> None:
        """The end of the walk: no page had a fault."""
        assert not self.faults, "\n".join(self.faults)
