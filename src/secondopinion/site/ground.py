"""What every command but the pure ones stands on: a database that answers, and Django set up."""

import django

from secondopinion.site import database


def lay() -> None:
    """Start the database unless it answers, and set Django up.

    In this order: the settings read the port on which the embedded database was started. Models
    can be imported only afterwards. Raises DatabaseUnreachable.
    """
    database.start()
    django.setup()
