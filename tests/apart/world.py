"""A world to look into: Members of unmistakable words, each with everything that can hang on one, and people to look.

It is Wednesday 2026-11-25. Three Members left Citrus Valley at the midnight before and came to Sierra Oak. Who may see
what is worked out here a second time, from the days and the law alone; nothing of it asks the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.test import Client

from apart.belongings import (
    acts_and_left,
    at_the_desk,
    at_the_doors,
    in_other_words,
    left_to_a_person,
    told_of_the_right,
    unfinished,
)
from county import LONG_AGO, NOW, TODAY, County, county, sign_in
from referrals.brought import SEEN_AT, contact, report
from referrals.life import PDF, RECEIVED, YES, asked
from secondopinion.fhir.models import Submission
from secondopinion.letters.carriers import PrintHouse
from secondopinion.people.models import (
    AccessEntry,
    ApiClient,
    AuthorizedRepresentative,
    ConfidentialRequest,
    Delegation,
    Enrollment,
    FormatPreference,
    HealthNetwork,
    License,
    Member,
    NetworkAssignment,
    Proposal,
    Role,
    Staff,
    SubDelegation,
)
from secondopinion.people.rls import Scope, plan_scope
from secondopinion.referrals import told as t
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Notice, Paper, Referral
from secondopinion.referrals.models_forwarding import Forwarded
from secondopinion.referrals.pages import give
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import receive
from secondopinion.referrals.states import GOING_ON

EVE, DAY = date(2026, 11, 24), date(2026, 11, 25)  # the Tuesday before the midnight, and the Wednesday of the world
AT = NOW + timedelta(days=2)  # Wednesday 10:00 in California
HARBOR, PIER, QUAY = "Harbor Review Associates", "Pier Review Associates", "Quay Review Associates"
STEM = "zorb"  # no word of any page begins so


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works: at the plan, at a network, or at a sub-delegate that holds a program to a day."""

    name: str
    network: str = ""  # none: the plan
    sub_delegate: str = ""
    program: str = ""
    last: date | None = None


PLACES = (
    Place("plan"),
    Place("citrus", "citrus"),
    Place("sierra", "sierra"),
    Place("grove", "grove"),  # a network that has no Member at all
    Place("harbor", "citrus", HARBOR, "medi-cal"),
    Place("pier", "citrus", PIER, "onecare"),
    Place("quay", "citrus", QUAY, "medi-cal", EVE),  # what it held ended with Tuesday
)


@dataclass(frozen=True, slots=True)
class Life:
    """One Member's story: the networks by day, where the request was received, and how far it came."""

    key: str
    before: str  # the network until the change, if any
    since: str  # the network on Wednesday
    changed: date | None
    received_at: str  # the network of the day of receipt
    program: str
    ends: str


LIVES = (
    Life("own", "citrus", "citrus", None, "citrus", "medi-cal", "authorized"),
    Life("moved", "citrus", "sierra", DAY, "citrus", "medi-cal", "report_received"),
    Life("left", "citrus", "sierra", DAY, "citrus", "medi-cal", "withdrawn"),
    Life("open", "citrus", "sierra", DAY, "citrus", "medi-cal", "nurse_review"),
    Life("former", "citrus", "sierra", date(2026, 7, 1), "sierra", "onecare", "nurse_review"),
    Life("plans", "", "", None, "", "medi-cal", "authorized"),
)
# Where somebody saved a view of the list under words about the Member.
SAVED_AT: Mapping[str, str] = MappingProxyType(
    {"own": "harbor", "moved": "citrus", "left": "quay", "open": "citrus", "former": "sierra", "plans": "plan"}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A Member of the world, the rows that addresses may name, and the words by which each is known."""

    life: Life
    member: UUID
    member_id: str
    referral: UUID
    number: str
    letter: UUID
    paper: UUID
    forwarded: UUID
    representative: int
    authority: UUID  # the paper of the representative
    from_office: str  # the number of another request, which an office sent and which waits for a person
    code: str
    words: tuple[str, ...]
    born_on: date
    has_letters: bool
    objected: bool

    @property
    def is_open(self) -> bool:
        """Is somebody still at work on it?"""
        return self.life.ends != "withdrawn"

    def is_handed_on(self, place: Place) -> bool:
        """Does the sub-delegate hold the program on Wednesday, for a request that came to its network on Monday?"""
        holds = place.last is None and place.program == self.life.program
        return holds and self.life.received_at == place.network

    def member_is_seen_from(self, place: Place) -> bool:
        """The plan sees every Member; a network its own of today, and whose open request it decides."""
        if not place.network:
            return True
        decides = self.is_open and self.life.received_at == place.network
        if place.sub_delegate:
            theirs = self.life.since == place.network and place.last is None and place.program == self.life.program
            return theirs or (decides and self.is_handed_on(place))
        return self.life.since == place.network or decides

    def is_kept_at(self, place: Place) -> bool:
        """Does the place keep the request's rows: was it received there, or handed on there?"""
        if place.sub_delegate:
            return self.is_handed_on(place)
        return not place.network or self.life.received_at == place.network

    def is_honoured_at(self, place: Place) -> bool:
        """May the place read it because it must honour what another has authorized for its Member of today?"""
        going_on = self.life.ends in {state.value for state in GOING_ON}
        here = bool(place.network) and not place.sub_delegate and self.life.since == place.network
        return going_on and here and not self.is_kept_at(place)

    def page_is_seen_from(self, place: Place) -> bool:
        """May somebody of the place open the referral's page?"""
        return (self.is_kept_at(place) or self.is_honoured_at(place)) and self.member_is_seen_from(place)


@dataclass(frozen=True, slots=True)
class World:
    """Everybody: who may look, and who is looked at."""

    there: County
    networks: Mapping[str, UUID]
    subjects: Mapping[str, Subject]
    proposal: UUID
    sign_ins: Mapping[tuple[str, str], str]  # by place and role; the role "all" holds every role of the desk
    browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, place: str, role: str) -> Client:
        """A browser of somebody of a place, signed in once for all that is asked with it."""
        name = self.sign_ins[place, role]
        if name not in self.browsers:
            self.browsers[name] = Client(raise_request_exception=False)
            sign_in(self.browsers[name], name)
        return self.browsers[name]

    def network(self, place: Place) -> UUID | None:
        """The network that somebody of the place works for; none at the plan."""
        return self.networks[place.network] if place.network else None

    def scope(self, place: Place, on: date = DAY) -> Scope:
        """What a transaction of somebody of the place may see on a day."""
        network = self.network(place)
        return Scope((network,) if network else None, on, place.sub_delegate)

    def hidden_from(self, place: Place) -> Iterator[Subject]:
        """The Members of whom somebody of the place may read nothing."""
        for subject in self.subjects.values():
            if not subject.member_is_seen_from(place) and not subject.is_kept_at(place):
                yield subject


def make(folder: Path) -> World:
    """Write the world down, by real steps on Monday, and let the midnights pass."""
    with plan_scope(TODAY):
        there = county()
        grove = HealthNetwork.objects.create(name="Grove United", kind="phc", phone="1-714-555-0140")
        for delegation in Delegation.objects.filter(network=there.citrus, function="second-opinion-authorization"):
            for place in PLACES:
                if place.program == delegation.program:
                    SubDelegation.objects.create(
                        delegation=delegation, entity=place.sub_delegate, approval="HH-7",
                        approved_on=date(2026, 11, 2), from_on=date(2026, 11, 23), to_on=place.last,
                    )  # fmt: skip
        networks = {"citrus": there.citrus.pk, "sierra": there.sierra.pk, "grove": grove.pk}
        proposal = Proposal.objects.create(
            kind="value", subject="access.offered_within", from_on=date(2026, 12, 1), why="Closer",
            before={"is": 30, "authority": "GG.1538"}, after={"is": 20, "authority": ""},
            proposed_by=there.staff["physician@plan"], proposed_at=NOW,
        )  # fmt: skip
        subjects = {life.key: _subject(there, networks, life) for life in LIVES}
        sign_ins = {(p.name, role): _staff(networks, p, role) for p in PLACES for role in ("all", *Role.values)}
    for subject in subjects.values():
        with plan_scope(TODAY):
            letters = list(Notice.objects.filter(referral=subject.referral).values_list("letter_id", flat=True))
        for letter in letters if subject.life.ends in ("authorized", "withdrawn") else ():
            post(letter, now=NOW, carrier=PrintHouse(folder))
        key, here = subject.words[0], networks.get(subject.life.received_at)
        left_to_a_person(subject.from_office)
        unfinished(subject.member, subject.representative, key, EVE)
        with plan_scope(TODAY):
            if letters:
                in_other_words(key, subject.referral, here, subject.letter)
            writer = Staff.objects.get(name=sign_ins[SAVED_AT[subject.life.key], "all"])
            referral = Referral.objects.get(pk=subject.referral)
            at_the_desk(there.staff["nurse@plan"], writer, referral, key)
            assert referral.state == subject.life.ends
    return World(there, networks, subjects, proposal.pk, sign_ins)


def desk_roles() -> list[str]:
    """Every role that somebody may hold beside others: all but the administrator's, who sees no health data."""
    return [role for role in Role.values if role != "administrator"]


def _staff(networks: Mapping[str, UUID], place: Place, role: str) -> str:
    name = f"{role}@{place.name}-world"
    user = get_user_model().objects.create_user(username=name)
    staff = Staff.objects.create(
        user=user, network_id=networks.get(place.network), sub_delegate=place.sub_delegate, name=name,
        roles=desk_roles() if role == "all" else [role], title="Reviewer", phone="1-714-555-0199",
    )  # fmt: skip
    License.objects.create(staff=staff, number=f"W{staff.pk}", specialty="207Q00000X", from_on=LONG_AGO)
    return name


def _subject(there: County, networks: Mapping[str, UUID], life: Life) -> Subject:
    key = f"{STEM}{life.key}"
    birth = date(1931, 3, 11 + LIVES.index(life))
    member = Member.objects.create(
        member_id=f"{key}id", first_name=f"{key}first".title(), last_name=f"{key}last".title(), birth_date=birth,
        phone=f"1-714-{key}", address=f"7 {key.title()} Street", city=f"{key}town".title(), zip_code="92999",
        cin=f"{key}"[:9], mbi=f"{key}m"[:11], latitude=33.75, longitude=-117.87,
    )  # fmt: skip
    Enrollment.objects.create(member=member, program=life.program, from_on=LONG_AGO)
    there.pcp.panel.create(member=member, from_on=LONG_AGO)
    if life.since:
        if life.changed:
            until = life.changed - timedelta(days=1)
            NetworkAssignment.objects.create(
                member=member, network_id=networks[life.before], from_on=LONG_AGO, to_on=until
            )
        NetworkAssignment.objects.create(
            member=member, network_id=networks[life.since], from_on=life.changed or LONG_AGO
        )
    rep = AuthorizedRepresentative.objects.create(
        member=member, name=f"{key}rep", authority="in-writing", evidence=f"{key}proof", from_on=LONG_AGO
    )
    acts_and_left(member, rep, key)
    told_of_the_right(there, member, life.program, key)
    ConfidentialRequest.objects.create(
        member=member, how="by_mail", received_on=TODAY, honor_by=TODAY, from_on=TODAY,
        address_lines=[f"1 {key}secret Road", "Orchard City, CA 92999"], recorded_at=NOW, recorded_by="Somebody",
    )  # fmt: skip
    FormatPreference.objects.create(
        member=member, format="large-print", told="phone", from_on=TODAY, recorded_at=NOW, recorded_by=f"{key}listener"
    )
    referral = _brought(there, member, life, key)
    Submission.objects.create(
        client=ApiClient.objects.get(), referral=referral, network=referral.network, bundle_key=f"urn:{key}|1",
        claim_key=f"urn:{key}|2", digest="0" * 64, body=f"{key}body".encode(), received_at=NOW,
    )  # fmt: skip
    # What was sent on stays with both ends: Grove knows what it sent, and Citrus Valley what it has not taken in yet.
    came = key if life.key in ("own", "open", "former") else "somebody"
    forwarded = Forwarded.objects.create(
        from_network_id=networks["grove"] if not life.received_at else None,
        to_network_id=networks.get(life.received_at), received_at=RECEIVED, channel="phone", urgency="standard",
        who=f"{came}who", asked_by=f"{came}caller", words=f"{came}words", forwarded_at=NOW, forwarded_by="Somebody",
    )  # fmt: skip
    AccessEntry.objects.create(
        at=NOW, person="Somebody", person_network=networks.get(life.received_at), what="referral", about=f"{key}id",
        why="work on a referral",
    )  # fmt: skip
    notice = Notice.objects.filter(referral=referral).order_by("position", "pk").first()
    paper = Paper.objects.filter(referral=referral).order_by("added_at").first()
    code = ""
    if life.ends == "authorized":
        code = give(referral, there.person("intake@plan"), NOW).code
    return Subject(
        life=life, member=member.pk, member_id=member.member_id, referral=referral.pk, number=referral.number,
        letter=notice.letter_id if notice else uuid4(), paper=paper.pk if paper else uuid4(), forwarded=forwarded.pk,
        representative=rep.pk, authority=rep.papers.get().pk, code=code, words=(key,),
        born_on=birth, from_office=at_the_doors(there, member, referral, key),
        has_letters=notice is not None, objected=life.key == "own",
    )  # fmt: skip


def _brought(there: County, member: Member, life: Life, key: str) -> Referral:
    """The Member's request of Monday, brought to where the story ends, by real steps."""
    office = life.key in ("own", "moved")  # a doctor's office asked, so a code can be given to it
    request = asked(
        there, member=member, program=life.program, requester="physician" if office else "member",
        requester_npi=there.pcp.npi if office else "", requester_name=f"{key}first", requester_phone=f"{key}call",
        request_words=f"{key}asked", condition=f"{key} of the back", procedure=f"{key} surgery",
        answers=YES if life.ends in ("authorized", "report_received") else {},
    )  # fmt: skip
    nurse = there.person("nurse@citrus" if life.received_at == "citrus" else "nurse@plan")
    referral = receive(request, person=there.person("intake@plan"), now=NOW).referral_id
    steps: list[tuple[t.Told, datetime]] = [(t.FileRecord(f"{key}.pdf", PDF), NOW)]
    if life.key == "own":
        steps.append((contact(appeal=False, complaint=True), NOW))
    if life.ends == "nurse_review":
        steps.append((t.TakeUp(complete=True), NOW))
    if life.ends == "withdrawn":
        steps.append((t.Withdraw("member", f"{key}first", f"{key}mind"), NOW))
    if life.ends == "report_received":
        steps += [
            (t.Choose(there.sam.pk, "member", "by phone"), NOW),
            (t.Schedule(NOW + timedelta(days=3)), NOW),
            (t.See(date(2026, 11, 26)), SEEN_AT),
            (report(), SEEN_AT),
        ]
    for told, at in steps:
        advance(referral, told, person=nurse, now=at)
    return Referral.objects.select_related("network").get(pk=referral)
