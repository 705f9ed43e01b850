"""Health, and what is said when a page cannot be shown."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from county import NOW, county, sign_in
from secondopinion.site.pages import not_allowed


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_plain_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "The page was open for too long" in answer.content.decode()


@pytest.mark.django_db
def test_a_page_that_does_not_exist_is_answered_in_plain_words(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_page_for_another_role_is_refused_with_what_to_do(as_plan: None) -> None:
    request = signed(county().staff["nurse@plan"].user)
    answer = not_allowed(request, PermissionDenied("This page is for: physician."))
    said = answer.content.decode()
    assert answer.status_code == 403
    for words in ("This page is for: physician.", "Ask somebody with that role", "Sign in as somebody else"):
        assert words in said


@pytest.mark.django_db
def test_too_much_at_once_is_refused_with_what_to_do(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    answer = client.post("/sign-in", {"username": "a" * (2 * 1024 * 1024), "password": "b"})
    assert answer.status_code == 413
    page = answer.content.decode()
    assert "More than 1 MB of words came in one piece" in page
    assert "add long texts as a file" in page


def signed(user: Any) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user, request.now = user, NOW  # type: ignore[attr-defined]
    return request


@pytest.mark.django_db
def test_every_answer_tells_the_browser_to_run_nothing_but_ours(client: Client) -> None:
    for address in ("/sign-in", "/nowhere", "/health"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in headers["Cache-Control"]


@pytest.mark.django_db
def test_health_says_whether_a_worker_is_alive(client: Client) -> None:
    assert client.get("/health").json() == {"database": "answers", "worker": "silent", "letters_waiting": 0}
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert client.get("/health").json()["worker"] == "alive"


class Away:
    """Stands in for a database that does not answer."""

    def __call__(self, *arguments: Any) -> Any:
        raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.django_db
def test_health_is_bad_when_the_database_does_not_answer(client: Client) -> None:
    with connection.execute_wrapper(Away()):
        answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"database": "does not answer"})


@pytest.mark.django_db
def test_a_page_says_when_the_database_is_away(as_plan: None, client: Client) -> None:
    county()
    sign_in(client, "intake@plan")
    with connection.execute_wrapper(Away()):
        answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "The records are out of reach for a moment" in answer.content.decode()


def test_the_page_for_our_own_faults_needs_nothing_at_all() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
