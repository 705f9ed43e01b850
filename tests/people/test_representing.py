"""Who may act for a Member: with a paper, for what it names, on its days, until another row ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from county import NOW, TODAY, County, county, member
from people.test_file_kinds import PDF, PNG
from secondopinion.people import rls
from secondopinion.people.find import representatives_of
from secondopinion.people.kept.kinds import NotTaken
from secondopinion.people.models import AuthorizedRepresentative, RepresentativePaper
from secondopinion.people.models_representing import RepresentativeEnd, Scope
from secondopinion.people.representing import NotAnAuthority, Told, acting, end, readers_of, record
from secondopinion.people.rls import network_scope, plan_scope
from secondopinion.policy.privacy import Segment

SIGNED = date(2026, 11, 2)  # Monday
TOLD = Told(
    name="Rosa  Reyes", basis="appointment", scopes=("choose", "letters"), signed_on=SIGNED, from_on=None, to_on=None,
    phone="1-714-555-0171", address="", paper_name="appointment.pdf", paper=PDF,
)  # fmt: skip
NONE: frozenset[Segment] = frozenset()
MIND = frozenset({Segment.BEHAVIOURAL_HEALTH})
Basis = AuthorizedRepresentative.Basis


@pytest.fixture
def there(as_plan: None) -> County:
    return county()


def recorded(there: County, who=None, programs=("medi-cal",), **other) -> AuthorizedRepresentative:
    said = replace(TOLD, **other)
    return record(who or there.maria, said, programs, person=there.person("intake@plan"), now=NOW)


def ended(there: County, rep, how="revoked", on=TODAY, who="intake@plan") -> RepresentativeEnd:
    return end(rep, how, on, "She called and said so.", person=there.person(who), now=NOW)


def a_minor(there: County, age: int = 15):
    return member("M0000099", "Young", "Reyes", date(2026 - age, 1, 5), "medi-cal", there.pcp, there.citrus)


def test_an_appointment_lets_one_person_do_what_it_names_and_no_more(there):
    made = recorded(there)
    assert acting(there.maria.pk, "rosa reyes", Scope.CHOOSE, NONE, TODAY) == made
    assert acting(there.maria.pk, "Rosa Reyes", Scope.WITHDRAW, NONE, TODAY) is None
    assert acting(there.maria.pk, "Ana Reyes", Scope.CHOOSE, NONE, TODAY) is None
    assert acting(there.one.pk, "Rosa Reyes", Scope.CHOOSE, NONE, TODAY) is None


def test_an_appointment_holds_from_the_day_it_was_signed_to_its_last_day(there):
    recorded(there, to_on=TODAY)
    for on, may in ((SIGNED - timedelta(1), False), (SIGNED, True), (TODAY, True), (TODAY + timedelta(1), False)):
        assert bool(representatives_of(there.maria.pk, on)) is may, on


def test_a_onecare_appointment_ends_with_its_year_at_the_latest(there):
    assert recorded(there, there.joe, ("onecare",)).to_on == date(2027, 11, 2)  # Tuesday
    assert recorded(there, there.joe, ("onecare",), to_on=TODAY).to_on == TODAY
    assert recorded(there).to_on is None


def test_legal_authority_reaches_everything_also_what_is_sensitive(there):
    made = recorded(there, there.joe, ("onecare",), basis="power-of-attorney", scopes=())
    assert set(made.scopes) == set(Scope.values)
    assert acting(there.joe.pk, "Rosa Reyes", Scope.OBJECT, MIND, TODAY) == made


def test_the_paper_is_kept_sealed_with_the_authority(there):
    made = recorded(there, paper=PNG)
    row = RepresentativePaper.objects.get(representative=made)
    assert (row.plain(), row.kind, row.name) == (PNG, "png", "appointment.pdf")
    assert PNG not in bytes(row.content)


def test_a_paper_that_is_no_paper_records_nothing(there):
    with pytest.raises(NotTaken), transaction.atomic():
        recorded(there, paper=b"MZ this is a program")
    assert not AuthorizedRepresentative.objects.filter(member=there.maria).exists()


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"name": " "}, "The name of the representative is missing."),
        ({"basis": ""}, "Say what the authority rests on."),
        ({"paper": b""}, "The paper is missing: the appointment that the Member signed."),
        ({"signed_on": None}, "The day on the paper is missing"),
        ({"signed_on": TODAY + timedelta(1)}, "cannot be signed in the future"),
        ({"from_on": SIGNED - timedelta(1)}, "holds from the day it was signed"),
        ({"from_on": TODAY, "to_on": SIGNED}, "The last day lies before the first day."),
        ({"scopes": ()}, "Say what the Member appointed the person for"),
        ({"scopes": ("sensitive",)}, "Say what the Member appointed the person for"),
        ({"scopes": ("everything",)}, "Say what the Member appointed the person for"),
        ({"basis": "parent"}, "The Member is of age"),
        ({"basis": "cms-1696"}, "appoints for OneCare only"),
    ],
)
def test_what_is_missing_is_said_in_words(there, other, sentence):
    with pytest.raises(NotAnAuthority, match=sentence) as refused:
        recorded(there, **other)
    assert "Reyes" not in str(refused.value)


def test_everything_that_is_missing_is_said_at_once(there):
    with pytest.raises(NotAnAuthority) as refused:
        recorded(there, name="", paper=b"", signed_on=None, scopes=())
    assert len(refused.value.sentences) == 4


def test_a_minor_appoints_nobody_and_has_parents(there):
    minor = a_minor(there)
    with pytest.raises(NotAnAuthority, match="A minor appoints nobody"):
        recorded(there, minor)
    assert recorded(there, minor, basis="parent").authority == "parent"


def test_a_parent_acts_until_the_midnight_of_the_eighteenth_birthday(there):
    minor = a_minor(there)
    recorded(there, minor, basis="parent")
    last = date(2029, 1, 4)  # Thursday
    assert representatives_of(minor.pk, last)
    assert not representatives_of(minor.pk, last + timedelta(1))


@pytest.mark.parametrize(("age", "hears"), [(11, True), (12, False), (17, False)])
def test_a_parent_does_not_hear_of_care_that_the_minor_consents_to_alone(there, age, hears):
    minor = a_minor(there, age)
    recorded(there, minor, basis="parent")
    assert bool(readers_of(minor.pk, NONE, TODAY)) is True
    assert bool(readers_of(minor.pk, MIND, TODAY)) is hears
    assert bool(readers_of(minor.pk, None, TODAY)) is hears, "not known is not no"
    assert bool(acting(minor.pk, "Rosa Reyes", Scope.CHOOSE, MIND, TODAY)) is hears


def test_an_appointee_hears_of_sensitive_care_only_when_the_paper_names_it(there):
    recorded(there)
    assert readers_of(there.maria.pk, MIND, TODAY) == ()
    named = recorded(there, name="Ana Reyes", scopes=("letters", "sensitive"))
    assert readers_of(there.maria.pk, MIND, TODAY) == (named,)


@pytest.mark.parametrize(
    ("how", "who"), [("revoked", "intake@plan"), ("ended", "intake@plan"), ("refused", "nurse@plan")]
)
def test_an_end_counts_from_its_day_and_overwrites_nothing(there, how, who):
    made = recorded(there)
    ended(there, made, how, TODAY, who)
    assert representatives_of(there.maria.pk, TODAY - timedelta(1)) == (made,)
    assert representatives_of(there.maria.pk, TODAY) == ()
    made.refresh_from_db()
    assert made.to_on is None
    again = recorded(there)
    assert representatives_of(there.maria.pk, TODAY) == (again,), "who may act again has a new record"


def test_only_a_nurse_or_a_physician_refuses_a_representative(there):
    made = recorded(there)
    with pytest.raises(NotAnAuthority, match="in professional judgment"):
        ended(there, made, "refused")
    assert ended(there, made, "refused", who="physician@plan").how == "refused"


@pytest.mark.parametrize(
    ("how", "on", "why", "sentence"),
    [
        ("gone", TODAY, "x", "Say how"),
        ("revoked", TODAY, " ", "Say why"),
        ("revoked", TODAY, "x" * 301, "at most 300"),
        ("revoked", TODAY + timedelta(1), "x", "Come back on that day"),
    ],
)
def test_an_end_that_cannot_be_is_refused(there, how, on, why, sentence):
    made = recorded(there)
    with pytest.raises(NotAnAuthority, match=sentence):
        end(made, how, on, why, person=there.person("nurse@plan"), now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE people_representativeend SET why = 'x'",
        "DELETE FROM people_representativeend",
        "UPDATE people_representativepaper SET content = 'x'",
        "DELETE FROM people_representativepaper",
    ],
)
def test_the_database_lets_nobody_change_an_end_or_a_paper(there, change):
    ended(there, recorded(there))
    refusal = pytest.raises(DatabaseError, match=r"write-once|permission denied")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_only_the_network_that_has_the_member_sees_them(there):
    ended(there, recorded(there))
    with plan_scope(TODAY):
        for network, count in ((there.citrus, 1), (there.sierra, 0)):
            with network_scope(network.pk, on=TODAY):
                assert AuthorizedRepresentative.objects.count() == count
                assert RepresentativePaper.objects.count() == count
                assert RepresentativeEnd.objects.count() == count
    rls.set_scope(rls.Scope(None, TODAY))
