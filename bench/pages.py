"""What a page weighs over the wire, and how long a phone waits until it can be read, as the house is shipped.

The made-up county is served by gunicorn and whitenoise. A headless Chromium without anything in its cache opens each
page as a slow phone does (Chrome's own emulation): a processor a quarter as fast, 1.6 Mbit/s down and 750 kbit/s up,
150 ms to every answer. Bytes are counted by the browser: what came over the wire, and what it was unpacked to.
Readable is the first contentful paint; the figure is the median of some visits.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ground import CLONE, fresh_database, url
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser import chromium
from county import sign_in
from django.conf import settings
from django.test import Client
from rows import missing, row
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral
from secondopinion.site import database, state
from secondopinion.site.preparing import collect_static
from secondopinion.site.running import _port, gunicorn
from secondopinion.site.seeding import seed
from submit import served

FIGURE = "page on a slow phone"
HEAVIEST, SLOWEST = 200, 1000  # kilobytes over the wire; milliseconds until it can be read
VISITS = 5
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
PAINTED = """() => new Promise((told) => {
  const seen = performance.getEntriesByName("first-contentful-paint")[0];
  if (seen) return told(seen.startTime);
  new PerformanceObserver((all) => told(all.getEntries()[0].startTime)).observe({type: "paint", buffered: true});
})"""
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit with an empty cache: bytes over the wire, bytes unpacked, files, and milliseconds."""

    wire: int
    unpacked: int
    files: int
    readable: float
    loaded: float


def pages() -> list[tuple[str, str, str]]:
    """What is opened: its name, who opens it (nobody, when empty), and its address."""

    def of(found: str) -> str:
        with plan_scope(datetime.now(UTC).date()):
            referral = Referral.objects.filter(state=found, decider="plan").order_by("number").first()
        assert referral is not None, found
        return f"/referrals/{referral.number}/"

    return [
        ("the right to ask, in Spanish", "", "/your-right/es/"),
        ("the right to ask, in Arabic", "", "/your-right/ar/"),
        ("the Member’s own page, its door", "", "/your-page/enter/"),
        ("the Member’s page to choose, its door", "", "/your-choice/"),
        ("an office asks", "", "/office/ask/"),
        ("the professional’s link, its door", "", "/visit/"),
        ("sign-in", "", "/sign-in"),
        ("work list", "nurse@plan", "/"),
        ("a referral", "nurse@plan", of("closed")),
        ("the decision", "physician@plan", f"{of('physician_review')}decide/"),
        ("intake", "intake@plan", "/intake/M0000008/"),
        ("directory", "nurse@plan", "/directory/"),
        ("letters", "nurse@plan", "/letters/"),
        ("post", "nurse@plan", "/post/"),
    ]


def visit(context: BrowserContext, address: str) -> Visit:
    """Open a page on the slow phone, and wait until nothing more comes."""
    page = context.new_page()
    wire, unpacked = dict[str, int](), dict[str, int]()
    talk = context.new_cdp_session(page)
    talk.on("Network.loadingFinished", lambda e: wire.__setitem__(e["requestId"], int(e["encodedDataLength"])))
    talk.on("Network.dataReceived", lambda e: unpacked.__setitem__(
        e["requestId"], unpacked.get(e["requestId"], 0) + int(e["dataLength"])))  # fmt: skip
    talk.send("Network.enable")
    talk.send("Network.setCacheDisabled", {"cacheDisabled": True})
    talk.send("Network.emulateNetworkConditions", LINE)
    talk.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    answer = page.goto(address, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200, f"{address}: {answer.status}"
    seen = Visit(sum(wire.values()), sum(unpacked.values()), len(wire), page.evaluate(PAINTED), _loaded(page))
    page.close()
    return seen


def _loaded(page: Page) -> float:
    page.wait_for_load_state("load")
    return float(page.evaluate(LOADED))


def visits(browser: Browser, base: str, who: str, address: str) -> list[Visit]:
    """Some visits, each with a browser that has seen nothing yet; one more before them warms the house."""
    seen = list[Visit]()
    for _ in range(VISITS + 1):
        with browser.new_context(base_url=base, **PHONE) as context:  # type: ignore[arg-type]
            if who:
                client = Client()
                sign_in(client, who, datetime.now(UTC))
                name = settings.SESSION_COOKIE_NAME
                context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])
            seen.append(visit(context, address))
    return seen[1:]


def take(browser: Browser, base: str) -> None:
    """Every page's two lines."""
    for name, who, address in pages():
        seen = visits(browser, base, who, address)
        kilobytes, unpacked = (max(getattr(v, part) for v in seen) / 1000 for part in ("wire", "unpacked"))
        readable, loaded = (statistics.median(getattr(v, part) for v in seen) for part in ("readable", "loaded"))
        told = f"{kilobytes:.0f} kB in {seen[0].files} files ({unpacked:.0f} kB unpacked)"
        row(f"{FIGURE}: {name}, weight", f"{HEAVIEST} kB", told, f"{HEAVIEST} kB", kilobytes / HEAVIEST,
            f"< {HEAVIEST} kB", met=kilobytes < HEAVIEST)  # fmt: skip
        row(f"{FIGURE}: {name}, until it can be read", f"{SLOWEST} ms",
            f"p50 {readable:.0f} ms (whole after {loaded:.0f} ms)", f"{SLOWEST} ms", readable / SLOWEST,
            f"< {SLOWEST} ms", met=readable < SLOWEST)  # fmt: skip


def main() -> None:
    """A made-up county, served as shipped, and a browser."""
    found = chromium.where()
    if not found:
        missing(FIGURE, f"{HEAVIEST} kB, {SLOWEST} ms", "there is no Chromium on this machine")
        return
    os.environ |= {"DJANGO_ALLOW_ASYNC_UNSAFE": "1", "SECONDOPINION_DEMO": "1"}  # Playwright's loop; a county to open
    settings.LETTERS_APPROVED_ONLY = False  # nobody real is written to
    collect_static()
    with ExitStack() as open_now:
        settings.PRINT_HOUSE = Path(open_now.enter_context(tempfile.TemporaryDirectory(prefix="pages-")))
        owner = open_now.enter_context(fresh_database("bench_pages"))
        seed(datetime.now(UTC))
        app = replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))
        port = _port()
        where = {"DATABASE_URL": url(owner), "SECONDOPINION_APP_DATABASE_URL": url(app)}
        open_now.enter_context(served(gunicorn(port), port, PYTHONPATH=str(CLONE / "src"), **where))
        player = open_now.enter_context(sync_playwright())
        browser = open_now.enter_context(player.chromium.launch(executable_path=found, args=list(chromium.KEPT_APART)))
        take(browser, f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    main()
