"""Reading untrusted JSON: an object together with the FHIRPath at which it stands.

Every method either answers with the type it names or raises `Refused` naming the place.
"""

from __future__ import annotations

from typing import Any

from secondopinion.fhir.refused import misshapen, missing, unacceptable

Json = dict[str, Any]
LONGEST_IDENTIFIER = 200  # characters; an X12 trace number has 50


class Node:
    """A JSON object (`of`) of the request and its FHIRPath (`at`)."""

    __slots__ = ("at", "of")

    def __init__(self, of: Json, at: str) -> None:
        self.of = of
        self.at = at

    def path(self, key: str) -> str:
        """The FHIRPath of a child."""
        return f"{self.at}.{key}"

    def text(self, key: str) -> str | None:
        """The string at `key`, or None when absent. An empty string is not a FHIR value."""
        value = self.of.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise misshapen(self.path(key), "a string")
        if not value.strip():
            raise unacceptable(self.path(key), "is empty", "Leave the element out or give it a value.")
        return value

    def required_text(self, key: str, why: str) -> str:
        """The string at `key`; refused when absent."""
        value = self.text(key)
        if value is None:
            raise missing(self.path(key), why)
        return value

    def flag(self, key: str) -> bool | None:
        """The boolean at `key`, or None when absent."""
        value = self.of.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise misshapen(self.path(key), "true or false")

    def positive(self, key: str, why: str) -> int:
        """The positive integer at `key` (FHIR positiveInt: 1 to 2,147,483,647)."""
        value = self.of.get(key)
        if value is None:
            raise missing(self.path(key), why)
        if isinstance(value, bool) or not isinstance(value, int):
            raise misshapen(self.path(key), "a whole number")
        if not 1 <= value <= 2_147_483_647:
            raise unacceptable(self.path(key), "must be 1 or more", "Number the elements from 1 upwards.")
        return value

    def node(self, key: str) -> Node | None:
        """The object at `key`, or None when absent."""
        value = self.of.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise misshapen(self.path(key), "an object")
        return Node(value, self.path(key))

    def required_node(self, key: str, why: str) -> Node:
        """The object at `key`; refused when absent."""
        found = self.node(key)
        if found is None:
            raise missing(self.path(key), why)
        return found

    def nodes(self, key: str) -> list[Node]:
        """The objects in the array at `key`; an absent array reads as none."""
        value = self.of.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise misshapen(self.path(key), "an array")
        found = []
        for index, each in enumerate(value):
            if not isinstance(each, dict):
                raise misshapen(f"{self.at}.{key}[{index}]", "an object")
            found.append(Node(each, f"{self.at}.{key}[{index}]"))
        return found

    def texts(self, key: str) -> list[str]:
        """The strings in the array at `key`; null (an element with extensions only) is passed over."""
        value = self.of.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or any(v is not None and not isinstance(v, str) for v in value):
            raise misshapen(self.path(key), "an array of strings")
        return [v for v in value if v]

    def extension(self, url: str) -> Node | None:
        """The first extension with this url, or None."""
        for extension in self.nodes("extension"):
            if extension.of.get("url") == url:
                return extension
        return None
