"""Which clock runs once a Member has said that nobody on the list suits (GG.1538 II.H).

The instant given carries an offset; the one returned is Pacific. The kind is search.
"""

from __future__ import annotations

from datetime import datetime

from secondopinion.policy.asked import Urgency
from secondopinion.policy.calendar import business_calendar
from secondopinion.policy.clocks import Clock, counted
from secondopinion.policy.parameters import value


def search_clock(asked_at: datetime, urgency: Urgency) -> Clock:
    """The limit within which a person searches again, from the Member's word that nobody suits."""
    limit = value(f"choosing.search_{urgency.value}", business_calendar().day_of(asked_at))
    return counted("search", limit, asked_at)
