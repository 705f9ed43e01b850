"""What every command but the pure ones stands on: a database that answers, and Django set up."""

import django

from secondopinion.site import database


def lay() -> bool:
    """Start the database unless it answers, and set Django up. True when it was started just now.

    In this order: the settings read the port on which the embedded database was started. Models
    can be imported only afterwards. Raises DatabaseUnreachable.
    """
    started = not database.answers()
    database.start()
    django.setup()
    return started
