"""Letters leave as their reader reads, whoever the reader is, and the Member's time counts from then."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from county import NOW, TODAY, County
from referrals.brought import Brought, contact, denied
from referrals.mailed import letter_of, manifest, to_an_office
from secondopinion.letters import braille
from secondopinion.letters.acknowledging import HEADING
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter, LetterFile, Mailing
from secondopinion.people.formats import choose_format
from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.people.rls import network_scope, plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.formats import Format
from secondopinion.referrals.afterwards import send_again, take_acknowledgements
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.posting import post
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.windows import windows

DAY = timedelta(days=1)
WHY = "The Member asked for it so, by phone."


@pytest.fixture
def house(tmp_path: Path) -> PrintHouse:
    return PrintHouse(tmp_path / "house")


def chosen(there: County, way: Brought, format: Format, on: date = TODAY, **more: object) -> None:
    member = Referral.objects.select_related("member").get(pk=way.referral).member
    now = NOW + timedelta(days=(on - TODAY).days)
    choose_format(member, format, "phone", on, person=there.person("intake@plan"), now=now, **more)


def denial(way: Brought) -> Letter:
    return letter_of(Referral.objects.get(pk=way.referral), "denial_to_member")


def enclosed(house: PrintHouse, row: dict[str, str]) -> list[bytes]:
    batch = house.folder / str(TODAY)
    return [(batch / name).read_bytes() for name in row["enclosures"].split()]


def appeal(way: Brought):
    return windows(snapshot_of(Referral.objects.get(pk=way.referral)))[0]


@pytest.mark.parametrize(
    ("format", "ends"), [(Format.AUDIO, "-to-read-aloud.txt"), (Format.ELECTRONIC, ".txt"), (Format.BRAILLE, ".brf")]
)
def test_the_file_goes_along_with_standard_print_and_so_do_the_leaflets_in_it(there, house, format, ends):
    way = denied(there)
    chosen(there, way, format)
    letter = denial(way)
    post(letter.pk, now=NOW, carrier=house)
    letter.refresh_from_db()
    (row,) = manifest(house)
    assert row["sha256"] == letter.pdf_sha256
    first, *leaflets = row["enclosures"].split()
    assert first.endswith(ends)
    assert any(name.endswith(ends) for name in leaflets)
    assert any(name.endswith(".pdf") for name in leaflets)
    kept = LetterFile.objects.get(letter=letter)
    assert enclosed(house, row)[0] == bytes(kept.content)
    assert hashlib.sha256(bytes(kept.content)).hexdigest() == kept.sha256 == row["enclosures_sha256"].split()[0]
    told = Event.objects.get(referral=way.referral, step="mailed").details
    assert told["format"] == format.value
    assert told["enclosures"][0] == kept.sha256
    assert Mailing.objects.get(letter=letter, carrier="print").format == format.value
    assert Mailing.objects.get(letter=letter, carrier="portal").format == "standard"


def test_large_print_takes_the_place_of_the_smaller_and_the_print_house_answers_for_it(there, house):
    way = denied(there)
    chosen(there, way, Format.LARGE_PRINT)
    letter = denial(way)
    post(letter.pk, now=NOW, carrier=house)
    letter.refresh_from_db()
    (row,) = manifest(house)
    kept = LetterFile.objects.get(letter=letter)
    assert row["sha256"] == kept.sha256 != letter.pdf_sha256
    assert (house.folder / str(TODAY) / row["file"]).read_bytes() == bytes(kept.content)

    def answered(seal: str) -> int:
        line = f"{letter.pk},{seal},accepted,{TODAY},"
        return len(take_acknowledgements(f"{','.join(HEADING)}\n{line}\n".encode(), NOW + DAY).refused)

    assert answered(letter.pdf_sha256) == 1
    assert answered(kept.sha256) == 0


def test_a_representatives_copy_goes_as_the_representative_reads(there, house):
    sister = AuthorizedRepresentative.objects.create(
        member=there.one, name="Ines Elm", authority="in-writing", evidence="Form", from_on=TODAY - 30 * DAY
    )
    way = denied(there)
    chosen(there, way, Format.BRAILLE, representative=sister)
    copies = Letter.objects.filter(notice__referral=way.referral, kind="denial_to_member")
    for letter in copies:
        post(letter.pk, now=NOW, carrier=house)
    rows = Mailing.objects.filter(letter__in=copies, carrier="print")
    formats = dict(rows.values_list("letter__recipient_role", "format"))
    assert formats == {"member": "standard", "representative": "braille"}


def test_an_office_is_written_to_in_standard_print(there, house):
    found, letter = to_an_office(there)
    choose_format(found.member, Format.BRAILLE, "phone", TODAY, person=there.person("intake@plan"), now=NOW)
    post(letter.pk, now=NOW, carrier=house)
    assert Mailing.objects.get(letter=letter).format == "standard"
    assert not LetterFile.objects.exists()


def test_a_letter_is_not_late_for_want_of_braille_and_no_time_counts_against_its_reader(there, house, monkeypatch):
    monkeypatch.setattr(braille, "TABLES", {"es": braille.SPANISH})
    way = denied(there)
    letter = denial(way)
    chosen(there, way, Format.BRAILLE)
    post(letter.pk, now=NOW, carrier=house)
    sent = Mailing.objects.get(letter=letter, carrier="print")
    assert (sent.format, sent.stands) == ("standard", "handed_over")
    assert "not in braille. There is no braille table for English" in sent.why
    window = appeal(way)
    assert (window.until, window.stands(TODAY)) == (None, "waits")
    assert "no time counts yet" in window.told


def test_a_letter_sent_again_as_the_member_reads_moves_the_last_day_to_appeal(there, house):
    way = denied(there)
    letter = denial(way)
    post(letter.pk, now=NOW, carrier=house)
    assert appeal(way).until == TODAY + 60 * DAY
    assert not appeal(way).told
    later = NOW + 10 * DAY
    chosen(there, way, Format.LARGE_PRINT, TODAY + 10 * DAY)
    assert appeal(way).until == TODAY + 60 * DAY, "asked for, not sent yet"
    send_again(way.referral, letter.pk, "print", WHY, person=there.person("intake@plan"), now=later)
    post(letter.pk, now=later, carrier=house)
    again = Mailing.objects.get(letter=letter, carrier="print", nth=2)
    assert (again.format, bool(again.print_sha256)) == ("large-print", True)
    window = appeal(way)
    assert window.until == (NOW + 10 * DAY).astimezone(PACIFIC).date() + 60 * DAY
    assert "First mailed on November 23, 2026" in window.told
    assert Event.objects.get(referral=way.referral, step="mailed_again").details["format"] == "large-print"


def test_an_appeal_on_the_moved_last_day_is_in_time_and_on_the_day_after_needs_a_cause(there, house):
    way = denied(there)
    letter = denial(way)
    chosen(there, way, Format.LARGE_PRINT)
    post(letter.pk, now=NOW + 5 * DAY, carrier=house)
    last = NOW + 65 * DAY
    with pytest.raises(Refused, match="The last day to appeal was"):
        way.then(contact(received_at=last + DAY), "intake@plan", last + DAY)
    way.then(contact(received_at=last), "intake@plan", last)


@pytest.mark.parametrize("column", ["format", "print_sha256"])
def test_in_which_format_a_letter_went_cannot_be_changed(there, house, column):
    way = denied(there)
    post(denial(way).pk, now=NOW, carrier=house)
    with pytest.raises(DatabaseError, match="what was handed over"), transaction.atomic():
        Mailing.objects.filter(carrier="print").update(**{column: "braille"})


def test_a_file_is_kept_as_it_was_and_seen_by_its_own_network_alone(there, house):
    way = denied(there)
    chosen(there, way, Format.AUDIO)
    letter = denial(way)
    post(letter.pk, now=NOW, carrier=house)
    with pytest.raises(DatabaseError), transaction.atomic():
        LetterFile.objects.update(name="other.txt")
    with plan_scope(TODAY), network_scope(there.sierra.pk, on=TODAY):
        assert LetterFile.objects.count() == int(letter.network_id == there.sierra.pk)
