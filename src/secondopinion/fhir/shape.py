"""From bytes to a tree that is safe to read: JSON, size, depth, and the FHIR types that never vary.

The tree is walked once. Elements we do not know are passed over (PAS 2.2.1, spec-25), except modifier
extensions and `implicitRules`, which FHIR forbids a reader to pass over (R4, Extensibility, 2.4.0.2).
"""

from __future__ import annotations

from typing import Any

import orjson

from secondopinion.fhir.codes import INFO_CANCELLED
from secondopinion.fhir.node import Json
from secondopinion.fhir.refused import Refused, misshapen, missing

LARGEST_BODY = 1_000_000  # bytes; records travel apart, as papers, not inside the request
DEEPEST = 64  # levels of nesting; a PAS Bundle has about fifteen
MEDIA_TYPES = frozenset({"application/fhir+json", "application/json"})

# Elements that have one type wherever FHIR R4 uses their name in the resources of a PAS request.
TYPES: dict[str, type] = {
    **dict.fromkeys(("meta", "assigner", "resource", "valuePeriod", "valueQuantity", "valueAttachment"), dict),
    **dict.fromkeys(("valueReference", "valueCodeableConcept", "valueCoding", "valueIdentifier"), dict),
    **dict.fromkeys(("resourceType", "id", "language", "fullUrl", "url", "system", "version", "display"), str),
    **dict.fromkeys(("reference", "status", "use", "intent", "created", "birthDate", "gender", "div"), str),
    **dict.fromkeys(("family", "city", "state", "district", "postalCode", "country", "unit", "linkId"), str),
    **dict.fromkeys(("valueString", "valueCode", "valueDate", "valueDateTime", "start", "end"), str),
    **dict.fromkeys(("focal", "active", "valueBoolean", "userSelected"), bool),
    **dict.fromkeys(("coding", "extension", "modifierExtension", "contained", "telecom"), list),
    **dict.fromkeys(("given", "prefix", "suffix", "line", "profile"), list),
    "implicitRules": type(None),  # never acceptable: its rules are not ours
}
WITHIN: dict[str, type] = {
    **dict.fromkeys(("coding", "extension", "modifierExtension", "contained", "telecom"), dict),
    **dict.fromkeys(("given", "prefix", "suffix", "line", "profile"), str),
}
WORDS = {dict: "an object", str: "a string", bool: "true or false", list: "an array"}

EXTENSIONS = frozenset({"extension", "modifierExtension"})

Place = tuple[Any, str | int] | None  # a chain from the root; joined into a path only when needed


def check_media_type(header: str) -> None:
    """Refuse a body that is not announced as FHIR JSON (415)."""
    if header.partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise Refused(
            415,
            "not-supported",
            "The body is not announced as FHIR JSON.",
            "Send the header Content-Type: application/fhir+json.",
        )


def check_size(size: int) -> None:
    """Refuse a body of more than `LARGEST_BODY` bytes (413)."""
    if size > LARGEST_BODY:
        raise Refused(
            413,
            "too-long",
            f"The body has {size:,} bytes and the limit is {LARGEST_BODY:,}.",
            "Leave attachments out of the request and send records by fax or mail with the Claim's number.",
        )


def read_json(body: bytes) -> Json:
    """The JSON object in `body`, walked and found fit to read."""
    check_size(len(body))
    try:
        tree = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise Refused(
            400,
            "structure",
            f"The body is not JSON ({fault.msg}, at line {fault.lineno}, column {fault.colno}).",
            "Send one PAS Request Bundle as JSON, encoded in UTF-8.",
        ) from None
    if not isinstance(tree, dict):
        raise Refused(
            400,
            "structure",
            "The body is JSON, but not an object.",
            "Send one PAS Request Bundle as a JSON object.",
        )
    if rb"\u0000" in body:
        _refuse_null_characters(tree)
    if not is_fit(tree):
        refuse_unfit(tree)
    return tree


def _path(place: Place, root: str) -> str:
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step}")
    return root + "".join(reversed(steps))


def is_fit(tree: Json) -> bool:
    """Does the tree pass every check of `refuse_unfit`? The same checks, without keeping track of places."""
    types, within, level = TYPES.get, WITHIN.get, [tree]
    for _ in range(DEEPEST + 1):
        below: list[Json] = []
        for node in level:
            for key, value in node.items():
                kind = type(value)
                if kind is str:
                    if types(key, str) is not str:
                        return False
                elif kind is dict:
                    if types(key, dict) is not dict:
                        return False
                    below.append(value)
                elif kind is list:
                    if types(key, list) is not list:
                        return False
                    of = within(key)
                    for each in value:
                        inner = type(each)
                        if inner is list or (of is not None and inner is not of and each is not None):
                            return False
                        if inner is dict:
                            below.append(each)
                    if key in EXTENSIONS and not all(_is_known(key, each) for each in value if each is not None):
                        return False
                elif value is not None and types(key, kind) is not kind:
                    return False
        if not below:
            return True
        level = below
    return False


def _is_known(key: str, extension: Json) -> bool:
    return "url" in extension and (key == "extension" or extension["url"] == INFO_CANCELLED)


def refuse_unfit(tree: Json) -> None:
    """The slow walk, for a tree that has a fault somewhere: it knows the place of everything. Raises `Refused`."""
    stack: list[tuple[Json, Place, int]] = [(tree, None, 0)]
    root = str(tree.get("resourceType", "Bundle"))[:40]
    while stack:
        node, place, depth = stack.pop()
        if depth > DEEPEST:
            raise Refused(
                400,
                "structure",
                f"The body nests more than {DEEPEST} levels deep.",
                "Send a PAS Request Bundle; none needs such depth.",
                root,
            )
        for key, value in node.items():
            here = (place, key)
            wanted = TYPES.get(key)
            if wanted is not None and type(value) is not wanted and value is not None:
                raise _unfit(key, wanted, _path(here, root))
            if isinstance(value, dict):
                stack.append((value, here, depth + 1))
            for index, each in enumerate(value if isinstance(value, list) else ()):
                of = WITHIN.get(key, dict)
                strict = key in WITHIN and each is not None and type(each) is not of
                if isinstance(each, list) or strict:
                    raise misshapen(_path((here, index), root), WORDS[of])
                if isinstance(each, dict):
                    stack.append((each, (here, index), depth + 1))
                    if key in EXTENSIONS and not _is_known(key, each):
                        raise _unknown(key, each, _path((here, index), root))


def _unfit(key: str, wanted: type, at: str) -> Refused:
    if key != "implicitRules":
        return misshapen(at, WORDS[wanted])
    return Refused(
        400,
        "not-supported",
        f"{at} names rules that this server does not know.",
        "Leave implicitRules out and follow the PAS 2.2.1 guide.",
        at,
    )


def _unknown(key: str, extension: Json, at: str) -> Refused:
    if "url" not in extension:
        return missing(f"{at}.url", "an extension is known by its url alone")
    return Refused(
        400,
        "extension",
        f"{at} changes what its resource means in a way not known here.",
        "Leave the modifier extension out, or say it in a free-form message.",
        at,
    )


def _refuse_null_characters(tree: Json) -> None:
    stack: list[tuple[Any, Place]] = [(tree, None)]
    root = str(tree.get("resourceType", "Bundle"))[:40]
    while stack:
        node, place = stack.pop()
        if isinstance(node, str) and "\0" in node:
            raise Refused(
                400,
                "value",
                "A string holds the character U+0000, which is not allowed in FHIR.",
                "Remove the character and send the Bundle again.",
                _path(place, root).replace("\0", ""),
            )
        if isinstance(node, dict):
            stack.extend((key, place) for key in node)
            stack.extend((value, (place, key)) for key, value in node.items())
        elif isinstance(node, list):
            stack.extend((value, (place, index)) for index, value in enumerate(node))
