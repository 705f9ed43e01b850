"""The life of a referral from receipt to decision, through the only doors there are."""

from datetime import date, timedelta

import pytest

from county import NOW
from referrals.life import RECEIVED, YES, asked, given_an_authorized_referral, steps
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.asked import About, Opinion
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, Paper, Referral, RunningClock
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import (
    Answer,
    Ask,
    Authorize,
    Classify,
    FileRecord,
    Item,
    Supply,
    TakeUp,
)


@pytest.mark.clause("II.C.1")
def test_the_policy_authorizes_at_the_door_when_the_answers_settle_a_yes(there):
    referral = given_an_authorized_referral(there)
    assert (referral.state, steps(referral)) == ("authorized", ["receive", "authorize"])
    event = Event.objects.get(referral=referral, step="authorize")
    assert (event.role, event.finding["verdict"]) == ("policy", "yes")
    assert "II.C.1" in event.finding["cites"]
    assert referral.valid_until == date(2027, 2, 21)
    assert set(Notice.objects.values_list("kind", flat=True)) == {"approval_to_member", "approval_to_pcp"}


def test_entry_and_receipt_are_two_instants_and_the_clock_starts_at_receipt(there):
    late = NOW + timedelta(hours=30)
    taken = receive(asked(there), person=there.person("intake@plan"), now=late)
    referral = Referral.objects.get(pk=taken.referral_id)
    assert (referral.received_at, referral.entered_at) == (RECEIVED, late)
    cap = RunningClock.objects.get(referral=referral, rule__contains="7-calendar")
    assert cap.started_at == RECEIVED
    assert cap.due_at.isoformat().startswith("2026-12-01T07:59:59")  # Monday 2026-11-30 23:59:59 in California
    assert (referral.due_at, referral.due_kind) == (cap.due_at, "decision")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"received_at": None}, "missing"),
        ({"received_at": NOW + timedelta(minutes=1)}, "lies ahead"),
        ({"received_at": NOW.replace(tzinfo=None)}, "no time zone"),
        ({"program": "pace"}, "PACE"),
        ({"program": "onecare"}, "was enrolled in medi-cal"),
        ({"requester": "neighbour"}, "may not ask"),
        ({"urgency": "expedited"}, "needs the reason"),
        ({"answers": {"is_tuesday": True}}, "is_tuesday"),
        ({"channel": "pigeon"}, "no way in"),
    ],
)
def test_a_request_that_cannot_be_is_refused_in_a_sentence_and_leaves_nothing(there, other, words):
    with pytest.raises(Refused, match=words):
        receive(asked(there, **other), person=there.person("intake@plan"), now=NOW)
    assert not Referral.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.clause("II.L")
def test_the_network_decides_when_it_was_delegated_to_on_the_day_and_the_plan_otherwise(there):
    maria = receive(asked(there, member=there.maria), person=there.person("intake@plan"), now=NOW)
    joe = receive(asked(there, member=there.joe, program="onecare"), person=there.person("intake@plan"), now=NOW)
    deciders = dict(Referral.objects.values_list("number", "decider"))
    assert (deciders[maria.number], deciders[joe.number]) == ("network", "plan")
    with pytest.raises(Refused, match="The Member's Health Network decides"):
        advance(maria.referral_id, TakeUp(), person=there.person("nurse@plan"), now=NOW)
    with pytest.raises(Refused, match="The plan decides"):
        advance(joe.referral_id, TakeUp(), person=there.person("nurse@sierra"), now=NOW)


def test_a_network_is_told_where_to_send_a_member_who_was_not_its_own(there):
    set_scope(Scope((there.citrus.pk,), NOW.date()))
    nurse = there.person("nurse@citrus")
    with pytest.raises(Refused, match="Forward the request to the plan"):
        receive(asked(there, member=there.one), person=nurse, now=NOW)
    set_scope(Scope(None, NOW.date()))
    assert not Referral.objects.exists()


def test_answering_the_open_question_lets_a_nurse_authorize(there):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match="does not find a yes"):
        advance(taken.referral_id, Authorize(), person=there.person("nurse@plan"), now=NOW)
    advance(taken.referral_id, Answer(YES), person=there.person("intake@plan"), now=NOW)
    after = advance(taken.referral_id, Authorize(), person=there.person("nurse@plan"), now=NOW)
    assert after.state == "authorized"


def test_a_clerk_may_not_give_a_clinical_judgment(there):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match="clinical judgment"):
        advance(
            taken.referral_id,
            Answer({"reviewer_finds_another_reason": True}),
            person=there.person("intake@plan"),
            now=NOW,
        )


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"GIF89a", "not a PDF"), (b"%PDF-1.4 torn", "damaged"), (b"%PDF-" + b"0" * (40 << 20), "40 MB")],
)
def test_a_file_that_is_no_use_is_refused_and_nothing_is_kept(there, content, words):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match=words):
        advance(taken.referral_id, FileRecord("a.pdf", content), person=there.person("intake@plan"), now=NOW)
    assert not Paper.objects.exists()


@pytest.mark.parametrize("member", ["one", "joe"])
@pytest.mark.parametrize("requester", ["member", "physician"])
def test_information_is_asked_for_with_nothing_known_but_the_request(there, member, requester):
    program = "medi-cal" if member == "one" else "onecare"
    bare = {"clinician": None, "condition": "", "procedure": "", "requester": requester}
    request = asked(there, member=getattr(there, member), program=program, **bare)
    taken = receive(request, person=there.person("intake@plan"), now=NOW)
    step = advance(taken.referral_id, Ask((Item("Your scan", "II.C.3"),)), person=there.person("nurse@plan"), now=NOW)
    assert len(step.letters) == (1 if requester == "member" else 2)


def test_information_is_asked_for_and_the_five_days_start_when_it_is_complete(there):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    nurse = there.person("nurse@plan")
    item = Item("The report of the back scan", "II.C.3", "diagnosis_in_doubt_from_conflicting_tests")
    advance(taken.referral_id, Ask((item,)), person=nurse, now=NOW)
    later = NOW + timedelta(days=1)
    advance(taken.referral_id, Supply(later, complete=True), person=nurse, now=later)
    clock = RunningClock.objects.get(referral_id=taken.referral_id, rule__contains="5-business")
    assert clock.due_at.date() == date(2026, 12, 4)  # Thursday 2026-12-03: two holidays lie between
    referral = Referral.objects.get(pk=taken.referral_id)
    assert (referral.state, referral.information_complete_at) == ("nurse_review", later)


def test_an_unmarked_request_waits_for_a_person_to_say_what_it_is(there):
    taken = receive(asked(there, opinion="", about=""), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match="Nobody has said yet"):
        advance(taken.referral_id, Answer(YES), person=there.person("intake@plan"), now=NOW)
    told = Classify(Opinion.SECOND, About.SPECIALIST_CARE)
    advance(taken.referral_id, told, person=there.person("intake@plan"), now=NOW)
    assert Referral.objects.get(pk=taken.referral_id).opinion == "second"


def test_a_stale_page_is_told_so_and_nothing_is_written(there):
    taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
    advance(taken.referral_id, Answer(YES), person=there.person("intake@plan"), now=NOW, seen=1)
    with pytest.raises(Refused, match="has moved on"):
        advance(taken.referral_id, Authorize(), person=there.person("nurse@plan"), now=NOW, seen=1)
    assert Referral.objects.get(pk=taken.referral_id).state == "received"


def test_a_changed_history_is_found_overnight(there):
    referral = given_an_authorized_referral(there)
    assert list(differences()) == []
    Referral.objects.filter(pk=referral.pk).update(state="closed")
    assert [d.what for d in differences()] == ["the state is closed, the history says authorized"]
