"""The OpenID providers that the operator has set up, read from the file that `SECONDOPINION_PROVIDERS` names."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from secondopinion.people.signing_in_provider import Provider

NEEDED = {"key", "words", "issuer", "client_id", "client_secret"}
TAKEN = NEEDED | {"network", "two_factors"}


def providers() -> tuple[Provider, ...]:
    """Every provider, in the order of the file; none where no file is named. Raises ImproperlyConfigured."""
    return _read(settings.PROVIDERS) if settings.PROVIDERS else ()


def provider_called(key: str) -> Provider | None:
    """The provider of that key."""
    return next((p for p in providers() if p.key == key), None)


@lru_cache(maxsize=4)
def _read(path: str) -> tuple[Provider, ...]:
    rows = tomllib.loads(Path(path).read_text(encoding="utf-8")).get("provider", [])
    for row in rows:
        if missing := NEEDED - set(row):
            raise ImproperlyConfigured(f"{path}: a provider lacks {', '.join(sorted(missing))}.")
        if unknown := set(row) - TAKEN:
            raise ImproperlyConfigured(f"{path}: nothing is called {', '.join(sorted(unknown))}. Check the spelling.")
    found = tuple(Provider(network=row.pop("network", ""), **row) for row in rows)
    for what in ("key", "issuer"):
        said = [getattr(p, what) for p in found]
        if len(set(said)) < len(said):
            raise ImproperlyConfigured(f"{path}: two providers have the same {what}. Each place has one of its own.")
    return found
