"""Where real Members are, a letter whose wording nobody has approved stays, is named, and leaves once it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from county import NOW, County
from referrals.brought import denied
from referrals.mailed import manifest
from referrals.spanish import approved, denied_in_spanish, to_the_reader, translated
from secondopinion.letters.approving import propose, withdraw, wordings
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.kinds import KINDS
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.refusal import KeptBack
from secondopinion.referrals.checks.letters_can_be_read import LettersCanBeRead
from secondopinion.referrals.language_work import approve_wordings
from secondopinion.referrals.models import Notice, Referral
from secondopinion.referrals.overnight import overnight
from secondopinion.referrals.posting import post

HOUR = timedelta(hours=1)
LEAFLETS = ("your_rights", "nondiscrimination_notice", "language_help")
IN_THE_ENVELOPE = (
    ("denial_to_member", "es"),
    *((leaflet, "es" if "es" in KINDS[leaflet].languages else "en") for leaflet in LEAFLETS),
)


@pytest.fixture(autouse=True)
def real_members() -> Iterator[None]:
    with override_settings(LETTERS_APPROVED_ONLY=True):
        yield


def agreed(there: County, *chosen: tuple[str, str]) -> int:
    """Two people agree on wordings. How many letters are tried again."""
    keys = [each.key for each in wordings() if (each.kind, each.language) in chosen]
    propose(keys, there.person("appeals@plan"), NOW)
    return approve_wordings(keys, person=there.person("physician@plan"), now=NOW)[1]


def jobs(letter: Letter) -> int:
    return ProcrastinateJob.objects.filter(args__letter_id=str(letter.pk)).count()


def test_a_draft_stays_its_clock_runs_and_it_leaves_once_two_people_agreed_on_it_and_its_leaflets(there, tmp_path):
    letter = to_the_reader(denied_in_spanish(there).referral)
    translated(there, letter)
    approved(there, letter)
    house = PrintHouse(tmp_path)
    for chosen in IN_THE_ENVELOPE:
        with pytest.raises(KeptBack, match="is a draft"):
            post(letter.pk, now=NOW, carrier=house)
        agreed(there, chosen)
    letter.refresh_from_db()
    assert (letter.sealed_at, manifest(house)) == (None, [])
    waiting = Mailing.objects.get(letter=letter, carrier="print")
    assert (waiting.stands, waiting.tries) == ("waiting", len(IN_THE_ENVELOPE))
    assert "is a draft" in waiting.why
    assert letter.notice.referral.due_at is not None
    assert jobs(letter) == 1 + len(IN_THE_ENVELOPE), "each approval sends the worker for what it may have freed"
    assert post(letter.pk, now=NOW + HOUR, carrier=house)
    letter.refresh_from_db()
    assert letter.wording_sha256 == next(
        each.sha256 for each in wordings() if (each.kind, each.language) == IN_THE_ENVELOPE[0]
    )
    assert len(manifest(house)) == 1


def test_english_is_no_exception_and_the_letters_to_offices_are_none(there, tmp_path):
    way = denied(there)
    for role, kind in (("member", "denial_to_member"), ("pcp", "denial_to_pcp")):
        with pytest.raises(KeptBack, match="in English is a draft"):
            post(to_the_reader(way.referral, role, kind).pk, now=NOW, carrier=PrintHouse(tmp_path))
    assert agreed(there, ("denial_to_pcp", "en")) == 1, "only the letter of this kind is tried"
    assert post(to_the_reader(way.referral, "pcp", "denial_to_pcp").pk, now=NOW, carrier=PrintHouse(tmp_path))


def test_what_waits_for_words_is_not_tried_when_its_wording_is_approved(there):
    letter = to_the_reader(denied_in_spanish(there).referral)
    assert agreed(there, ("denial_to_member", "es")) == 0
    assert jobs(letter) == 0


def test_an_approval_taken_back_keeps_the_next_letter_and_not_the_one_that_left(there, tmp_path):
    house, chosen = PrintHouse(tmp_path), tuple((kind, "en") for kind in ("denial_to_member", *LEAFLETS))
    agreed(there, *chosen)
    first = to_the_reader(denied(there).referral)
    assert post(first.pk, now=NOW, carrier=house)
    key = next(each.key for each in wordings() if (each.kind, each.language) == chosen[0])
    withdraw(key, "A number of days is wrong.", there.person("physician@plan"), NOW)
    first.refresh_from_db()
    assert first.mailed_at == NOW
    there.joe.language = "en"
    other = Notice.objects.filter(letter__mailed_at__isnull=True).first()
    assert other is not None
    with pytest.raises(KeptBack):
        post(other.letter_id, now=NOW, carrier=house)


def test_the_night_names_every_letter_that_is_kept_back_and_since_when(there):
    letter = to_the_reader(denied_in_spanish(there).referral)
    number = Referral.objects.get().number
    (tally,) = overnight(NOW + HOUR, checks=(LettersCanBeRead(),)).tallies
    assert {each.number for each in tally.first} == {number}
    pcp = to_the_reader(letter.notice.referral_id, "pcp", "denial_to_pcp")
    since = "since 2026-11-23 18:00 UTC"
    assert {each.what for each in tally.first} == {
        f"the letter {letter.pk} (denial to member) is kept back for a translation into “es” {since}",
        f"the letter {letter.pk} (denial to member) is kept back as a draft in “es” {since}",
        f"the letter {pcp.pk} (denial to pcp) is kept back as a draft in “en” {since}",
    }
    with override_settings(LETTERS_APPROVED_ONLY=False):
        (tally,) = overnight(NOW + HOUR, checks=(LettersCanBeRead(),)).tallies
    assert [each.what.split(") ")[1][:30] for each in tally.first] == ["is kept back for a translation"]
