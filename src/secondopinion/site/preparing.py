"""``secondopinion migrate``, ``seed`` and ``manage``: what comes before the first page."""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, execute_from_command_line
from django.db import connections

from secondopinion.site import database, role, state
from secondopinion.site.refusal import Refusal
from secondopinion.site.seeding import Seeded, SeedRefused
from secondopinion.site.seeding import seed as put_county
from secondopinion.site.wearing import SHEET, the_sheet

COLLECTED_FROM = ("package-lock.json", "requirements/run.txt", "src/secondopinion/*/static/**/*")
NOT_SERVED = ("material-icons*", "favicons", "uswds-icons", "*.ttf", "*.woff")


def migrate(arguments: list[str]) -> int:
    """Bring tables, application role and its rights up to date."""
    bring_up_to_date()
    return _say("The database is up to date.")


def seed(arguments: list[str]) -> int:
    """Put the made-up county into the database: what is missing of it, however often it is asked."""
    bring_up_to_date()
    try:
        return _say(ways_in(put_county(datetime.now(UTC))))
    except SeedRefused as refused:
        raise Refusal(str(refused)) from None


def manage(arguments: list[str]) -> int:
    """Django's own commands. Those that change tables belong to ``migrate``."""
    execute_from_command_line(["secondopinion manage", *arguments])
    return 0


def everything() -> str:
    """All that comes before the first page. Returns the ways in, or why nobody was made up."""
    bring_up_to_date()
    collect_static()
    try:
        return ways_in(put_county(datetime.now(UTC)))
    except SeedRefused as refused:
        return f"Nobody was made up: {refused.sentence}"
    finally:
        connections.close_all()  # the web and the worker have their own from here on


def bring_up_to_date() -> None:
    """Make the role, migrate as the owner, grant. Safe to repeat. Raises DatabaseUnreachable."""
    addresses = database.addresses()
    owner, app = addresses["owner"], addresses["default"]
    database.refuse_unfit(owner)
    role.ensure(owner, app)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    role.grant(owner, app)


def collect_static() -> None:
    """Gather style sheets, scripts and icons where whitenoise serves them, unless nothing changed."""
    found = hashlib.sha256((the_sheet() / SHEET).read_bytes())
    for pattern in COLLECTED_FROM:
        for path in sorted(state.CLONE.glob(pattern)):
            if path.is_file():
                found.update(str(path.relative_to(state.CLONE)).encode() + path.read_bytes())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == found.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=list(NOT_SERVED))
    stamp.write_text(found.hexdigest())


def ways_in(seeded: Seeded) -> str:
    """The sign-ins of the made-up county, as a table for the terminal."""
    rows = [(s.name, s.person, f"{s.title}, {s.place}") for s in seeded.sign_ins]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"  {name:{widths[0]}}  {person:{widths[1]}}  {place}" for name, person, place in rows]
    return "\n".join(
        [
            f"Sign in with the password {seeded.password} as",
            *lines,
            "The code of the authenticator app is shown on the page: nobody here is real",
            f"The FHIR door takes the bearer token {seeded.token}",
            f"Letters lie in {settings.PRINT_HOUSE}",
        ]
    )


def _say(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0
