"""How a kept file leaves the desk: as a file to save, of the kind its content has, with nothing that could act."""

from __future__ import annotations

from django.http import HttpResponse

from secondopinion.people.kept.kinds import Kind

ALONE = "sandbox; default-src 'none'"  # what a browser may do with it, should it show it after all: nothing


def handed_out(content: bytes, kind: Kind, name: str) -> HttpResponse:
    """A file to save under `name`, which says nothing about a Member."""
    return HttpResponse(
        content,
        content_type=kind.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{kind.ending}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": ALONE,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )
