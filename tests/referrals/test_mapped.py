"""A step that would owe a letter the matrix does not know is refused whole, by the letter's name."""

from dataclasses import replace

import pytest

from county import county
from referrals.ways import denied
from secondopinion.referrals import ledger
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_plan")]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"recipient_role": "network"}, "“denial_to_member” to network in"),
        ({"kind": "birthday_card"}, "“birthday_card” to member in"),
    ],
)
def test_a_letter_that_no_decision_owes_stops_the_step(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], named: str
) -> None:
    place, whole = county(), ledger.with_copies
    monkeypatch.setattr(
        ledger,
        "with_copies",
        lambda *told: tuple(replace(o, **changed) if o.kind == "denial_to_member" else o for o in whole(*told)),
    )
    with pytest.raises(Refused, match=named):
        denied(place)
    assert not Event.objects.filter(step="deny").exists()
    assert not Notice.objects.filter(kind__startswith="denial").exists()
