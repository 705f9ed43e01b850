"""The pages that belong to no room: health, and what is said when a page cannot be shown."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from secondopinion.people.doors import public

SILENT_AFTER = timedelta(minutes=1)


@public
def health(request: HttpRequest) -> HttpResponse:
    """Whether the house can work: 200 when the database answers, else 503. Says whether a worker is alive."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
            (last,) = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded' AND queue_name = 'mail'"
            )
            (waiting,) = cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"database": "does not answer"}, status=503)
    now = request.now  # type: ignore[attr-defined]
    worker = "alive" if last is not None and now - last < SILENT_AFTER else "silent"
    return JsonResponse({"database": "answers", "worker": worker, "letters_waiting": waiting})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, for what does not exist and for what this person may not see: the same words for both."""
    return _trouble(
        request,
        404,
        heading="There is no such page",
        what="Nothing here has that address, or it belongs to another Health Network.",
        instead="Check the referral number, or look for the referral in the work list.",
    )


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the door's own sentence when it gave one."""
    return _trouble(
        request,
        403,
        heading="This page is not yours to open",
        what=str(exception) or "Your sign-in does not have the role that this page is for.",
        instead="Ask somebody with that role to do it, or sign in with an account that has it.",
        offer_sign_out=True,
    )


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the browser sent what no page of ours sends; 413 when it is only too much at once."""
    if isinstance(exception, RequestDataTooBig):
        return _too_much(request)
    return _trouble(
        request,
        400,
        heading="That could not be read",
        what="The browser sent something that none of our pages sends.",
        instead="Go back, open the page again and repeat what you did.",
    )


def _too_much(request: HttpRequest) -> HttpResponse:
    most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // (1024 * 1024)
    return _trouble(
        request,
        413,
        heading="That was too much at once",
        what=f"More than {most} MB of words came in one piece, so none of it was taken. Nothing was changed.",
        instead="Go back, shorten what you typed, and add long texts as a file.",
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was opened before signing in or out, or that another site sent."""
    return _trouble(
        request,
        403,
        heading="The page was open for too long",
        what="For your protection the form was not taken: it was opened before you last signed in or out.",
        instead="Go back, open the page again and repeat what you did. Nothing was changed.",
    )


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429: more was asked in a short time than a person asks. Says how long to wait."""
    wait = f"{seconds} seconds" if seconds <= 90 else f"{-(-seconds // 60)} minutes"
    return _trouble(
        request,
        429,
        heading="That was too much at once",
        what="From your sign-in or your network address more was asked in a short time than the house answers.",
        instead=f"Wait {wait} and do it again. Nothing was changed by the last request.",
    )


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """413: what was sent is larger than anything the house takes."""
    return _trouble(
        request,
        413,
        heading="That is too large",
        what=f"What the browser sent is larger than {most // 1024 // 1024} MB, so it was not read.",
        instead="Scan the paper smaller, or send it in parts.",
    )


def away(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer. The page itself needs none."""
    response = _trouble(
        request,
        503,
        heading="The records are out of reach for a moment",
        what="The database does not answer. What you sent was either kept whole or not kept at all.",
        instead="Wait half a minute and open the referral again: its history says whether your step was taken.",
    )
    response.headers["Retry-After"] = "30"
    return response


def does_not_open(request: HttpRequest, sentence: str) -> HttpResponse:
    """500: a kept file cannot be opened; the sentence says whether its key is missing or the file was changed."""
    return _trouble(
        request,
        500,
        heading="The file does not open",
        what=sentence,
        instead="Nothing else is wrong with the referral: its history and its other files can be read.",
    )


def _trouble(request: HttpRequest, status: int, *, offer_sign_out: bool = False, **words: Any) -> HttpResponse:
    return render(request, "site/trouble.html", {**words, "offer_sign_out": offer_sign_out}, status=status)
