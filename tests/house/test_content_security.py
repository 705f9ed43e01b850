"""No page holds code or style of its own: the policy that forbids it would break the page, and nobody would see why."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from house.source import PACKAGE
from house.test_repository import TEMPLATES
from secondopinion.site.security import CONTENT_SECURITY_POLICY

TAGS_OF_DJANGO = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
RUNS = re.compile(r"^(on[a-z]+|style|srcdoc|hx-on.*|hx-vals|hx-vars)$")


class Reader(HTMLParser):
    """Finds what would run or look by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if RUNS.match(name) or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}")
        if tag in ("script", "link", "img", "iframe", "form") and (
            (given.get("src") or given.get("href") or given.get("action") or "").startswith(("http:", "https:", "//"))
        ):
            self.found.append(f"{tag} from elsewhere")


def faults_of(html: str) -> list[str]:
    """What the policy would refuse in a piece of HTML. What a Django tag prints is a word to it."""
    reader = Reader()
    reader.feed(TAGS_OF_DJANGO.sub("x", html))
    return reader.found


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_template_holds_code_or_style(name: str) -> None:
    assert faults_of(TEMPLATES[name].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    [
        "<script>1</script>", "<style>a{}</style>", '<p style="x">', '<a onclick="x">', '<a href=" JavaScript:x">',
        '<script src="https://elsewhere.example/x.js"></script>', '<p hx-on:click="x">', '<form action="//elsewhere">',
    ],
)  # fmt: skip
def test_the_reader_sees_what_it_must(bad: str) -> None:
    assert faults_of(bad)


def test_no_code_of_ours_builds_code_for_a_page() -> None:
    for path in PACKAGE.glob("*/static/**/*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("eval(", "new Function", "innerHTML", "document.write", "insertAdjacentHTML"):
            assert word not in text, f"{path.name}: {word}"


def test_no_code_of_ours_keeps_anything_in_the_browser() -> None:
    for path in PACKAGE.glob("*/static/**/*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches."):
            assert word not in text, f"{path.name}: {word}"
    assert '"historyCacheSize": 0' in (PACKAGE / "site/templates/site/base.html").read_text(encoding="utf-8")


def test_no_text_is_marked_as_safe_without_being_ours() -> None:
    marked = [
        f"{name}: {found}"
        for name, path in TEMPLATES.items()
        for found in re.findall(r"\|safe\b|{%\s*autoescape off", path.read_text(encoding="utf-8"))
    ]
    assert marked == []
    # The square code for an authenticator app is drawn by a library, and nothing anybody typed stands in it as text.
    drawn = [PACKAGE / "site" / "own_account.py"]
    assert [p for p in PACKAGE.rglob("*.py") if "mark_safe" in p.read_text(encoding="utf-8")] == drawn
    assert drawn[0].read_text(encoding="utf-8").count("mark_safe(") == 1


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    rules = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["object-src"] == rules["base-uri"] == "'none'"
    assert set(" ".join(rules.values()).split()) == {"'none'", "'self'", "data:"}
    assert [name for name, where in rules.items() if "data:" in where] == ["img-src"]
