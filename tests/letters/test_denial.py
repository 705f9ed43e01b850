"""An adverse letter without a reason, the right to appeal and a place to complain cannot exist: three guards."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from letters.samples import DENIALS, data_of
from secondopinion.letters.denial import AppealRight, ComplaintContact, DenialWords, Reason, check_denial
from secondopinion.letters.freeze import freeze
from secondopinion.letters.kinds import Example
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import render
from secondopinion.letters.refusal import Incomplete

REASON = Reason("GG.1538 II.C.3", "Test results do not agree.", "They agree.")
APPEAL = AppealRight("2027-01-19", "1-800-555-0142")
CONTACT = ComplaintContact("dhcs", "DHCS", "1-888-452-8609")


def spoilt(data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every way to leave out one of the three."""
    ways: list[tuple[str, dict[str, Any]]] = []
    for name, empty in (("reasons", []), ("appeal", {}), ("complaint", [])):
        ways += [
            (f"no {name}", {k: v for k, v in data.items() if k != name}),
            (f"null {name}", data | {name: None}),
            (f"empty {name}", data | {name: empty}),
        ]
    ways += [
        ("blank reason", data | {"reasons": [{**r, "reason": " "} for r in data["reasons"]]}),
        ("null reason", data | {"reasons": [{**r, "reason": None} for r in data["reasons"]]}),
        ("no appeal day", data | {"appeal": {**data["appeal"], "by": ""}}),
        ("no complaint phone", data | {"complaint": [{**c, "phone": ""} for c in data["complaint"]]}),
    ]
    return ways


WAYS = [name for name, _ in spoilt(data_of("denial_to_member", "example-medi-cal"))]


@pytest.mark.clause("II.K.1")
@pytest.mark.clause("II.K.2")
@pytest.mark.clause("II.K.3")
def test_the_type_refuses_a_denial_without_any_of_the_three():
    DenialWords((REASON,), APPEAL, (CONTACT,))
    with pytest.raises(Incomplete, match=r"II\.K\.1"):
        DenialWords((), APPEAL, (CONTACT,))
    with pytest.raises(Incomplete, match=r"II\.K\.2"):
        DenialWords((REASON,), None, (CONTACT,))  # type: ignore[arg-type]
    with pytest.raises(Incomplete, match=r"II\.K\.3"):
        DenialWords((REASON,), APPEAL, ())


@pytest.mark.parametrize("blank", ["", "  "])
def test_the_type_refuses_a_blank(blank):
    with pytest.raises(Incomplete, match="reason"):
        Reason("GG.1538 II.C.3", "Test results do not agree.", blank)
    with pytest.raises(Incomplete, match="by, in appeal"):
        AppealRight(blank, "1-800-555-0142")
    with pytest.raises(Incomplete, match="phone, in complaint"):
        ComplaintContact("dhcs", "DHCS", blank)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "example"), DENIALS)
def test_freezing_refuses_it(kind: str, example: Example, way: str):
    data = dict(spoilt(data_of(kind, example.name)))[way]
    with pytest.raises(Incomplete):
        check_denial(kind, data)
    with pytest.raises(Incomplete):
        freeze(kind, example.data["referral"]["program"], "en", data)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "example"), DENIALS)
def test_the_press_refuses_it_too(kind: str, example: Example, way: str):
    data = dict(spoilt(data_of(kind, example.name)))[way]
    with pytest.raises(Incomplete):
        render(kind, example.data["referral"]["program"], "en", data)


@pytest.mark.django_db
@pytest.mark.usefixtures("as_plan")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "example"), DENIALS)
def test_the_database_refuses_it_as_well(kind: str, example: Example, way: str):
    good = data_of(kind, example.name)
    with transaction.atomic():
        row(kind, good).save()
    with pytest.raises(IntegrityError, match="denial_says_what_it_must"), transaction.atomic():
        row(kind, dict(spoilt(good))[way]).save()


def row(kind: str, data: dict[str, Any]) -> Letter:
    return Letter(
        id=uuid.uuid4(), kind=kind, program="medi-cal", language="en", recipient_role="member",
        recipient_name="Rosa Delgado", data=data, data_sha256="0" * 64, template_sha256="0" * 64,
        owed_at=datetime(2026, 11, 20, 18, tzinfo=UTC), batch_on=date(2026, 11, 20),
    )  # fmt: skip
