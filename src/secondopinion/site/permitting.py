"""``secondopinion permissions``: who may do what, as the documentation has it."""

import sys

from secondopinion.site.permissions import as_markdown


def permissions(arguments: list[str]) -> int:
    """Print the page that `docs/permissions.md` keeps."""
    sys.stdout.write(as_markdown())
    return 0
