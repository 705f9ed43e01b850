"""The panel of a referral's page that says which codes and links open it without an account, and gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from secondopinion.people.person import Person
from secondopinion.referrals import offices, visit_links
from secondopinion.referrals.models import Referral

ROLES: Final = ("intake", "nurse", "physician")
LINKS: Final = (*ROLES, "contracting")
WITH_A_VISIT: Final = ("authorized", "scheduled", "seen")


def doors_of(found: Referral, person: Person, now: datetime) -> dict[str, Any]:
    """What the panel shows, and which of its buttons this person has."""
    code = offices.code_of(found, now)
    chosen = found.professional_id is not None and bool(found.authorization_number)
    return {
        "office_code": code,
        "office_phone": offices.phone_on_file(found) if code is not None and code.confirmed_at is None else "",
        "visit_link": visit_links.link_of(found, now),
        "may_give_code": person.is_a(*ROLES) and found.requester in ("physician", "provider"),
        "may_give_link": person.is_a(*LINKS) and chosen and found.state in WITH_A_VISIT,
        "may_take_back": person.is_a(*LINKS),
    }
