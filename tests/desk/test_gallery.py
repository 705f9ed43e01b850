"""The gallery of letters: staff find any letter in two clicks, and see what it must say and where it says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from secondopinion.letters import exhibits
from secondopinion.letters.exhibits import exhibit
from secondopinion.letters.kinds import KINDS
from secondopinion.letters.languages import LANGUAGES
from secondopinion.policy.gg1538.matrix import decisions

Browser = Callable[[str], Client]


def text(response: HttpResponse) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def links(response: HttpResponse) -> list[tuple[str, str]]:
    """Each link of a page: its words, and where it leads."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    return [(" ".join(unescape(re.sub(r"<[^>]+>", "", words)).split()), unescape(to)) for to, words in found]


def test_the_table_shows_every_kind_in_every_language_it_is_drawn_in(signed_in_as: Browser) -> None:
    page = signed_in_as("nurse@plan").get(reverse("gallery"))
    shown = {to for _, to in links(page)}
    for kind in KINDS.values():
        for language in LANGUAGES:
            address = reverse("gallery-letter", args=[kind.name, language])
            assert (address in shown) == (language in kind.languages)
    said = text(page)
    assert all(each.words in said and each.clause in said for each in decisions().values())


def test_the_table_is_shown_without_printing_anything(signed_in_as: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def printed(*_: object) -> None:
        raise AssertionError("a letter was printed")

    monkeypatch.setattr(exhibits, "preview", printed)
    assert signed_in_as("nurse@plan").get(reverse("gallery")).status_code == 200


def test_the_spanish_denial_for_onecare_is_two_clicks_away(signed_in_as: Browser) -> None:
    client = signed_in_as("nurse@sierra")
    table = client.get(dict(links(client.get("/")))["Letters"])
    first = client.get(dict(links(table))["Spanish: Denial to the Member"])
    second = client.get(first.wsgi_request.path + dict(links(first))["As usual, OneCare"].partition("/es/")[2])
    said = text(second)
    assert "Negamos" in said or "negamos" in said.lower()
    assert "Commence Health" in said


def test_only_the_letters_of_a_program_and_a_language_are_shown_when_asked(signed_in_as: Browser) -> None:
    client = signed_in_as("nurse@plan")
    medi_cal = client.get(reverse("gallery"), {"program": "medi-cal", "language": "es"})
    assert "Dismissal, to the Member" not in text(medi_cal)
    assert "Dismissal, to the Member" in text(client.get(reverse("gallery"), {"program": "onecare"}))
    assert [words for words, _ in links(medi_cal) if words.startswith("Vietnamese")] == []
    assert client.get(reverse("gallery"), {"program": "<b>", "language": "tlh"}).status_code == 200


def test_a_letter_shows_its_pages_its_sentences_and_its_elements_by_program(signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    page = client.get(reverse("gallery-letter", args=["denial_to_member", "en"]), {"program": "onecare"})
    said, source = text(page), page.content.decode()
    assert source.count('src="data:image/png;base64,') == 3
    assert "QIO among those who take complaints" in said
    assert "The clause as a whole: " in said
    assert 'href="#said-1"' in source
    assert '<g id="said-1">' in source
    assert said.count("Not ordered") == 3  # no QIO, no rules and no reviewer of Medicare in Medi-Cal
    assert "This letter cannot leave" not in said


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].reader != "everyone"])
def test_every_sentence_of_a_letter_written_from_left_to_right_has_its_lines_marked(kind: str) -> None:
    for example, _ in exhibits.cases(kind)[:2]:
        looked = exhibit(kind, example.name, "en").preview
        assert looked.sendable
        assert all(one.place and one.place.spots for one in looked.ordered if len(one.words) < 200)


def test_the_very_pdf_is_served_and_not_sent_twice(signed_in_as: Browser) -> None:
    client = signed_in_as("nurse@plan")
    address = reverse("gallery-pdf", args=["denial_to_member", "es", "example-onecare"])
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer.content == exhibit("denial_to_member", "example-onecare", "es").preview.pdf
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    other = reverse("gallery-pdf", args=["denial_to_member", "es", "example-medi-cal"])
    assert client.get(other, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_a_letter_is_printed_once_for_each_state_of_its_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = []
    whole = exhibits.preview
    monkeypatch.setattr(exhibits, "preview", lambda *told: printed.append(told) or whole(*told))
    exhibits._kept.cache_clear()
    for _ in range(2):
        exhibit("denial_to_requester", "example-medi-cal", "en")
    exhibit("denial_to_requester", "example-onecare", "en")
    assert len(printed) == 2


def test_what_is_not_drawn_is_a_page_that_says_so(signed_in_as: Browser) -> None:
    client = signed_in_as("nurse@plan")
    for kind, language in (("birthday_card", "en"), ("denial_to_requester", "es"), ("denial_to_member", "xx")):
        assert client.get(reverse("gallery-letter", args=[kind, language])).status_code == 404
    assert client.get(reverse("gallery-letter", args=["denial_to_member", "en"]), {"case": "none"}).status_code == 404
    assert client.get(reverse("gallery-pdf", args=["denial_to_member", "en", "none"])).status_code == 404
    assert Client().get(reverse("gallery")).status_code == 302
