"""Whatever is done to a good request, it is either read or refused. Nothing else ever escapes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fhir import bundles as b
from secondopinion.fhir.answer import Outcome, Professional
from secondopinion.fhir.refused import Refused
from secondopinion.fhir.response import response_bundle
from secondopinion.fhir.shape import is_fit, refuse_unfit
from secondopinion.fhir.submit import parse

Place = tuple[str | int, ...]
OTHERS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 1.5),
    *("", " ", "x", "\u2028", "9" * 400),
    *([], {}, [[]], [{}], [None], {"a": 1}),
)

PENDED = Outcome("pended", b.NOW, "SO-1")
CERTIFIED = Outcome(
    "certified", b.NOW, "SO-1", "A-1", date(2026, 11, 23), date(2026, 11, 23), date(2027, 2, 21),
    Professional("1003000126", "Lindqvist", "Ines"), ("99204",),
)  # fmt: skip


def places(tree: Any, here: Place = ()) -> Iterator[Place]:
    if here:
        yield here
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from places(value, (*here, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from places(value, (*here, index))


def both_walks_agree(tree: Any) -> None:
    """The quick walk says whether there is a fault, the slow one where: they must see the same faults."""
    if not isinstance(tree, dict):
        return
    if is_fit(tree):
        refuse_unfit(tree)
    else:
        with pytest.raises(Refused):
            refuse_unfit(tree)


def survives(bundle: Any) -> None:
    both_walks_agree(bundle)
    try:
        request = parse(b.body(bundle), b.NOW)
    except Refused:
        return
    # What was read can also be answered.
    for outcome in (PENDED, CERTIFIED):
        b.body(response_bundle(request, outcome, "https://plan.example.org/fhir"))


def mutants(tree: Any, place: Place) -> Iterator[Any]:
    def changed() -> tuple[Any, Any, str | int]:
        copied = copy.deepcopy(tree)
        parent = copied
        for step in place[:-1]:
            parent = parent[step]
        return copied, parent, place[-1]

    copied, parent, last = changed()
    del parent[last]
    yield copied
    for other in OTHERS:
        copied, parent, last = changed()
        parent[last] = other
        yield copied
    copied, parent, last = changed()
    if isinstance(parent, list):
        parent.append(copy.deepcopy(parent[last]))
    else:
        parent[last] = [parent[last], copy.deepcopy(parent[last])]
    yield copied


@pytest.mark.parametrize("index", range(7))
def test_every_node_of_our_own_request_may_be_broken(index: int) -> None:
    bundle = b.request()
    for place in places(bundle):
        if place[:2] == ("entry", index) or (index == 0 and place[0] != "entry"):
            for mutant in mutants(bundle, place):
                survives(mutant)


def test_every_node_of_the_shared_sample_may_be_broken() -> None:
    sample = settings.SHARED / "fhir" / "second-opinion-samples" / "so-request.json"
    if not sample.exists():
        pytest.skip(f"the guides' samples are not on this machine ({sample})")
    bundle = orjson.loads(sample.read_bytes())
    for place in places(bundle):
        for mutant in mutants(bundle, place):
            survives(mutant)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@hypothesis_settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        parse(body, b.NOW)


@hypothesis_settings(max_examples=60, deadline=None)
@given(value=JSON, data=st.data())
def test_any_json_in_any_place_is_read_or_refused(value: Any, data: st.DataObject) -> None:
    bundle = b.request()
    place = data.draw(st.sampled_from(list(places(bundle))))
    parent: Any = bundle
    for step in place[:-1]:
        parent = parent[step]
    parent[place[-1]] = value
    try:
        b.body(bundle)
    except (TypeError, ValueError):
        return  # not JSON at all: integers beyond 64 bits, lone surrogates
    survives(bundle)
