"""A letter is printed, sealed, posted and marked together, once; afterwards nothing moves it."""

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction

from letters.samples import EVERY, data_of, frozen
from secondopinion.letters import mailing
from secondopinion.letters.carriers import NotCarried, Parcel, PrintHouse
from secondopinion.letters.freeze import freeze
from secondopinion.letters.kinds import KINDS, Example, examples
from secondopinion.letters.mailing import NoSuchLetter, Posted, mail
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.paper import seal, text_of
from secondopinion.letters.refusal import Incomplete
from secondopinion.people.models import HealthNetwork
from secondopinion.people.rls import network_scope, plan_scope

FRIDAY = date(2026, 11, 20)  # Friday
NOON = datetime(2026, 11, 20, 20, tzinfo=UTC)  # Friday, noon in California

# A denial quotes the policy's own words on second opinions, and these tell of the right to one.
SPEAKS_OF_SECOND_OPINIONS = {kind.name for kind in KINDS.values() if kind.adverse} | {
    "right_statement_to_member", "right_in_handbook", "right_insert",
}  # fmt: skip


class Struck(BaseException):
    """The process is gone, between one instruction and the next."""


class DiesAfterPosting:
    """A print house whose worker dies when the letter has been handed over."""

    def __init__(self, house: PrintHouse) -> None:
        self.house = house

    def post(self, parcel: Parcel) -> str:
        self.house.post(parcel)
        raise Struck


class DiesBeforePosting:
    """A worker that dies with the sealed letter in its hand."""

    def post(self, parcel: Parcel) -> str:
        raise Struck


class Closed:
    """A print house that takes nothing."""

    def post(self, parcel: Parcel) -> str:
        raise NotCarried("The print house is closed.")


def owed(
    kind: str = "denial_to_member", name: str = "example-medi-cal", network: HealthNetwork | None = None
) -> Letter:
    """A letter that is owed, in the row in which the ledger would write it."""
    letter = frozen(kind, next(e for e in examples(kind) if e.name == name))
    return Letter.objects.create(
        id=uuid.uuid4(), kind=letter.kind, program=letter.program, language=letter.language,
        recipient_role="member", recipient_name=letter.data["recipient"]["name"], data=letter.data,
        data_sha256=letter.data_sha256, template_sha256=letter.template_sha256, network=network,
        owed_at=NOON, batch_on=FRIDAY,
    )  # fmt: skip


def lines(folder: Path) -> list[str]:
    return (folder / "2026-11-20" / "manifest.csv").read_text().splitlines()[1:]


@pytest.fixture
def letter(committed) -> Letter:
    with plan_scope(FRIDAY):
        return owed()


def mailed(letter: Letter, carrier, now: datetime = NOON) -> Posted | None:
    with plan_scope(FRIDAY):
        return mail(letter.pk, now=now, carrier=carrier)


def again(letter: Letter) -> Letter:
    with plan_scope(FRIDAY):
        return Letter.objects.get(pk=letter.pk)


def test_a_letter_is_sealed_posted_and_marked(letter, tmp_path):
    posted = mailed(letter, PrintHouse(tmp_path))
    assert posted is not None
    kept = again(letter)
    assert hashlib.sha256(kept.pdf).hexdigest() == kept.pdf_sha256 == posted.pdf_sha256
    assert (tmp_path / kept.batch_line).read_bytes() == bytes(kept.pdf)
    assert {"GG.1538 II.K.1", "GG.1538 II.K.2", "GG.1538 II.K.3"} <= set(kept.marks)
    assert kept.mailed_at == kept.sealed_at == NOON


def test_mailing_again_does_nothing(letter, tmp_path):
    mailed(letter, PrintHouse(tmp_path))
    assert mailed(letter, PrintHouse(tmp_path)) is None
    assert len(lines(tmp_path)) == 1


@pytest.mark.parametrize("dies", [lambda h: DiesBeforePosting(), DiesAfterPosting], ids=["before", "after"])
def test_a_worker_that_dies_leaves_the_letter_waiting_and_the_next_mails_it_once(letter, tmp_path, dies):
    house = PrintHouse(tmp_path)
    for _ in range(3):
        with pytest.raises(Struck):
            mailed(letter, dies(house))
        assert again(letter).mailed_at is None
    mailed(letter, house)
    assert len(lines(tmp_path)) == 1
    assert again(letter).mailed_at == NOON


def test_two_workers_at_once_mail_it_once(letter, tmp_path):
    def work(_: int) -> Posted | None:
        try:
            return mailed(letter, PrintHouse(tmp_path))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(work, range(2)))
    assert [r is None for r in results].count(False) == 1
    assert len(lines(tmp_path)) == 1


def test_a_closed_print_house_leaves_the_letter_waiting(letter):
    with pytest.raises(NotCarried):
        mailed(letter, Closed())
    assert again(letter).pdf is None


def test_a_letter_that_lacks_what_a_clause_orders_is_not_mailed(letter, tmp_path, monkeypatch):
    monkeypatch.setattr(mailing, "required_marks", lambda *_: frozenset({"GG.1538 II.Z"}))
    with pytest.raises(Incomplete, match=r"II\.Z"):
        mailed(letter, PrintHouse(tmp_path))
    assert again(letter).mailed_at is None
    assert not list(tmp_path.iterdir())


def test_an_unknown_letter_is_told_in_a_sentence(committed, tmp_path):
    with pytest.raises(NoSuchLetter, match=r"^There is no such letter here\."), plan_scope(FRIDAY):
        mail(uuid.uuid4(), now=NOON, carrier=PrintHouse(tmp_path))


@pytest.mark.parametrize(
    "change",
    [
        {"data": {}}, {"data_sha256": "1" * 64}, {"template_sha256": "1" * 64}, {"kind": "approval_to_member"},
        {"recipient_name": "Another"}, {"batch_on": date(2026, 11, 23)},
    ],
    ids=lambda c: next(iter(c)),
)  # fmt: skip
def test_what_a_letter_says_cannot_be_changed_once_owed(letter, change):
    with pytest.raises(DatabaseError, match="frozen when it was owed"), plan_scope(FRIDAY):
        Letter.objects.filter(pk=letter.pk).update(**change)


@pytest.mark.parametrize("change", [{"pdf": b"x"}, {"pdf_sha256": "1" * 64}, {"mailed_at": None}, {"batch_line": ""}])
def test_a_mailed_letter_cannot_be_changed_at_all(letter, tmp_path, change):
    mailed(letter, PrintHouse(tmp_path))
    with pytest.raises(DatabaseError, match="has left the house"), plan_scope(FRIDAY):
        Letter.objects.filter(pk=letter.pk).update(**change)


def test_a_letter_cannot_be_deleted(letter):
    with pytest.raises(DatabaseError), plan_scope(FRIDAY):
        Letter.objects.filter(pk=letter.pk).delete()
    assert again(letter)


def test_a_letter_cannot_be_marked_mailed_before_it_is_sealed(letter):
    with pytest.raises(DatabaseError, match="mailed_only_when_sealed"), plan_scope(FRIDAY):
        Letter.objects.filter(pk=letter.pk).update(mailed_at=NOON)


@pytest.mark.django_db
def test_a_network_sees_its_own_letters_and_no_other(settings):
    with plan_scope(FRIDAY):
        mine = HealthNetwork.objects.create(name="Citrus Valley Medical Group", kind="phc", phone="1-714-555-0170")
        other = HealthNetwork.objects.create(name="Sierra Oak Health", kind="hmo", phone="1-714-555-0171")
        letter = owed(network=mine)
        owed(network=other)
        owed(network=None)
    with transaction.atomic(), network_scope(mine.pk, on=FRIDAY):
        assert list(Letter.objects.all()) == [letter]


def test_the_policy_in_force_on_the_letters_day_says_what_it_must_say():
    differs = data_of("report_to_member", "example-medi-cal")
    agrees = data_of("report_to_member", "example-onecare")
    assert "GG.1538 II.D" in mailing.required_marks("report_to_member", "medi-cal", differs)
    assert "GG.1538 II.D" not in mailing.required_marks("report_to_member", "onecare", agrees)


@pytest.mark.parametrize("opinion", ["second", "third", "additional"])
@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_every_letter_of_every_opinion_says_what_it_must(kind: str, example: Example, opinion: str):
    data = data_of(kind, example.name)
    data["referral"]["opinion"] = opinion
    program = data["referral"]["program"]
    sealed = seal(freeze(kind, program, "en", data), mailing.required_marks(kind, program, data))
    words = " ".join(text_of(sealed.pdf).split())
    if opinion != "second" and kind not in SPEAKS_OF_SECOND_OPINIONS:
        assert "second opinion" not in words


def test_letters_that_left_before_mailings_were_kept_get_theirs(letter):
    with plan_scope(FRIDAY):
        waiting = owed()
        sealed = {"pdf": b"%PDF", "pdf_sha256": "0" * 64, "sealed_at": NOON, "mailed_at": NOON}
        Letter.objects.filter(pk=letter.pk).update(**sealed, batch_line="2026-11-20/old-name.pdf")
        with connections["default"].cursor() as cursor:
            cursor.execute(import_module("secondopinion.letters.migrations.0003_mailings").BEFORE)
        (made,) = Mailing.objects.all()
        assert (made.letter_id, made.carrier, made.nth, made.stands) == (letter.pk, "print", 1, "handed_over")
        assert (made.receipt, made.handed_over_at, made.batch_on) == ("2026-11-20/old-name.pdf", NOON, FRIDAY)
        assert waiting.mailed_at is None
