"""The map of the keyboard: which key does what, on one page, and how to turn the keys off."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from secondopinion.people.doors import signed_in

GROUPS: Final = (
    (
        "Everywhere",
        (
            ("?", "Show this map"),
            ("/", "Go to the field for a referral number (work list)"),
            ("g, then w", "Go to the work list"),
            ("g, then n", "Go to a new request"),
            ("g, then d", "Go to the directory"),
            ("g, then s", "Go to the scorecard"),
        ),
    ),
    (
        "Work list",
        (
            ("j", "Next referral"),
            ("k", "Referral before"),
            ("Enter", "Open the referral"),
            ("x", "Tick the referral, to take it up with others"),
            ("t", "Go to the button that takes up what is ticked"),
        ),
    ),
    (
        "A referral",
        (
            ("n", "What can be done next"),
            ("f", "Facts and clauses"),
            ("p", "Letters and papers"),
            ("h", "History"),
            ("d", "The decision page, for a physician"),
        ),
    ),
)


@signed_in(why="read the map of the keyboard")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The map, and the keys off for this session, or on. Without JavaScript the browser's own do everything."""
    if request.method == "POST":
        request.session["keys_off"] = not request.session.get("keys_off", False)
        response = redirect("keys")
        response.status_code = 303
        return response
    return render(request, "desk/keys.html", {"groups": GROUPS})
