"""A peer for bench/submit.py: `POST /Bundle` by fhirstarter, whose models check the Bundle and which keeps nothing."""

from __future__ import annotations

from typing import Any

from fhir.resources.R4B.bundle import Bundle
from fhirstarter import FHIRProvider, FHIRStarter, InteractionContext

provider = FHIRProvider()


@provider.create(Bundle)
async def take(context: InteractionContext, resource: Bundle) -> Any:
    """Take a Bundle and hand it back, kept nowhere."""
    resource.id = "taken"
    return resource


app = FHIRStarter()
app.add_providers(provider)
