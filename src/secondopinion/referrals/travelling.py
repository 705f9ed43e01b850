"""Which source of travel times the plan has: the one that the setting TRAVEL_TIME names, else an estimate."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from secondopinion.policy.availability import Estimated, TravelTime


@cache
def travel_time() -> TravelTime:
    """The source of travel times. The setting names a class without arguments, such as `our_roads.Routing`."""
    named = getattr(settings, "TRAVEL_TIME", "")
    made: TravelTime = import_string(named)() if named else Estimated()
    return made
