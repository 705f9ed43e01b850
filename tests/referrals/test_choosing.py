"""The Member's choice: whose word, how and when, from which list; the pick; and that nobody suits."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import orjson
import pytest

from county import LONG_AGO, NOW, County
from policy.when import at
from referrals.brought import YES, Brought, authorized, came_in, scheduled
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Taken
from secondopinion.referrals.choosing import UNSUITED
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.listing import Filters, list_for
from secondopinion.referrals.models import Event, Notice, Referral, RunningClock
from secondopinion.referrals.packet_words import event_words
from secondopinion.referrals.pages import THE_MEMBER
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.shown import Shown, sealed, unsealed
from secondopinion.referrals.told import Choose, Told
from secondopinion.referrals.told_after import DECLINES, Decline, Search
from secondopinion.referrals.told_choosing import ChooseAgain, NoneSuits, Pick

LATER = NOW + timedelta(hours=2)  # Monday 2026-11-23 12:00


def chosen(way: Brought, told: Told, who: str = "intake@plan") -> Event:
    taken = take(way, told, who)
    return Event.objects.get(referral_id=way.referral, position=taken.position)


def take(way: Brought, told: Told, who: str = "intake@plan") -> Taken:
    person = THE_MEMBER if who == "member" else way.there.person(who)
    return advance(way.referral, told, person=person, now=LATER)


def the_list(way: Brought, **filters: object) -> Shown:
    referral = Referral.objects.get(pk=way.referral)
    return list_for(snapshot_of(referral), referral.member, Filters(**filters), NOW).shown  # type: ignore[arg-type]


def tied(who: QualifiedProfessional, to: QualifiedProfessional) -> None:
    QualifiedProfessional.objects.filter(pk__in=(who.pk, to.pk)).update(group_name="Hill Spine Group")


@pytest.mark.clause("III.B")
def test_a_choice_keeps_whose_word_it_was_how_when_and_the_list_as_it_was_shown(there: County) -> None:
    way = came_in(there, answers=YES)
    shown = the_list(way)
    said_at = NOW + timedelta(minutes=30)
    event = chosen(way, Choose(there.sam.pk, "member-with-office", "fax", said_at=said_at, shown=shown))
    kept = event.details
    assert (kept["by"], kept["how"], kept["said_at"]) == ("member-with-office", "fax", said_at.isoformat())
    assert [row["npi"] for row in kept["list"]["stood"]] == [there.sam.npi, there.neuro.npi]
    spelt = orjson.dumps(kept["list"], option=orjson.OPT_SORT_KEYS)
    assert kept["list_sha256"] == hashlib.sha256(spelt).hexdigest()
    assert (event.actor, event.role) == (there.person("intake@plan").name, "intake")


def test_an_earlier_historys_words_still_say_who_and_how(there: County) -> None:
    event = chosen(came_in(there, answers=YES), Choose(there.sam.pk, "The Member", "by phone"))
    assert (event.details["by"], event.details["how"]) == ("member", "phone")


@pytest.mark.parametrize(("by", "how"), [("", "phone"), ("member", ""), ("the cousin", "phone"), ("member", "a hunch")])
def test_without_whose_word_and_how_there_is_no_choice(there: County, by: str, how: str) -> None:
    with pytest.raises(Refused, match="Say who chose and how it reached us"):
        chosen(came_in(there, answers=YES), Choose(there.sam.pk, by, how))


@pytest.mark.parametrize(("minutes", "words"), [(1, "lie in the future"), (-181, "before the request was received")])
def test_the_members_words_lie_between_receipt_and_now(there: County, minutes: int, words: str) -> None:
    told = Choose(there.sam.pk, "member", "phone", said_at=LATER + timedelta(minutes=minutes))
    with pytest.raises(Refused, match=words):
        chosen(came_in(there, answers=YES), told)


def test_a_representative_chooses_by_name_and_only_one_on_record_on_that_day(there: County) -> None:
    way = came_in(there, answers=YES)
    with pytest.raises(Refused, match="Nobody of that name may act for the Member on Monday, November 23, 2026"):
        chosen(way, Choose(there.sam.pk, "representative", "phone", "Rosa One"))
    made = AuthorizedRepresentative.objects.create(
        member=there.one, name="Rosa One", authority="in-writing", evidence="Form 12", from_on=LONG_AGO,
        to_on=NOW.date() - timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(Refused, match="Nobody of that name"):
        chosen(way, Choose(there.sam.pk, "representative", "phone", "Rosa One"))
    AuthorizedRepresentative.objects.filter(pk=made.pk).update(to_on=None)
    event = chosen(way, Choose(there.sam.pk, "representative", "phone", "rosa one"))
    assert event.details["by_name"] == "Rosa One"


def test_a_tied_professional_is_chosen_knowingly_or_not_at_all(there: County) -> None:
    tied(there.sam, there.first)
    way = came_in(there, answers=YES)
    told = Choose(there.sam.pk, "member", "phone", shown=the_list(way))
    with pytest.raises(Refused, match=r"not wholly independent\. Works in the same group"):
        chosen(way, told)
    event = chosen(way, replace(told, knowing=True))
    assert event.details["knowing"] == ["Works in the same group as the clinician questioned."]


def test_nobody_who_was_not_on_the_list_is_chosen_from_it(there: County) -> None:
    way = came_in(there, answers=YES)
    shown = replace(the_list(way), stood=())
    with pytest.raises(Refused, match="not on the list that was shown"):
        chosen(way, Choose(there.sam.pk, "member", "phone", shown=shown))


def test_a_list_that_was_altered_or_is_another_referrals_is_refused(there: County) -> None:
    way, other = came_in(there, answers=YES), came_in(there, answers=YES)
    text = sealed(the_list(way))
    assert unsealed(text, way.referral, LATER) == the_list(way)
    for wrong in (text[:-2] + "xx", "", "nonsense", text.replace(":", "")):
        with pytest.raises(Refused, match="came back otherwise than it was shown"):
            unsealed(wrong, way.referral, LATER)
    with pytest.raises(Refused, match="came back otherwise"):
        unsealed(text, other.referral, LATER)
    with pytest.raises(Refused, match="came back otherwise"):
        unsealed(text, way.referral, NOW - timedelta(minutes=1))


def test_the_choice_may_be_changed_until_the_visit_is_scheduled(there: County) -> None:
    way = authorized(there)
    event = chosen(way, Choose(there.neuro.pk, "member", "phone"))
    assert Referral.objects.get(pk=way.referral).professional_id == there.neuro.pk
    assert len(event.details["letters"]) == 3  # to the Member, to the one chosen, to the one chosen before


def test_the_plan_picks_only_when_the_member_declined_and_the_proof_is_kept(there: County) -> None:
    way = came_in(there, answers=YES)
    with pytest.raises(Refused, match="only when the Member declined"):
        chosen(way, Pick(there.sam.pk, "by silence", "call 4711"))
    with pytest.raises(Refused, match="where the Member's word is kept"):
        chosen(way, Pick(there.sam.pk, "recorded-call", " "))
    event = chosen(way, Pick(there.sam.pk, "recorded-call", "call 4711"))
    assert (event.step, event.details["by"], event.details["evidence"]) == ("pick", "plan", "call 4711")
    assert {*Referral.objects.filter(pk=way.referral).values_list("professional_id", flat=True)} == {there.sam.pk}


def test_the_plan_picks_nobody_who_is_tied(there: County) -> None:
    tied(there.sam, there.first)
    with pytest.raises(Refused, match="Only the Member may choose so"):
        chosen(came_in(there, answers=YES), Pick(there.sam.pk, "writing", "letter 12"))


def test_only_the_member_chooses_on_the_members_page_and_nowhere_else(there: County) -> None:
    way = came_in(there, answers=YES)
    for how, who in (("page", "intake@plan"), ("phone", "member")):
        with pytest.raises(Refused, match="Only the Member chooses on the Member's own page"):
            chosen(way, Choose(there.sam.pk, "member", how), who)
    event = chosen(way, Choose(there.sam.pk, "member", "page"), "member")
    assert (event.role, event.actor_staff) == ("member", None)


@pytest.mark.clause("II.H")
def test_when_nobody_suits_a_person_searches_by_a_day_and_no_fact_is_answered_by_it(there: County) -> None:
    way = came_in(there, answers=YES)
    before = Referral.objects.get(pk=way.referral)
    event = chosen(way, NoneSuits(("too-far", "other"), "I cannot drive", "member", "phone", shown=the_list(way)))
    after = Referral.objects.get(pk=way.referral)
    assert (after.yes, after.no, after.state) == (before.yes, before.no, before.state)
    assert event.details["words"] == "I cannot drive"
    assert [row["npi"] for row in event.details["list"]["stood"]] == [there.sam.npi, there.neuro.npi]
    clock = RunningClock.objects.get(referral=after, kind="search", stopped_at=None)
    assert clock.due_at == at("Wednesday 2026-11-25 23:59:59")


@pytest.mark.clause("II.H")
def test_an_urgent_search_is_due_in_a_day_and_a_second_word_gives_no_more_time(there: County) -> None:
    way = came_in(there, answers=YES, urgency="expedited", urgency_reason="the pain grows by the day")
    told = NoneSuits(("language",), "", "member", "phone")
    chosen(way, replace(told, said_at=NOW))
    chosen(way, told)
    clock = RunningClock.objects.get(referral_id=way.referral, kind="search", stopped_at=None)
    assert clock.due_at == at("Tuesday 2026-11-24 10:00")


@pytest.mark.parametrize("told", ["search", "choose"])
def test_the_search_clock_ends_by_a_search_or_by_a_choice_after_all(there: County, told: str) -> None:
    way = came_in(there, answers=YES)
    chosen(way, NoneSuits(("too-far",), "", "member", "phone"))
    ends = {"search": Search(note="all offices called"), "choose": Choose(there.sam.pk, "member", "phone")}
    chosen(way, ends[told], "nurse@plan")
    clock = RunningClock.objects.get(referral_id=way.referral, kind="search")
    assert (clock.outcome, clock.stopped_at) == ("met", LATER)


@pytest.mark.parametrize(
    ("reasons", "words", "says"),
    [
        ((), "", "at least one reason"),
        (("too-far", "dull"), "", "at least one reason"),
        (("other",), " ", "the other reason"),
    ],
)
def test_that_nobody_suits_needs_a_reason(there: County, reasons: tuple[str, ...], words: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        chosen(came_in(there, answers=YES), NoneSuits(reasons, words, "member", "phone"))


def test_every_reason_has_words_on_the_members_page_too() -> None:
    assert set(UNSUITED) == {"too-far", "no-opening", "language", "access", "knows", "other"}


def test_a_filter_hides_and_never_adds(there: County) -> None:
    way = came_in(there, answers=YES)
    referral = Referral.objects.get(pk=way.referral)
    everybody = list_for(snapshot_of(referral), referral.member, Filters(), NOW)
    assert [each.number for each in everybody.in_sight] == [1, 2]
    for filters in (Filters(language="fa"), Filters(wheelchair=True)):
        fewer = list_for(snapshot_of(referral), referral.member, filters, NOW)
        assert (fewer.in_sight, fewer.hidden) == ((), 2)
        assert fewer.shown.filters == filters.said


def test_five_are_in_sight_first_and_the_rest_is_counted(there: County) -> None:
    for place in range(7):
        copy = QualifiedProfessional.objects.get(pk=there.sam.pk)
        contracts = list(copy.contracts.all())
        copy.pk, copy.npi, copy.last_name = uuid4(), f"190000000{place}", f"Other{place}"
        copy.save(force_insert=True)
        for contract in contracts:
            contract.pk, contract.professional = None, copy
            contract.save(force_insert=True)
        flatten([copy.pk])
    way = came_in(there, answers=YES)
    referral = Referral.objects.get(pk=way.referral)
    five = list_for(snapshot_of(referral), referral.member, Filters(), NOW)
    assert (len(five.in_sight), five.more, len(five.shown.stood), five.shown.more) == (5, 4, 5, 4)
    assert [pin.number for pin in five.map.pins] == [1, 2, 3, 4, 5]
    every = list_for(snapshot_of(referral), referral.member, Filters(show=60), NOW)
    assert [each.offer.who.pk for each in every.in_sight][:5] == [each.offer.who.pk for each in five.in_sight]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Choose, "Recorded the Member's choice: The Member, by phone"),
        (NoneSuits, "Recorded that nobody on the list suits the Member: too far away; The Member, by phone"),
        (Pick, "Picked a professional for the Member, who declined to choose in writing: letter 12"),
    ],
)
def test_the_file_for_the_appeal_says_whose_word_it_was(there: County, told: type[Told], words: str) -> None:
    made = {
        Choose: Choose(there.sam.pk, "member", "phone"),
        NoneSuits: NoneSuits(("too-far",), "", "member", "phone"),
        Pick: Pick(there.sam.pk, "writing", "letter 12"),
    }
    assert event_words(chosen(came_in(there, answers=YES), made[told]))["what"] == words


def test_who_was_authorized_before_is_told_that_the_member_chose_somebody_else(there: County) -> None:
    way = scheduled(there)
    referral = Referral.objects.get(pk=way.referral)
    assert (referral.professional_id, referral.state) == (there.sam.pk, "scheduled")
    taken = take(way, ChooseAgain(there.neuro.pk, "member", "phone"))
    owed = {notice.kind: notice.letter for notice in Notice.objects.filter(letter_id__in=taken.letters)}
    letter = owed["choice_changed_to_professional"]
    assert letter.recipient_name == there.sam.full_name
    assert referral.appointment_at is not None
    assert letter.data["appointment_on"] == referral.appointment_at.astimezone(PACIFIC).date().isoformat()
    assert owed["authorization_to_professional"].recipient_name == there.neuro.full_name


def test_nobody_is_told_of_a_change_who_declined_before(there: County) -> None:
    way = scheduled(there).then(Decline(next(iter(DECLINES))))
    taken = take(way, Choose(there.neuro.pk, "member", "phone"))
    kinds = set(Notice.objects.filter(letter_id__in=taken.letters).values_list("kind", flat=True))
    assert kinds == {"authorization_to_professional", "approval_to_member"}
