"""Those who run the house for tests: two administrators, two of compliance, one of oversight, all at the plan.

Call `administrators(county)` inside plan scope, after `county()`.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth import get_user_model

from county import PASSWORD, County
from secondopinion.people.models import Role, Staff

THEY: Mapping[str, tuple[Role, bool]] = {  # the role, and whether at the plan
    "ada@plan": (Role.ADMINISTRATOR, True),
    "amos@plan": (Role.ADMINISTRATOR, True),
    "cora@plan": (Role.COMPLIANCE, True),
    "carl@plan": (Role.COMPLIANCE, True),
    "olga@plan": (Role.OVERSIGHT, True),
    "second@plan": (Role.PHYSICIAN, True),
    "cleo@citrus": (Role.COMPLIANCE, False),
}


def administrators(place: County) -> Mapping[str, Staff]:
    """Write them into the database, by sign-in name."""
    users = get_user_model()
    return {
        name: Staff.objects.create(
            user=users.objects.create_user(username=name, password=PASSWORD),
            network=None if at_the_plan else place.citrus,
            roles=[role.value],
            name=name.partition("@")[0].title(),
            title=role.label,
            phone="1-714-555-0198",
        )
        for name, (role, at_the_plan) in THEY.items()
    }
