"""The envelope of a PAS Request Bundle (profile-pas-request-bundle 2.2.1): entries and what they refer to."""

from __future__ import annotations

import re

from secondopinion.fhir.node import Json, Node
from secondopinion.fhir.refused import Refused, misshapen, missing, unacceptable

ABSOLUTE = re.compile(r"(?:https?://|urn:uuid:|urn:oid:)\S+")
MOST_ENTRIES = 500
RESTFUL = re.compile(r"(?:^|/)([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})$")


class Entry:
    """One resource of the Bundle: its fullUrl, its type, and the resource itself."""

    __slots__ = ("_index", "_of", "full_url", "kind")

    def __init__(self, full_url: str, kind: str, of: Json, index: int) -> None:
        self.full_url = full_url
        self.kind = kind
        self._of = of
        self._index = index

    @property
    def resource(self) -> Node:
        """The resource, with its place in the Bundle."""
        return Node(self._of, f"Bundle.entry[{self._index}].resource")


class Entries:
    """The Bundle's resources, found by reference. Nothing outside the Bundle is ever fetched."""

    def __init__(self, bundle: Node) -> None:
        self.all = _read(bundle)
        self._by_url = {entry.full_url: entry for entry in self.all}
        self._by_id: dict[str, Entry] | None = None

    def _at(self, target: str) -> Entry | None:
        # Reading: a relative reference is found by type and id under whatever base the sender uses.
        entry = self._by_url.get(target)
        if entry is not None:
            return entry
        if self._by_id is None:
            self._by_id = {}
            for each in self.all:
                found = RESTFUL.search(each.full_url)
                own = found.group(1) if found else f"{each.kind}/{each.resource.of.get('id')}"
                self._by_id.setdefault(own, each)
        return self._by_id.get(target)

    def follow(self, reference: Node | None, kinds: tuple[str, ...], why: str) -> Entry | None:
        """The entry a Reference points to, or None when there is no Reference.

        Refused when the Reference has no target in the Bundle or the target is none of `kinds`.
        """
        if reference is None:
            return None
        target = reference.required_text("reference", why)
        at = reference.path("reference")
        if target.startswith("#"):
            raise Refused(
                400,
                "structure",
                f"{at} points to a contained resource.",
                "Give that resource an entry of its own with a fullUrl.",
                at,
            )
        entry = self._at(target)
        if entry is None:
            raise Refused(
                400,
                "not-found",
                f"{at} points to no entry of the Bundle.",
                "Add the resource as an entry whose fullUrl matches the reference.",
                at,
            )
        if entry.kind not in kinds:
            raise unacceptable(at, f"must point to a {' or a '.join(kinds)}", "Point it to the right resource.")
        return entry

    def find(self, reference: Node | None, kind: str) -> Entry | None:
        """The entry of one type that a Reference points to, or None: for what may be absent (conf-14)."""
        target = None if reference is None else reference.text("reference")
        entry = None if target is None else self._at(target)
        return entry if entry is not None and entry.kind == kind else None

    def need(self, node: Node, key: str, kinds: tuple[str, ...], why: str) -> Entry:
        """The entry that the Reference `key` of a resource must point to."""
        entry = self.follow(node.required_node(key, why), kinds, why)
        assert entry is not None  # follow() answers None only for no Reference
        return entry

    def of_kind(self, kind: str) -> list[Node]:
        """Every resource of one type, in order."""
        return [entry.resource for entry in self.all if entry.kind == kind]


def check_envelope(tree: Json) -> Node:
    """The Bundle's own shape: a collection with an identifier, a timestamp and a Claim in front."""
    kind = tree.get("resourceType")
    if kind != "Bundle":
        remedy = "Send the PAS Request Bundle itself, not wrapped in another resource."
        if kind is None:
            raise Refused(400, "structure", "The body names no resourceType.", remedy, "Bundle")
        raise Refused(400, "structure", "The body is a FHIR resource, but not a Bundle.", remedy, "Bundle")
    bundle = Node(tree, "Bundle")
    if bundle.required_text("type", "a PAS Request Bundle is a collection") != "collection":
        raise unacceptable("Bundle.type", "must be collection", "Set Bundle.type to collection.")
    return bundle


def claim_entry(entries: Entries) -> Entry:
    """The Claim, which must come first (invariant ClaimFirst of the profile)."""
    first = entries.all[0]
    if first.kind != "Claim":
        raise Refused(
            400,
            "invalid",
            "Bundle.entry[0].resource must be the PAS Claim, and it is something else.",
            "Put the Claim first and the resources it refers to after it.",
            "Bundle.entry[0].resource",
        )
    return first


def _read(bundle: Node) -> list[Entry]:
    raw = bundle.of.get("entry")
    if raw is not None and not isinstance(raw, list):
        raise misshapen("Bundle.entry", "an array")
    if not raw:
        raise missing("Bundle.entry", "a PAS Request Bundle holds a Claim and what it refers to")
    if len(raw) > MOST_ENTRIES:
        raise Refused(
            400,
            "too-long",
            f"The Bundle has {len(raw):,} entries and the limit is {MOST_ENTRIES}.",
            "Send only the resources that the Claim refers to.",
            "Bundle.entry",
        )
    found: list[Entry] = []
    seen: set[str] = set()
    for index, entry in enumerate(raw):
        at = f"Bundle.entry[{index}]"
        if not isinstance(entry, dict):
            raise misshapen(at, "an object")
        # The walk in shape.py has seen to it that these are a string, an object and a string, or absent.
        full_url, of = entry.get("fullUrl"), entry.get("resource")
        kind = of.get("resourceType") if of else None
        if not full_url or not of or not kind:
            raise _incomplete(Node(entry, at))
        if not ABSOLUTE.fullmatch(full_url):
            raise unacceptable(f"{at}.fullUrl", "is not an absolute address", "Use an http(s) address or urn:uuid.")
        if full_url in seen:
            raise Refused(
                400,
                "duplicate",
                f"{at}.fullUrl is used by two entries.",
                "Send each resource once.",
                f"{at}.fullUrl",
            )
        seen.add(full_url)
        if not kind.isalpha():
            raise misshapen(f"{at}.resource.resourceType", "the name of a resource type")
        found.append(Entry(full_url, kind, of, index))
    return found


def _incomplete(node: Node) -> Refused:
    node.required_text("fullUrl", "every entry needs an address to be referred to by")
    resource = node.required_node("resource", "an entry without a resource says nothing")
    resource.required_text("resourceType", "a resource without a type cannot be read")
    return misshapen(node.at, "an entry with a fullUrl and a resource")
