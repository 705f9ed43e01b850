"""Everything that can hang on one Member of the world beside the request: each with words by which it is known."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import transaction

from county import NOW, TODAY, County
from referrals.life import PDF
from secondopinion.letters.models import LetterFile
from secondopinion.people import own_page
from secondopinion.people.models import (
    AuthorizedRepresentative,
    Disclosure,
    Member,
    RepresentativeEnd,
    RepresentativePaper,
    Staff,
)
from secondopinion.people.rls import plan_scope, set_one_member
from secondopinion.referrals import offices
from secondopinion.referrals.models import (
    Draft,
    OfficeKey,
    OfficeRequest,
    OfficeVisit,
    Paper,
    PaperRead,
    ReadingAloud,
    Referral,
    RightStatement,
    SavedView,
    SensitiveMark,
    Translation,
    VisitLink,
)
from secondopinion.referrals.offices import OfficeForm

ADDRESS = "198.51.100.7"


def in_other_words(key: str, referral: UUID, network: UUID | None, letter: UUID) -> None:
    """What hangs on a letter to somebody who reads another language, or in another way than in print."""
    of_it = {"referral_id": referral, "network_id": network, "letter_id": letter, "owed_at": NOW}
    Translation.objects.create(
        field="request", original=f"{key}words", original_sha256=sha256(f"{key}words".encode()).hexdigest(),
        language="es", **of_it,
    )  # fmt: skip
    ReadingAloud.objects.create(language="hy", **of_it)
    SensitiveMark.objects.create(
        referral_id=referral, network_id=network, segment="reproductive", holds=False, why=f"{key}because", at=NOW,
        by="Somebody",
    )  # fmt: skip
    content = f"{key}dots".encode()
    LetterFile.objects.create(
        letter_id=letter, network_id=network, format="braille", name="braille.brf", content=content,
        sha256=sha256(content).hexdigest(), made_at=NOW,
    )  # fmt: skip


def acts_and_left(member: Member, rep: AuthorizedRepresentative, key: str) -> None:
    """The paper of whoever acts for the Member, the day it will end, and what left the house about the Member."""
    RepresentativePaper.sealed(
        f"{key}paper".encode(), id=uuid4(), member=member, representative=rep, name=f"{key}.pdf", kind="pdf",
        added_at=NOW, added_by="Somebody",
    ).save(force_insert=True)  # fmt: skip
    RepresentativeEnd.objects.create(
        member=member, representative=rep, how="ended", from_on=date(2027, 11, 24), why=f"{key}ended", recorded_at=NOW,
        recorded_by="Somebody",
    )  # fmt: skip
    Disclosure.objects.create(
        member=member, on=TODAY, to_name=f"{key}court", what=f"{key}record", purpose="court", why=f"{key}order",
        recorded_at=NOW, recorded_by="Somebody",
    )  # fmt: skip


def told_of_the_right(there: County, member: Member, program: str, key: str) -> None:
    """A statement of the right that is still owed, and a page of the Member's own that was taken back."""
    RightStatement.objects.create(
        member=member, program=program, occasion="welcome", counts_from=TODAY, due_on=date(2026, 12, 1), owed_at=NOW,
        tries=1, why=f"{key}undelivered",
    )  # fmt: skip
    clerk = there.person("intake@plan")
    own_page.give(member, None, "phone", person=clerk, now=NOW)
    (page,) = member.own_pages.all()
    own_page.take_back(member, page.pk, f"{key}lost", person=clerk, now=NOW)


def at_the_doors(there: County, member: Member, referral: Referral, key: str) -> str:
    """The codes and links of one referral, who came by them, and the number of another request that an office sent."""
    of_it = {"referral": referral, "network": referral.network, "member": member}
    opens = OfficeKey.objects.create(
        number=referral.number, network=referral.network, code_sha256=digest(key, "code"), given_at=NOW,
        given_by=f"{key}clerk", expires_at=NOW + timedelta(days=90),
    )  # fmt: skip
    OfficeVisit.objects.create(
        number=referral.number, key=opens, visit_sha256=digest(key, "visit"), opened_at=NOW, **of_it
    )
    VisitLink.objects.create(
        professional=there.sam, authorization_number="", code_sha256=digest(key, "link"), given_at=NOW,
        given_by=f"{key}nurse", expires_at=NOW + timedelta(days=90), **of_it,
    )  # fmt: skip
    told = {
        "requester": "physician", "requester_name": f"{key}office", "requester_npi": there.watson.npi,
        "requester_phone": "1-714-555-0177", "requester_address": f"8 {key}mill Road", "program": "",
        "opinion": "second", "about": "specialist-care", "urgency": "standard", "urgency_reason": "",
        "condition": f"{key} of the knee", "procedure": "surgery", "request_words": f"{key}please",
        "clinician_name": "", "clinician_npi": there.first.npi,
    }  # fmt: skip
    form = OfficeForm(
        entry=uuid4(), card=member.member_id, birth_date=member.birth_date, first_name=member.first_name,
        last_name=f"{key}typed", told=told, paper_name=f"{key}.pdf", paper=PDF,
    )  # fmt: skip
    return offices.send(form, ADDRESS, NOW).number


def left_to_a_person(number: str) -> None:
    """The job looks at what the office sent, and finds a name that is written otherwise."""
    with plan_scope(TODAY):
        key = OfficeRequest.objects.get(number=number).pk
    assert offices.take_in(key, NOW) == "held"


def at_the_desk(reader: Staff, writer: Staff, referral: Referral, key: str) -> None:
    """A paper that somebody has opened, and a view of the list that somebody saved under words of their own."""
    PaperRead.objects.create(
        staff=reader, paper=Paper.objects.filter(referral=referral).latest("added_at"), referral=referral,
        network=referral.network, read_at=NOW,
    )  # fmt: skip
    SavedView.objects.create(
        staff=writer, network=writer.network, name=f"{key}view", filters={"view": "mine"}, saved_at=NOW
    )


def unfinished(member: UUID, rep: int, key: str, last: date) -> None:
    """Two requests that are not sent: the Member's, kept until a `last` day, and the representative's for longer."""
    with transaction.atomic():
        set_one_member(member, None, TODAY)
        for holder, gone_on in ((None, last), (rep, last + timedelta(days=30))):
            Draft.objects.create(
                member_id=member, representative_id=holder, answers={"words": f"{key}draft"}, begun_at=NOW,
                saved_at=NOW, gone_on=gone_on,
            )  # fmt: skip


def digest(*words: str) -> str:
    """What stands in the place of a secret's SHA-256."""
    return sha256(" ".join(words).encode()).hexdigest()
