"""On which ways a letter leaves: by its reader, by dated rules, and by what is verified on the day of mailing.

A Member's letter always goes by mail, since the law counts a notice by its postmark, and a copy is put on the Member's
own page. An office is reached by encrypted e-mail or fax where a verified address is on record, and by mail where none
is, or when the line reports a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from secondopinion.directory.find import professional_with
from secondopinion.letters.addresses import address_of
from secondopinion.letters.carriers import Carrier, Enclosure
from secondopinion.letters.kinds import kind_named
from secondopinion.letters.mailing import Envelope, Way
from secondopinion.letters.models import Mailing, OfficeAddress
from secondopinion.letters.models_mailing import By
from secondopinion.people.confidential import request_of
from secondopinion.people.formats import format_of
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.formats import Format
from secondopinion.policy.parameters import value
from secondopinion.referrals.copies import NOT_TO_LEAVE, may_still_leave
from secondopinion.referrals.copies import ROLE as COPY
from secondopinion.referrals.leaflets import leaflets_with
from secondopinion.referrals.models import ConsultationReport, Notice, Paper
from secondopinion.referrals.notices import pcp_of
from secondopinion.referrals.reading import snapshot_of

ELECTRONIC = (By.MAIL, By.FAX)  # the first that is set up and verified is taken
OFFICES = ("requester", "professional")


def ways_of(notice: Notice, electronic: Mapping[str, Carrier], now: datetime) -> tuple[Way, ...]:
    """The ways of a letter's first mailings, the one that counts first."""
    if notice.recipient_role == COPY:
        return (Way(By.PRINT),)  # to the representative alone; the Member's own page has the Member's own letter
    reader, on = kind_named(notice.kind).reader, now.astimezone(PACIFIC).date()
    if reader == "member":
        return Way(By.PRINT), Way(By.PORTAL)
    if reader in OFFICES and value("post.electronic_first", on).truth:
        for by in ELECTRONIC:
            way = office_way(notice, by, now) if by in electronic else None
            if way is not None:
                return (way,)
    return (Way(By.PRINT),)


def office_way(notice: Notice, by: str, now: datetime) -> Way | None:
    """The electronic way to a letter's reader, where the reader is an office with a verified address."""
    found = _verified(notice, by, now)
    return Way(by, found.to, found.certificate) if found else None


def envelope_of(notice: Notice, mailing: Mailing, now: datetime) -> Envelope:
    """What one mailing gets besides the letter, looked up at the moment of mailing and never before."""
    is_copy, on = notice.recipient_role == COPY, now.astimezone(PACIFIC).date()
    if is_copy and not may_still_leave(notice.referral, notice.letter.recipient_name, on):
        return Envelope(held=NOT_TO_LEAVE)
    reads = format_for(notice, mailing)
    enclosures = enclosed_with(notice, reads)
    if mailing.carrier in ELECTRONIC:
        found = _verified(notice, mailing.carrier, now)
        if found is None or found.to != mailing.to:
            return Envelope(held="The office's address is not verified any more. Verify it anew, or send by mail.")
        return Envelope(enclosures, certificate=found.certificate)
    if mailing.carrier == By.PRINT and kind_named(notice.kind).reader == "member" and not is_copy:
        # Reading: a Member's own address is the only one that a letter to the Member goes to; the plan has no other
        # policyholder. Where the Member asked in confidence, that address stands above every other (Civil Code 56.107).
        asked = request_of(notice.referral.member_id)
        if asked is not None:
            return Envelope(enclosures, tuple(asked.address_lines), confidential=True, format=reads)
    return Envelope(enclosures, format=reads)


def format_for(notice: Notice, mailing: Mailing) -> Format:
    """How the reader of a letter reads: the standing choice of the Member, or of whoever acts for the Member.

    Offices and professionals read standard print, and so does the page of the Member's own, which its reader enlarges.
    """
    return reads_now(notice) if mailing.carrier == By.PRINT else Format.STANDARD


def reads_now(notice: Notice) -> Format:
    """The format that stands for the reader of a letter: the one in which it goes by mail, if it goes now."""
    if kind_named(notice.kind).reader != "member":
        return Format.STANDARD
    is_copy = notice.recipient_role == COPY
    return format_of(notice.referral.member_id, notice.letter.recipient_name if is_copy else None)


def enclosed_with(notice: Notice, format: Format = Format.STANDARD) -> tuple[Enclosure, ...]:
    """What goes into the same envelope: the report with every letter that delivers it, the records with the
    authorization of whoever gives the opinion (III.F, III.F.1; 45 CFR 164.502(b)(2)(i)); and before them the leaflets
    that the law has travel with the letter.
    """
    leaflets = leaflets_with(notice.letter, format)
    if notice.kind in ("report_to_member", "report_to_professional"):
        files = [ConsultationReport.objects.select_related("paper").get(referral_id=notice.referral_id).paper]
    elif notice.kind == "authorization_to_professional":
        records = Paper.objects.filter(referral_id=notice.referral_id, kind=Paper.Kind.RECORD)
        files = list(records.order_by("added_at", "id"))
    else:
        files = []
    return (*leaflets, *(Enclosure(file.name, file.plain(), file.sha256) for file in files))


def _verified(notice: Notice, by: str, now: datetime) -> OfficeAddress | None:
    on: date = now.astimezone(PACIFIC).date()
    npi = _npi_of(notice, now)
    return address_of(npi, by, on) if npi else None


def _npi_of(notice: Notice, now: datetime) -> str:
    """The NPI of the office that a letter goes to; empty where none is known."""
    before = snapshot_of(notice.referral)
    if notice.recipient_role == "requester":
        return before.requester_npi
    if notice.recipient_role == "pcp":
        who = pcp_of(before, now)
    else:
        treating = notice.recipient_role == "treating"
        who = professional_with(before.clinician_id if treating else before.professional_id)
    return who.npi if who is not None and _named(notice, who.full_name) else ""


def _named(notice: Notice, name: str) -> bool:
    """Is the letter to this professional? One chosen later must not get the letter of the one before."""
    return notice.letter.recipient_name == name
