"""Every page somebody can walk to, and every form there: what an OpenAPI description of the house is made of.

The description is for tests alone: nothing outside calls the desk or a Member's page, so none is published.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

ENOUGH = 2  # pages of one route, unless it stands below
MORE = {"referral": 12, "ask-page": 12, "administration-kind": 6, "administration-propose": 6}
# They end the session that asks, or every other one of the account.
LEFT_ALONE = {
    "sign-out", "member-leave", "own-leave", "office-leave", "visit-leave",
    "account-password", "account-everywhere", "account-remove",
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One form of one page: where it goes, how, and each field with the values it offers (none: anything)."""

    path: str
    method: str
    query: tuple[tuple[str, str], ...]
    fields: Mapping[str, tuple[str, ...]]
    has_file: bool

    @property
    def route(self) -> str:
        """The name of the route it is sent to."""
        return str(resolve(self.path).url_name)


@dataclass
class _Reader(HTMLParser):
    path: str
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._form: dict[str, Any] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.append(said["href"])
        elif tag == "form":
            self._form = {
                "action": said.get("action") or self.path,
                "method": said.get("method", "get").lower(),
                "file": "multipart" in said.get("enctype", ""),
                "fields": {},
            }
        elif self._form is not None and said.get("name") not in (None, "", "csrfmiddlewaretoken"):
            fields = self._form["fields"]
            if tag == "select":
                self._select = said["name"]
                fields[self._select] = ()
            elif tag == "textarea" or tag in ("input", "button"):
                offered = (said.get("value", ""),) if said.get("type") in ("radio", "checkbox", "hidden") else ()
                offered = (said.get("value", ""),) if tag == "button" else offered
                fields[said["name"]] = (*fields.get(said["name"], ()), *offered)
        if tag == "option" and self._form is not None and self._select:
            self._form["fields"][self._select] += (said.get("value", ""),)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form" and self._form is not None:
            to = urlsplit(self._form["action"])
            query = tuple(parse_qsl(to.query, keep_blank_values=True))
            form = self._form
            self.forms.append(Form(to.path, form["method"], query, form["fields"], form["file"]))
            self._form = None


def walk(client: Client, start: Iterable[str]) -> tuple[list[str], list[Form]]:
    """Pages from `start` on, a few of each route, and the forms on them, one for each route and set of fields."""
    waiting, seen, of_route = deque(start), set(), Counter[str]()
    pages: list[str] = []
    forms: dict[tuple[str, str, frozenset[str]], Form] = {}
    while waiting:
        address = waiting.popleft()
        path = urlsplit(address).path
        try:
            route = str(resolve(path).url_name)
        except Resolver404:
            continue
        if address in seen or route in LEFT_ALONE or of_route[route] >= MORE.get(route, ENOUGH):
            continue
        seen.add(address)
        of_route[route] += 1
        answer = client.get(address)
        pages.append(address)
        assert answer.status_code < 500, f"{answer.status_code}: {address}"
        if answer.status_code in (302, 303):
            waiting.append(answer["Location"])
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html") or answer.streaming:
            continue
        reader = _Reader(path)
        reader.feed(answer.content.decode())
        waiting.extend(reader.links)
        for form in reader.forms:
            if form.route not in LEFT_ALONE:
                forms.setdefault((form.method, form.route, frozenset(form.fields)), form)
    return pages, list(forms.values())


def description(pages: Iterable[str], forms: Iterable[Form]) -> dict[str, Any]:
    """An OpenAPI 3.0 description of these pages and forms. A field takes what it offers, or any text."""
    paths: dict[str, dict[str, Any]] = {}
    answers = {"default": {"description": "A page"}}
    for page in pages:
        to = urlsplit(page)
        names = [name for name, _ in parse_qsl(to.query, keep_blank_values=True)]
        paths.setdefault(to.path, {})["get"] = {"parameters": [_query(name) for name in names], "responses": answers}
    for form in forms:
        kind = "multipart/form-data" if form.has_file else "application/x-www-form-urlencoded"
        if form.method == "get":
            told = {"parameters": [_query(name, offered) for name, offered in form.fields.items()]}
        else:
            properties = {name: _any_or(offered) for name, offered in form.fields.items()}
            schema = {"type": "object", "properties": properties, "required": sorted(properties)}
            told = {
                "parameters": [_query(name, (value,)) for name, value in form.query],
                "requestBody": {"required": True, "content": {kind: {"schema": schema}}},
            }
        paths.setdefault(form.path, {})[form.method] = {**told, "responses": answers}
    return {"openapi": "3.0.3", "info": {"title": "The house", "version": "1"}, "paths": paths}


def _query(name: str, offered: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": _any_or(offered)}


def _any_or(offered: tuple[str, ...]) -> dict[str, Any]:
    text = {"type": "string", "maxLength": 60}
    return {"anyOf": [{"type": "string", "enum": sorted(set(offered))}, text]} if offered else text
