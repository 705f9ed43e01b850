"""What the front door writes down of those whom it, or a room behind it, turns away."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from county import TODAY, County, county, sign_in
from secondopinion.people.rls import plan_scope


@pytest.fixture
def place(committed: None) -> County:
    with plan_scope(TODAY):
        return county()


def test_a_refusal_is_written_down_without_the_address_of_the_page(
    place: County, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, "admin@plan")
    with caplog.at_level(logging.WARNING, "secondopinion.refused"):
        assert client.get("/referrals/SO-2026-000001/").status_code in (403, 404)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "secondopinion.refused"]
    assert all(word in line for word in ("GET", "account", "127.0.0.1"))
    assert "SO-2026-000001" not in line


def test_a_page_that_is_shown_leaves_no_such_line(
    place: County, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, "nurse@plan")
    with caplog.at_level(logging.WARNING, "secondopinion.refused"):
        assert client.get("/").status_code == 200
    assert [record for record in caplog.records if record.name == "secondopinion.refused"] == []
