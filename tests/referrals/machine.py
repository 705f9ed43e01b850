"""A machine that lives through the table at random: people, programs, days, pauses, letters, the house's own steps.

Every press either is refused and leaves nothing, or is taken and leaves everything; after each one the promises that
hold for all referrals are checked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from county import County
from policy.when import at
from referrals.brought import EXPERTISE, NOBODY_INSIDE, WORDS, contact, modify, outreach
from referrals.life import DENIAL, PDF, YES, asked
from secondopinion.letters.carriers import Parcel
from secondopinion.letters.models import Mailing
from secondopinion.people.person import POLICY, SYSTEM, Person
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.asked import About, Opinion
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import told as t
from secondopinion.referrals import told_after as after
from secondopinion.referrals import told_choosing as choosing
from secondopinion.referrals import told_objections as objections
from secondopinion.referrals import told_outcomes as outcomes
from secondopinion.referrals import told_post as heard
from secondopinion.referrals import told_review as review
from secondopinion.referrals import told_time as time_
from secondopinion.referrals.advance import advance
from secondopinion.referrals.checks.every import EVERY
from secondopinion.referrals.choosing import UNSUITED
from secondopinion.referrals.clockwork import running
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.models import Event, Notice, Paper, Referral, RunningClock
from secondopinion.referrals.objecting import LEVELS
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.posting import post
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import FoundVisit
from secondopinion.referrals.states import FINISHED, State
from secondopinion.referrals.told_translating import ApproveWords, ReadAloud

RECEIPTS = tuple(
    at(words)
    for words in (
        "Monday 2026-11-23 10:00",  # Thanksgiving week
        "Wednesday 2026-11-25 17:30",
        "Tuesday 2026-12-22 09:00",  # Christmas
        "Friday 2026-10-30 15:00",  # the clocks go back on Sunday 2026-11-01
        "Friday 2027-03-12 15:00",  # the clocks go forward on Sunday 2027-03-14
        "Friday 2026-03-27 08:00",  # Cesar Chavez Day on Tuesday 2026-03-31
        "Saturday 2026-12-05 11:00",
        "Thursday 2027-07-01 12:00",  # Independence Day on a Sunday
        "Wednesday 2025-12-31 23:30",  # the last half hour of fourteen days
    )
)
WAITS = (1, 9, 25, 49, 73, 170, 400, 2300)  # hours
STAFF = (
    "intake@plan", "nurse@plan", "physician@plan", "lapsed@plan", "nurse@citrus", "physician@citrus", "nurse@sierra",
    "physician@sierra", "contracting@plan", "appeals@plan",
)  # fmt: skip
HOUSE = {"system": SYSTEM, "policy": POLICY}
BACK_FROM_THE_END = {"vacate", "reverse", "overturn", "excuse", "is_appeal"}  # what may follow an end, by the table


class Folder:
    """A carrier that remembers what it took, so that no letter is taken twice."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def post(self, parcel: Parcel) -> str:
        """Take a letter."""
        self.taken[str(parcel.letter_id)] += 1
        return f"batch/{parcel.letter_id}.pdf"


class Life(RuleBasedStateMachine):
    """One referral and everything that people and the house may try with it. `there` is set by the test."""

    there: County

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.folder = Folder()
        self.ended_by: str | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        set_scope(Scope(None, at("Monday 2026-11-23 10:00").date()))

    @initialize(
        data=st.data(), who=st.sampled_from(["one", "joe", "maria", "luis"]), received=st.sampled_from(RECEIPTS)
    )
    def comes_in(self, data: st.DataObject, who: str, received: datetime) -> None:
        """A request of any kind reaches the plan at an instant that is hard to count from."""
        draw = data.draw
        self.now = received + timedelta(minutes=20)
        self._look()
        requester = draw(st.sampled_from(["member", "authorized-representative", "physician", "provider"]))
        fast = draw(st.booleans())
        found = FoundVisit("claim", received.date(), "Otto Far, MD") if draw(st.integers(0, 9)) == 0 else None
        request = asked(
            self.there, member=getattr(self.there, who), received_at=received, requester=requester,
            program="medi-cal" if who in ("one", "maria") else "onecare", channel="claim" if found else "phone",
            urgency="expedited" if fast else "standard", urgency_reason=WORDS if fast else "", found=found,
            opinion=draw(st.sampled_from(["second", "third", "additional"])),
            about=draw(st.sampled_from([a.value for a in About])),
            answers=draw(st.sampled_from([{}, {}, {}, YES, NOBODY_INSIDE, {"surgery_is_recommended": True}])),
        )  # fmt: skip
        taken = receive(request, person=self.there.person("intake@plan"), now=self.now)
        self.referral, self.number = taken.referral_id, taken.number

    def _look(self) -> None:
        set_scope(Scope(None, self.now.astimezone(PACIFIC).date()))

    @rule(hours=st.sampled_from(WAITS))
    def time_passes(self, hours: int) -> None:
        """Hours, days or months in which nobody did anything."""
        self.now += timedelta(hours=hours)
        self._look()

    @rule(name=st.sampled_from(sorted(set(STEPS) - {"receive", "discover", "mailed"})),
          who=st.sampled_from([*STAFF, "system", "system", "policy"]), data=st.data())  # fmt: skip
    def somebody_presses(self, name: str, who: str, data: st.DataObject) -> None:
        """Anybody tries anything."""
        self._press(name, self._person(who), data)

    @rule(data=st.data())
    def the_right_person_goes_on(self, data: st.DataObject) -> None:
        """Somebody who may, by the table, takes one of the steps that may follow."""
        state = Referral.objects.values_list("state", flat=True).get(pk=self.referral)
        may = [s for s in STEPS.values() if State(state) in s.sources and s.name != "mailed"]
        step = data.draw(st.sampled_from(sorted(may, key=lambda s: s.name)))
        able = [w for w in (*STAFF, "system", "policy") if step.by & self._person(w).roles]
        self._press(step.name, self._person(data.draw(st.sampled_from(able))), data)

    @rule()
    def the_post_goes(self) -> None:
        """Every letter that waits is mailed."""
        waiting = Notice.objects.filter(referral_id=self.referral, letter__mailed_at__isnull=True)
        for letter in list(waiting.values_list("letter_id", flat=True)):
            post(letter, now=self.now, carrier=self.folder)
            self._look()

    def _person(self, who: str) -> Person:
        return HOUSE[who] if who in HOUSE else self.there.person(who, self.now.astimezone(PACIFIC).date())

    def _press(self, name: str, person: Person, data: st.DataObject) -> None:
        before = Referral.objects.get(pk=self.referral)
        told = self._told(name, before, data)
        refusal = self._refusal_of(told, person)
        if refusal is not None:
            assert refusal.endswith((".", "?"))
            assert Referral.objects.get(pk=self.referral).position == before.position
            return
        now = Referral.objects.get(pk=self.referral)
        if before.state in FINISHED and now.state != before.state:
            assert name in BACK_FROM_THE_END
        assert person.roles & STEPS[name].by

    def _refusal_of(self, told: t.Told, person: Person) -> str | None:
        try:
            with transaction.atomic():
                advance(self.referral, told, person=person, now=self.now)
        except Refused as refused:
            return refused.sentence
        return None

    def _told(self, name: str, row: Referral, data: st.DataObject) -> t.Told:
        draw, there, today = data.draw, self.there, self.now.astimezone(PACIFIC).date()
        papers = tuple(Paper.objects.filter(referral=row).values_list("pk", flat=True))
        some = draw(st.sampled_from([there.sam, there.neuro, there.pcp, there.watson, there.outside, there.first]))
        two_rules = {"medicare_reason": WORDS, "medi_cal_reason": WORDS, "considered": papers, "expertise": EXPERTISE}
        need = draw(st.sampled_from(["needed", "not-needed", "alternative", "defer", "undetermined", "no-procedure"]))
        level = draw(st.sampled_from(LEVELS))
        told_at = draw(st.sampled_from([None, self.now, self.now - timedelta(hours=3)]))
        earlier = row.maybe_appeal_of.number if row.maybe_appeal_of else "SO-2026-000000"
        sent = Mailing.objects.filter(letter__notice__referral=row).order_by("owed_at", "id").first() or Mailing()
        makers = {
            "classify": lambda: t.Classify(Opinion.SECOND, About.SPECIALIST_CARE),
            "hand_over": lambda: t.HandOver("another desk"),
            "is_new": lambda: objections.IsNew(WORDS),
            "is_appeal": lambda: objections.IsAppeal(earlier, WORDS),
            "show_authority": lambda: time_.ShowAuthority(self.now, WORDS),
            "correct": lambda: time_.Correct(
                draw(st.sampled_from([{"received_at": row.received_at - timedelta(hours=5)}, {"condition": WORDS}])),
                WORDS,
            ),
            "carry_over": lambda: time_.CarryOver(WORDS),
            "answer": lambda: t.Answer(draw(st.sampled_from([YES, NOBODY_INSIDE, {"member_concurs": True}]))),
            "record_first": lambda: time_.RecordFirst(need, WORDS),
            "file_record": lambda: t.FileRecord("scan.pdf", PDF),
            "take_up": lambda: t.TakeUp(complete=draw(st.booleans())),
            "ask": lambda: t.Ask((t.Item("Your scan", "II.C.3"),)),
            "supply": lambda: t.Supply(self.now, complete=draw(st.booleans())),
            "late_information": lambda: time_.LateInformation(self.now, WORDS, complete=draw(st.booleans())),
            "refer_up": lambda: t.ReferUp(WORDS),
            "send_back": lambda: t.SendBack(WORDS),
            "expedite": lambda: time_.Expedite(WORDS, supported=draw(st.booleans()), by_name="Dr. Lind"),
            "refuse_expedite": lambda: time_.RefuseExpedite(WORDS),
            "delay": lambda: time_.Delay(
                draw(st.integers(1, 15)), draw(st.sampled_from(["expert", "examination", "member-asked"])),
                expert="surgeon", examination="a scan", interest=WORDS, asked_by_name="Member One",
            ),
            "tell_member": lambda: time_.TellMember(draw(st.sampled_from([*time_.SPOKEN])), "the Member"),
            "authorize": t.Authorize,
            "limit": lambda: replace(modify(outcomes.Limit, "II.G"), **two_rules),
            "grant_in_part": lambda: replace(modify(outcomes.GrantInPart, "III.G"), **two_rules),
            "deny": lambda: replace(DENIAL, **two_rules),
            "deem": time_.Deem,
            "dismiss": lambda: outcomes.Dismiss(
                draw(st.sampled_from([*outcomes.DISMISSALS])), WORDS, (replace(outreach(), at=row.received_at),)
            ),
            "vacate": lambda: outcomes.Vacate(WORDS),
            "reverse": lambda: outcomes.Reverse(WORDS),
            "withdraw": lambda: t.Withdraw("member", "Member One", WORDS),
            "rescind": lambda: outcomes.Rescind(
                draw(st.sampled_from([*outcomes.RESCISSIONS])), WORDS,
                today + timedelta(days=draw(st.sampled_from([0, 10, 30]))), papers,
            ),
            "tell_requester": lambda: t.TellRequester("by phone", "the front desk"),
            "search": lambda: after.Search(note=WORDS),
            "attest_training": lambda: after.AttestTraining(some.pk, WORDS),
            "agree_outside": lambda: after.AgreeOutside(there.outside.pk, WORDS),
            "draft_agreement": lambda: after.DraftAgreement("the usual rate"),
            "sign_agreement": lambda: after.SignAgreement(today, "Otto Far, MD"),
            "drop_agreement": lambda: after.DropAgreement(WORDS),
            "tell_cost": lambda: outcomes.TellCost(WORDS, papers),
            "excuse": lambda: outcomes.Excuse(WORDS),
            "choose": lambda: t.Choose(some.pk, "member", "by phone"),
            "give_page": lambda: choosing.GivePage(uuid4(), uuid4().hex * 2),
            "take_back_page": lambda: choosing.TakeBackPage(WORDS),
            "choose_again": lambda: choosing.ChooseAgain(some.pk, "member", "phone", knowing=True),
            "pick": lambda: choosing.Pick(some.pk, "writing", "letter 12"),
            "none_suits": lambda: choosing.NoneSuits(
                tuple(draw(st.sets(st.sampled_from([*UNSUITED]), min_size=1))), WORDS, "member", "by phone"
            ),
            "decline": lambda: after.Decline("not-accepting"),
            "schedule": lambda: t.Schedule(self.now + timedelta(days=draw(st.sampled_from([2, 60, 120])))),
            "miss": lambda: t.Miss(WORDS),
            "see": lambda: t.See(today),
            "return_tests": lambda: after.ReturnTests((after.Asked("a scan", "72148"),), "Dr. Sam"),
            "remind": after.Remind,
            "chase": lambda: after.Chase(row.chased + 1),
            "lapse": after.Lapse,
            "report": lambda: t.Report(need, WORDS, "", today, "r.pdf", PDF),
            "ask_further": lambda: after.AskFurther("SO-2026-999999", "Member One"),
            "parent_decided": lambda: after.ParentDecided(today, WORDS),
            "close": t.Close,
            "dispute": lambda: contact(
                received_at=self.now, appeal=draw(st.sampled_from([True, False, None])),
                complaint=draw(st.sampled_from([True, False, None])), expedited=draw(st.booleans()),
                continue_care=draw(st.booleans()),
            ),
            "acknowledge": lambda: objections.Acknowledge(draw(st.sampled_from(["appeal", "complaint"]))),
            "uphold": lambda: objections.Uphold("Dr. Elm", WORDS, told_at),
            "overturn": lambda: objections.Overturn("Dr. Elm", WORDS, level, told_at),
            "lift": lambda: objections.Lift("Dr. Elm", WORDS, level, told_at),
            "refuse_fast_appeal": lambda: review.RefuseFastAppeal(WORDS, told_at),
            "extend_appeal": lambda: review.ExtendAppeal(
                draw(st.integers(1, 15)), draw(st.sampled_from([*review.EXTENSIONS])), WORDS, "Member One"
            ),
            "write_answer": lambda: review.WriteAnswer(
                draw(st.sampled_from([*review.ANSWERS])), today - timedelta(days=draw(st.integers(0, 2)))
            ),
            "forward_to_reviewer": lambda: review.ForwardToReviewer("by the portal"),
            "reviewer_agrees": lambda: review.ReviewerAgrees(WORDS),
            "hearing_asked": lambda: review.HearingAsked(
                self.now, draw(st.booleans()),
                draw(st.sampled_from([None, *(today + timedelta(days=n) for n in (0, 1, 5, 30))])),
                late_because=draw(st.sampled_from(["", WORDS])),
            ),
            "packet_sent": lambda: review.PacketSent("by the portal"),
            "hearing_upheld": lambda: review.HearingUpheld(WORDS),
            "ask_peer": lambda: review.AskPeer(self.now, "Dr. Lind", "1-714-555-0150", draw(st.booleans())),
            "answer_peer": lambda: review.AnswerPeer(WORDS),
            "answer_complaint": lambda: objections.AnswerComplaint("Ann Oak", WORDS),
            "postmarked": lambda: heard.Postmarked(sent.pk, today),
            "not_delivered": lambda: heard.NotDelivered(sent.pk, WORDS),
            "came_back": lambda: heard.CameBack(sent.pk, today - timedelta(days=draw(st.integers(-1, 2))), WORDS),
            "mail_again": lambda: heard.MailAgain(
                sent.letter_id or row.pk, draw(st.sampled_from(["print", "fax", "email"])), WORDS
            ),
            "mailed_again": lambda: heard.MailedAgain(sent.pk),
            "approve_words": lambda: ApproveWords(sent.letter_id or row.pk, ("a" * 64,)),
            "read_aloud": lambda: ReadAloud(sent.letter_id or row.pk, "read", "Interpreter 4711"),
        }  # fmt: skip
        return makers[name]()

    @invariant()
    @precondition(lambda self: hasattr(self, "referral"))
    def every_promise_holds(self) -> None:
        """What is true of every referral after every step."""
        assert list(differences([self.number], checks=EVERY)) == []
        row = Referral.objects.get(pk=self.referral)
        snapshot = snapshot_of(row)
        kept = RunningClock.objects.filter(referral=row, stopped_at__isnull=True)
        dues = [c.due_at for c in kept if c.due_at is not None]
        assert {(c.kind, c.rule, c.due_at) for c in kept} == {(c.kind, c.rule, c.due_at) for c in running(snapshot)}
        assert row.due_at == min(dues, default=None), "no deadline is later than any clock in its set"
        assert row.member_pays == 0
        events = list(Event.objects.filter(referral=row).order_by("position"))
        owed = Counter(Notice.objects.filter(referral=row).values_list("position", "kind", "recipient_role"))
        assert set(owed.values()) <= {1}, "no letter twice"
        assert set(self.folder.taken.values()) <= {1}, "no letter is carried twice"
        for event in events:
            step = STEPS[event.step]
            kinds = {kind for position, kind, _ in owed if position == event.position}
            assert set(step.always) <= kinds, "an end owes its notice"
            if step.adverse:
                assert event.role == "physician"
                assert event.details["signed"]["license"]
        assert row.state != "denied" or any(e.step == "deny" and e.role == "physician" for e in events)
        self._is_not_stuck(row, bool(dues))

    def _is_not_stuck(self, row: Referral, a_clock_runs: bool) -> None:
        """Somebody can go on, and an open referral shows why it is open."""
        assert any(State(row.state) in step.sources for step in STEPS.values())
        if row.state in FINISHED or a_clock_runs:
            return
        waits_for_post = Notice.objects.filter(referral=row, letter__mailed_at__isnull=True).exists()
        assert waits_for_post or row.state == "report_received", f"nothing moves a referral that is {row.state}"
