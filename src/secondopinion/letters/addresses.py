"""Where offices get fax and encrypted e-mail: only what a person has verified, and not too long ago (HH.3002)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F, Value
from django.db.models.functions import Greatest

from secondopinion.letters.carriers.fax import dialled
from secondopinion.letters.carriers.parcel import NotCarried
from secondopinion.letters.carriers.secure_mail import ADDRESS, certificate_of
from secondopinion.letters.models_mailing import By, OfficeAddress
from secondopinion.people.models import Period
from secondopinion.policy.identifiers import npi_is_valid
from secondopinion.policy.parameters import value


class NotAnAddress(ValueError):
    """What was told is no address that a letter could go to. Carries a sentence."""


def keep_address(
    npi: str, by: str, to: str, *, certificate: str = "", verified_on: date, verified_by: str
) -> OfficeAddress:
    """Write down where an office gets letters from the day of verifying on; the one before ends the day before.

    Raises NotAnAddress.
    """
    to = to.strip()
    if not npi_is_valid(npi):
        raise NotAnAddress("That is no NPI: it has ten digits, and the last one checks the others.")
    try:
        if by == By.FAX:
            to = dialled(to)
        else:
            if not ADDRESS.fullmatch(to):
                raise NotAnAddress("That is no e-mail address. Write it as name@office.example.")
            if not certificate_of(certificate).not_valid_before_utc.date() <= verified_on <= _last_day(certificate):
                raise NotAnAddress("The office's certificate is not valid on that day. Ask the office for one that is.")
    except NotCarried as error:
        raise NotAnAddress(str(error)) from None
    ends = Greatest(F("from_on"), Value(verified_on - timedelta(days=1)))  # one of the same day gives way to this
    OfficeAddress.objects.filter(npi=npi, by=by, to_on__isnull=True).update(to_on=ends)
    return OfficeAddress.objects.create(
        npi=npi, by=by, to=to, certificate=certificate.strip(), from_on=verified_on,
        verified_on=verified_on, verified_by=verified_by,
    )  # fmt: skip


def addresses_on(on: date) -> list[OfficeAddress]:
    """Every address in force on a day, by NPI."""
    return list(OfficeAddress.objects.filter(Period.covering(on)).order_by("npi", "by", "-id"))


def address_of(npi: str, by: str, on: date) -> OfficeAddress | None:
    """Where an office gets letters this way on a day, if that was verified recently enough to be trusted."""
    since = on - timedelta(days=value("post.verified", on).number)
    holding = OfficeAddress.objects.filter(Period.covering(on), npi=npi, by=by, verified_on__gte=since)
    found = holding.order_by("-from_on", "-id").first()
    if found is None or (found.certificate and _last_day(found.certificate) < on):
        return None
    return found


def _last_day(certificate: str) -> date:
    return certificate_of(certificate).not_valid_after_utc.date()
