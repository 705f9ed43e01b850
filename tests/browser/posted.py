"""Letters of the made-up county that want somebody at the post room."""

from __future__ import annotations

from uuid import UUID

from county import NOW, TODAY
from secondopinion.letters.models import Mailing
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Notice


def what_the_post_has_to_do() -> tuple[str, UUID]:
    """One letter could not be handed over, one came back, one is not acknowledged. The one that came back."""
    with plan_scope(TODAY):
        printed = Mailing.objects.filter(carrier="print", stands="accepted").order_by("handed_over_at")
        first, back, silent = list(printed[:3])
        Mailing.objects.create(
            letter_id=first.letter_id, network_id=first.network_id, carrier="print", nth=2, owed_at=NOW, batch_on=TODAY,
            tries=4, tried_at=NOW, why="The print house’s folder took no letter (No space left on device).",
        )  # fmt: skip
        Mailing.objects.filter(pk=back.pk).update(stands="returned", ended_at=NOW, why="moved, no new address")
        Mailing.objects.filter(pk=silent.pk).update(stands="handed_over")
        return Notice.objects.get(letter_id=back.letter_id).referral.number, back.letter_id
