"""The accessibility baseline: what every page keeps, for people who see, hear, type or zoom otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
OPTIONS = {"runOnly": {"type": "tag", "values": [*WCAG, "best-practice"]}, "resultTypes": ["violations"]}
SITE = " · Second Opinion"

# Read in one go, by the browser's own eyes.
PAGE = """() => {
  const seen = (e) => e.checkVisibility({checkOpacity: false});
  const words = (e) => (e.getAttribute("aria-label") || e.textContent).replace(/\\s+/g, " ").trim();
  const links = [...document.querySelectorAll("a[href]")].map((a) => [words(a), a.href]);
  const wrong = [...document.querySelectorAll(".usa-error-message[id]")].map((e) => e.id);
  const told = [...document.querySelectorAll("[aria-describedby]")].flatMap(
    (e) => e.getAttribute("aria-describedby").trim().split(/\\s+/).map((id) => [e.id || e.tagName, id]));
  return {
    title: document.title,
    language: document.documentElement.lang,
    headings: [...document.querySelectorAll("h1")].filter(seen).map(words),
    links,
    errors: wrong.filter((id) => !told.some(([_, to]) => to === id)),
    dangling: told.filter(([_, to]) => !document.getElementById(to)),
    anchors: [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute("href").slice(1))
      .filter((id) => id && !document.getElementById(id)),
  };
}"""


def faults_of(page: Page, language: str = "en") -> list[str]:
    """Everything a page in a language lacks of the baseline, in sentences; empty when it keeps it."""
    found = page.evaluate(PAGE)
    return [
        *_axe(page),
        *_titles(found, language),
        *_links(found["links"]),
        *(f"the error text #{id} is not linked to its field by aria-describedby" for id in found["errors"]),
        *(f"{who} is described by #{id}, which is not there" for who, id in found["dangling"]),
        *(f"a link leads to #{id}, which is not there" for id in found["anchors"]),
    ]


def keeps_the_baseline(page: Page, language: str = "en") -> None:
    """The end of a story: the page that it ends on keeps the baseline."""
    faults = faults_of(page, language)
    assert not faults, "\n".join([page.url, *faults])


@contextmanager
def read_by_a_script(page: Page) -> Iterator[Page]:
    """The same page, word for word, in a window that runs scripts.

    axe is a script that waits for timers, and a browser without JavaScript fires none: the page is laid before another.
    """
    browser = page.context.browser
    assert browser
    body, size = page.content(), page.viewport_size or {"width": 1280, "height": 900}
    context = browser.new_context(viewport={"width": size["width"], "height": size["height"]})
    same = context.new_page()
    same.route(page.url, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    same.goto(page.url)
    yield same
    context.close()


def _axe(page: Page) -> Iterable[str]:
    for broken in Axe().run(page, options=OPTIONS).response["violations"]:
        for node in broken["nodes"]:
            why = node.get("failureSummary", "").replace("\n", " ")
            yield f"axe {broken['id']}: {' '.join(map(str, node['target']))}: {why}"


def _titles(found: dict[str, Any], language: str) -> Iterable[str]:
    if found["language"] != language:
        yield "the page does not say its language"
    if not found["title"].endswith(SITE) or len(found["title"]) < len(SITE) + 5:
        yield f"the title “{found['title']}” does not tell what the page is"
    if len(found["headings"]) != 1:
        yield f"there are {len(found['headings'])} main headings: {found['headings']}"


def _links(links: list[tuple[str, str]]) -> Iterable[str]:
    places: dict[str, set[str]] = {}
    for words, address in links:
        places.setdefault(words, set()).add(address)
    for words, addresses in places.items():
        if not words:
            yield f"a link without words leads to {sorted(addresses)}"
        elif len(addresses) > 1:
            yield f"links named “{words}” lead to different places: {sorted(addresses)}"
