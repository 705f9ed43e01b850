"""Parse and check a PAS request of 25 kB: our reader against the models of fhir.resources (R4B).

The body is the second-opinion sample of the shared folder when it is on this machine, else the bundle our tests
build, made long by further parties, each with an address of its own. Ours ends with a request ready to be
received or a refusal; theirs with a tree of models. Both read the same bytes, turn about, in the same process.
"""

from __future__ import annotations

import copy
import gc
import importlib
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CLONE / "src")]

import orjson

from rows import missing, row
from secondopinion.fhir.submit import parse
from secondopinion.site.settings import SHARED

FIGURE, PEER, GOAL = "parse and check a PAS request, 25 kB", "fhir.resources R4B", 0.1
SIZE = 24_991  # bytes
ROUNDS, OURS, THEIRS = 5, 300, 30
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SAMPLE = SHARED / "fhir" / "second-opinion-samples" / "so-request.json"


def our_own() -> dict[str, Any]:
    """The bundle of our tests, loaded by its file: its package has the name of the peer's."""
    spec = spec_from_file_location("bundles", CLONE / "tests" / "fhir" / "bundles.py")
    assert spec is not None
    assert spec.loader is not None
    bundles = module_from_spec(spec)
    spec.loader.exec_module(bundles)
    made: dict[str, Any] = bundles.request()
    return made


def body() -> bytes:
    """A request of exactly `SIZE` bytes: the sample, and its parties again under other addresses."""
    bundle: dict[str, Any] = orjson.loads(SAMPLE.read_bytes()) if SAMPLE.exists() else our_own()
    parties = [e for e in bundle["entry"] if e["resource"]["resourceType"] in ("Organization", "Practitioner")]
    count = 0
    while True:
        again = copy.deepcopy(parties[count % len(parties)])
        again["fullUrl"] = f"urn:uuid:{uuid.UUID(int=count + 1)}"
        again["resource"]["id"] = f"more{count}"
        longer = bundle | {"entry": [*bundle["entry"], again]}
        if len(orjson.dumps(longer)) > SIZE:
            break
        bundle, count = longer, count + 1
    # The rest is one long name: a few hundred bytes at most.
    bundle["entry"][-1]["resource"]["text"] = {"status": "generated", "div": ""}
    lacking = SIZE - len(orjson.dumps(bundle))
    if lacking < 0:
        del bundle["entry"][-1]["resource"]["text"]
        return orjson.dumps(bundle)
    bundle["entry"][-1]["resource"]["text"]["div"] = "x" * lacking
    return orjson.dumps(bundle)


def milliseconds(read: Callable[[], object], times: int) -> float:
    """The time of one reading."""
    started = time.perf_counter()
    for _ in range(times):
        read()
    return (time.perf_counter() - started) / times * 1000


def main() -> None:
    """Read with both, turn about; print the figure."""
    content = body()
    asked = parse(content, NOW)
    assert asked.opinion == "second"

    def ours() -> object:
        return parse(content, NOW)

    try:
        models = importlib.import_module("fhir.resources.R4B.bundle")
    except ImportError as error:
        missing(FIGURE, PEER, f"{error}; ours {milliseconds(ours, OURS):.2f} ms")
        return

    def theirs() -> object:
        return models.Bundle.model_validate_json(content)

    theirs()
    # Neither side pays for walking the modules of both: what is loaded so far is left out of collections.
    gc.collect()
    gc.freeze()
    rounds = [(milliseconds(ours, OURS), milliseconds(theirs, THEIRS)) for _ in range(ROUNDS)]
    ratio = statistics.median(one / other for one, other in rounds)
    quick, slow = (statistics.median(side) for side in zip(*rounds, strict=True))
    row(FIGURE, PEER, f"{quick:.2f} ms", f"{slow:.2f} ms", ratio, f"≤ {GOAL}", met=ratio <= GOAL)


if __name__ == "__main__":
    main()
