"""Pages go out packed to whoever takes it; files and answers to systems go as they are."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from secondopinion.site.packing import PackedPages

WORDS = "A second opinion, in time. " * 100


def packed(answer: HttpResponseBase, **asked: str) -> HttpResponseBase:
    request = RequestFactory().get("/", headers=asked)
    return PackedPages(lambda _: answer)(request)


def test_a_page_is_packed_for_a_browser_that_takes_it() -> None:
    answer = packed(HttpResponse(WORDS), **{"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert isinstance(answer, HttpResponse)
    assert gzip.decompress(answer.content).decode() == WORDS
    assert len(answer.content) < len(WORDS) / 5


def test_a_page_is_left_as_it_is_for_one_that_does_not() -> None:
    answer = packed(HttpResponse(WORDS))
    assert isinstance(answer, HttpResponse)
    assert answer.content.decode() == WORDS


@pytest.mark.parametrize(
    "answer",
    [
        JsonResponse({"said": WORDS}),
        HttpResponse(WORDS, content_type="application/pdf"),
        StreamingHttpResponse([WORDS]),
    ],
    ids=["to a system", "a letter", "piece by piece"],
)
def test_what_is_no_page_is_not_packed(answer: HttpResponseBase) -> None:
    assert "Content-Encoding" not in packed(answer, **{"Accept-Encoding": "gzip"}).headers
