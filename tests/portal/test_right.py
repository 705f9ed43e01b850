"""The public page of the right: its editions, its languages, the law's numbers, and words a sixth-grader reads."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from county import NOW, TODAY
from letters.reading import grade_of, sentences, without_names
from secondopinion.letters.approving import wording_sha256
from secondopinion.letters.languages import LANGUAGES
from secondopinion.letters.models import WordingApproval
from secondopinion.people.rls import plan_scope
from secondopinion.policy.asked import Program
from secondopinion.policy.parameters import value
from secondopinion.portal import editions as portal_editions
from secondopinion.portal import right
from secondopinion.portal.editions import EditionsFaulty, edition_on, editions, read, seal_of
from secondopinion.portal.words import ALL, PHRASES

HARDEST = 6.0
HEAVIEST = 200_000  # bytes
TAGS = tuple(LANGUAGES)
THURSDAY = date(2026, 11, 26)


def words_of(page: bytes) -> str:
    """What a reader sees of a page."""
    body = page.decode().split("<body", 1)[1]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.mark.clause("II.A")
@pytest.mark.parametrize("tag", TAGS)
def test_the_page_stands_in_each_language_for_anybody(db: None, tag: str) -> None:
    answer = Client().get(f"/your-right/{tag}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    direction = "rtl" if LANGUAGES[tag].right_to_left else "ltr"
    assert f'<html lang="{ALL[tag]["language"]}" dir="{direction}">' in page
    assert answer.headers["Content-Language"] == tag
    assert "noindex" not in page
    said = words_of(answer.content)
    for name in ("title", "lead", "cost_none", "how_who", "judged_by"):
        assert ALL[tag][f"right_{name}"] in said
    for other in TAGS:
        assert f'hreflang="{other}"' in page
        assert LANGUAGES[other].own_name in said


@pytest.mark.clause("II.A")
def test_its_numbers_are_the_laws_of_the_day_by_program() -> None:
    rows = dict(right.times(THURSDAY, "en", ALL["en"]))
    decide, fast, appeal = (ALL["en"][f"right_time_{step}"] for step in ("decide", "fast", "appeal"))
    for at, key in enumerate(program.value.replace("-", "_") for program in Program):
        assert rows[decide][at] == f"{value(f'decision_time.standard.{key}', THURSDAY).number} days"
        assert rows[fast][at] == f"{value(f'decision_time.expedited.{key}', THURSDAY).number} hours"
        assert rows[appeal][at] == f"{value(f'appeal_time.file.{key}', THURSDAY).number} days"
    thursday_before_the_change = date(2025, 11, 27)
    assert right.times(thursday_before_the_change, "en", ALL["en"])[0][1] == ["14 days", "14 days"]


@pytest.mark.parametrize("tag", TAGS)
def test_no_number_of_the_law_is_typed_into_its_words(tag: str) -> None:
    typed = [
        name
        for name, said in ALL[tag].items()
        if name.startswith("right_") and re.search(r"\d", said.replace("$0", ""))
    ]
    assert [name for name in typed if tag != "ko" or re.search(r"\d", re.sub(r"[23]차|\$0", "", ALL[tag][name]))] == []


def test_a_sixth_grader_reads_it() -> None:
    told = [words for name, words in ALL["en"].items() if name.startswith("right_") and words.endswith(".")]
    spoken = [one for words in told for one in sentences(without_names(words, {}))]
    assert len(spoken) > 40
    assert grade_of(spoken) <= HARDEST
    assert max(map(len, spoken)) <= 30


def test_the_browser_chooses_the_first_language(db: None) -> None:
    for asked, tag in (("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("zh-TW", "zh-Hant"), ("hmn, de", "en"), ("", "en"),
                       ("en;q=0.5, fa;q=0.9", "fa"), ("x;q=high, ;;, vi", "vi")):  # fmt: skip
        answer = Client().get("/your-right/", headers={"Accept-Language": asked})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/your-right/{tag}/")
        assert "Accept-Language" in answer.headers["Vary"]


def test_what_is_no_language_edition_or_paper_is_not_there(db: None) -> None:
    for address in (
        "de/",
        "en/edition-99/",
        "en/edition-0/",
        "en/medi-cal/your-rights.pdf",
        "en/pace/language-help.pdf",
    ):
        assert Client().get(f"/your-right/{address}").status_code == 404


@pytest.mark.parametrize("tag", TAGS)
def test_a_page_is_light(db: None, tag: str) -> None:
    static = Path(right.__file__).parent / "static" / "portal"
    styles = sum((static / name).stat().st_size for name in ("portal.css", "right.css"))
    named = re.findall(r'url\("../uswds/fonts/([^"]+)"\)', (static / "portal.css").read_text(encoding="utf-8"))
    assert named
    typefaces = sum((Path(settings.USWDS) / "fonts" / name).stat().st_size for name in named)
    answer = Client().get(f"/your-right/{tag}/")
    assert answer.status_code == 200
    assert len(answer.content) + styles + typefaces < HEAVIEST


@pytest.mark.parametrize("tag", TAGS)
def test_the_page_leads_to_asking_online_in_the_readers_language(db: None, tag: str) -> None:
    page = Client().get(f"/your-right/{tag}/").content.decode()
    assert page.count(f'href="/your-page/?language={tag}"') == 2
    assert ALL[tag]["follow_enter_lead"] in unescape(page)
    there = Client().get(f"/your-page/?language={tag}").headers["Location"]
    assert there == f"/your-page/enter/?language={tag}"
    assert f'<html lang="{ALL[tag]["language"]}"' in Client().get(there).content.decode()


def test_it_says_its_edition_and_since_when_and_whether_it_is_a_draft(db: None) -> None:
    newest = editions()[-1]
    assert ALL["en"]["right_edition_now"].format(number=newest.number, day="November 23, 2026") in words_of(
        Client().get("/your-right/en/").content
    )
    for tag in TAGS:
        said = words_of(Client().get(f"/your-right/{tag}/").content)
        assert (ALL[tag]["right_draft"] in said) is (tag not in newest.checked)


def test_every_word_of_an_edition_is_sealed() -> None:
    for edition in editions():
        for tag in edition.sha256:
            assert edition.words(tag)["right_title"], "raises where the words changed"


def test_words_that_changed_without_a_new_edition_are_not_shown(tmp_path: Path) -> None:
    folder, phrases = an_edition_that_ended(tmp_path)
    ended, newest = read(folder, phrases)
    (phrases / "en" / "right.toml").write_text('right_title = "You can not"\n', encoding="utf-8")
    with pytest.raises(EditionsFaulty, match="not those that were approved"):
        newest.words("en")
    assert ended.words("en")["right_title"] == "An old title"


def test_an_edition_that_ended_stays_readable_with_the_numbers_of_its_last_day(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = read(*an_edition_that_ended(tmp_path))
    monkeypatch.setattr(portal_editions, "editions", lambda: both)
    monkeypatch.setattr(right, "editions", lambda: both)
    assert both[0].last_on == date(2025, 12, 31)
    said = words_of(Client().get("/your-right/en/edition-1/").content)
    assert "An old title" in said
    assert "This is an old edition. It was here from January 6, 2025 to December 31, 2025." in said
    assert "14 days" in said
    now = Client().get("/your-right/en/").content.decode()
    assert "An old title" not in now
    assert 'href="/your-right/en/edition-1/"' in now


def test_the_edition_of_a_day_is_the_last_that_had_begun() -> None:
    first = editions()[0]
    assert edition_on(first.live_from) == first
    assert edition_on(date(2026, 11, 20)) is None


def test_a_list_of_editions_that_breaks_its_form_says_how(tmp_path: Path) -> None:
    folder, phrases = an_edition_that_ended(tmp_path)
    list_file = folder / "editions.toml"
    good = list_file.read_text(encoding="utf-8")
    for wrong, why in (
        (good.replace("approved_by", "said_by", 1), "does not say approved_by"),
        (good.replace("number = 2", "number = 3"), "numbered from 1"),
        (good.replace("live_from = 2026-01-01", "live_from = 2024-01-01"), "begins on a later day"),
        (good.replace("approved_on = 2025-12-30", "approved_on = 2026-02-02"), "before it was approved"),
    ):
        list_file.write_text(wrong, encoding="utf-8")
        with pytest.raises(EditionsFaulty, match=why):
            read(folder, phrases)


def an_edition_that_ended(tmp_path: Path) -> tuple[Path, Path]:
    """A list of two editions, the first over since Wednesday 2025-12-31, and the folder of the newest's words."""
    folder, phrases = tmp_path / "editions", tmp_path / "phrases"
    (folder / "1").mkdir(parents=True)
    (phrases / "en").mkdir(parents=True)
    old, new = folder / "1" / "en.toml", phrases / "en" / "right.toml"
    words = (PHRASES / "en" / "right.toml").read_text(encoding="utf-8")
    new.write_text(words, encoding="utf-8")
    old.write_text(words.replace(ALL["en"]["right_title"], "An old title"), encoding="utf-8")
    rows = []
    for number, day, approved, file in ((1, "2025-01-06", "2025-01-03", old), (2, "2026-01-01", "2025-12-30", new)):
        rows.append(
            f'[[edition]]\nnumber = {number}\nlive_from = {day}\napproved_by = "A physician"\n'
            f'approved_on = {approved}\nchecked = ["en"]\nsha256 = {{ en = "{seal_of(file)}" }}\n'
        )
    (folder / "editions.toml").write_text("\n".join(rows), encoding="utf-8")
    return folder, phrases


@pytest.mark.parametrize("tag", [tag for tag in TAGS if LANGUAGES[tag].right_to_left])
def test_a_telephone_runs_from_left_to_right_in_a_line_that_runs_the_other_way(db: None, tag: str) -> None:
    page = Client().get(f"/your-right/{tag}/").content.decode()
    told = re.findall(r"(.{12})(?<![\d+])1-\d{3}-\d{3}-\d{4}", page)
    assert len(told) > 4
    assert [before for before in told if not before.endswith(('dir="ltr">', "\u2066", 'ltr">TTY '))] == []


@pytest.mark.parametrize("paper", right.PAPERS)
def test_each_paper_is_a_pdf_in_the_readers_language(db: None, paper: str) -> None:
    answer = Client().get(f"/your-right/ru/onecare/{paper}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_paper_that_nobody_approved_is_handed_out_in_english_or_not_at_all(db: None) -> None:
    with override_settings(LETTERS_APPROVED_ONLY=True):
        said = words_of(Client().get("/your-right/es/").content)
        assert "Manual del Miembro" not in said, "not even the English is approved"
        assert Client().get("/your-right/es/medi-cal/member-handbook.pdf").status_code == 404
        approved("right_in_handbook", "en")
        said = words_of(Client().get("/your-right/es/").content)
        assert "Lo que dice el Manual del Miembro (Medi-Cal), en inglés" in said
        assert Client().get("/your-right/es/medi-cal/member-handbook.pdf").status_code == 200
        approved("right_in_handbook", "es")
        assert "(Medi-Cal), en inglés" not in words_of(Client().get("/your-right/es/").content)


def approved(kind: str, language: str) -> None:
    """Two people have agreed on a wording as it is written today."""
    with plan_scope(TODAY):
        proposed = WordingApproval.objects.create(
            kind=kind, language=language, wording_sha256=wording_sha256(kind, language), proposed_by="One",
            proposed_role="", proposed_staff=1, proposed_at=NOW,
        )  # fmt: skip
        proposed.approved_by, proposed.approved_staff, proposed.approved_at = "Two", 2, NOW
        proposed.save()
