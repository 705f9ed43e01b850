"""How one letter's mailings look on its page, and which forms stand below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django.http import HttpRequest

from secondopinion.desk.forms_post import AgainForm, CameBackForm, PostForm
from secondopinion.desk.referral import now_of, person_of
from secondopinion.letters.approving import Standing, drafts_stay, standing_of
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.formats import IN_WORDS
from secondopinion.referrals.language_work import words_waiting
from secondopinion.referrals.models import Referral
from secondopinion.referrals.post_room import mailings_of
from secondopinion.referrals.posting import notice_of
from secondopinion.referrals.reading import is_honoured
from secondopinion.referrals.ways_out import reads_now

NOTHING_TYPED: Final[Mapping[str, PostForm]] = MappingProxyType({})
ROLES: Final = ("intake", "nurse", "physician", "appeals")
LOOKS: Final[Mapping[str, tuple[str, str]]] = {  # where a mailing stands: how it looks, its icon
    Stands.WAITING: ("calm", "clock"),
    Stands.HANDED_OVER: ("met", "check"),
    Stands.ACCEPTED: ("met", "check"),
    Stands.ARRIVED: ("met", "check"),
    Stands.FAILED: ("missed", "alert"),
    Stands.RETURNED: ("missed", "alert"),
}


def post_of(request: HttpRequest, found: Referral, one: Letter, typed: Mapping[str, PostForm]) -> dict[str, Any]:
    """What a letter's page shows of its mailings, and the forms that fit."""
    mailings: Sequence[Mailing] = mailings_of(found).get(one.pk, [])
    may = person_of(request).is_a(*ROLES) and not is_honoured(found, person_of(request))
    out = [m for m in mailings if m.carrier == By.PRINT and m.handed_over_at and m.stands != Stands.RETURNED]
    waits = any(m.stands == Stands.WAITING for m in mailings)
    today = now_of(request).astimezone(PACIFIC).date().isoformat()
    back = typed.get("back") or CameBackForm(
        auto_id="back-%s", initial={"on": today, "mailing": out[-1].pk if out else None}
    )
    return {
        "mailings": [(m, By(m.carrier).label, m.stands_words, *LOOKS[m.stands]) for m in mailings],
        "back_form": back if may and out else None,
        "again_form": (typed.get("again") or AgainForm(auto_id="again-%s")) if may and mailings else None,
        "may_try_now": may and waits,
        "words_waiting": words_waiting(one),
        "is_a_draft": one.sealed_at is None and standing_of(one.kind, one.language) is not Standing.APPROVED,
        "drafts_stay": drafts_stay(),
        "post_open": bool(typed),
        "reads": _reads_otherwise(one, out[-1].format) if may and out else "",
    }


def _reads_otherwise(one: Letter, went: str) -> str:
    """The format in which a letter's reader reads now, in words, where it is another than that of its last mailing."""
    reads = reads_now(notice_of(one.pk))
    return "" if reads.value == went else IN_WORDS[reads].lower()
