"""The history's sentences for new beginnings, for what follows a yes, and for appeals and complaints."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from secondopinion.desk.referral_words import REQUESTERS, spoken
from secondopinion.desk.telling import Context, Said, Teller, answered, day_words, instant_words, quoted, reached
from secondopinion.referrals.models import Event, Found
from secondopinion.referrals.told_after import DECLINES

LEVELS: Final = MappingProxyType(
    {
        "appeal": "the appeal",
        "hearing": "the State Hearing",
        "reviewer": "the independent reviewer",
    }
)
PAYERS: Final = MappingProxyType({"plan": "the plan", "network": "the Health Network"})
AGAINST: Final = MappingProxyType(
    {
        "deny": "the denial",
        "limit": "the choice kept to the network",
        "grant_in_part": "the part that was not authorized",
        "delay": "the longer time to decide",
        "rescind": "the authorization taken back",
        "tell_cost": "the visit that is not covered",
        "deem": "the decision that did not come in time",
        "dismiss": "the dismissal",
        "late": "the decision that did not come in time",
    }
)
WHICH: Final = MappingProxyType({"appeal": "the appeal", "complaint": "the complaint"})


def beginning_of(event: Event) -> list[str]:
    """What a first event says besides the request itself: for whose sake, and after which opinion."""
    began = event.details.get("set") or {}
    said = []
    if began.get("parent_reference"):
        due = f", to be decided by {instant_words(began['parent_due_at'])}" if began.get("parent_due_at") else ""
        said.append(f"It is for the request {began['parent_reference']}: {began['parent_service']}{due}.")
    if began.get("follows_id"):
        said.append("It follows the opinion before it; what is known was taken over.")
    return said


def _discover(event: Event, context: Context) -> Said:
    began = event.details.get("set") or {}
    found = dict(Found.choices).get(began.get("found_by", ""), "").lower()
    return Said(
        f"entered a visit without authorization of {day_words(began['visited_on'])}, which came to light {found} on "
        f"{spoken(context.referral.received_at)}",
        (
            *quoted("Who saw the Member", began.get("outside_name")),
            *answered(event.details.get("answers") or {}, context),
        ),
    )


def _draft_agreement(event: Event, context: Context) -> Said:
    payer = PAYERS.get(event.details.get("payer", ""), "")
    return Said(
        "sent the letter of agreement; the Member pays nothing",
        (*quoted("Rate", event.details.get("rate")), *quoted("Who pays", payer)),
    )


def _sign_agreement(event: Event, context: Context) -> Said:
    told = event.details
    return Said(f"recorded the letter of agreement that {told['by_name']} signed on {day_words(told['signed_on'])}")


def _drop_agreement(event: Event, context: Context) -> Said:
    return Said(
        "ended the talks without an agreement; the authorization stands, and another professional is looked for",
        quoted("Why", event.details.get("why")),
    )


def _decline(event: Event, context: Context) -> Said:
    reason = DECLINES.get(event.details.get("reason", ""), "")
    return Said(
        f"recorded that {context.named(event.details['professional'])} will not see the Member; the authorization "
        "stands, and the Member chooses again",
        (*quoted("Reason", reason), *quoted("In words", event.details.get("words"))),
    )


def _return_tests(event: Event, context: Context) -> Said:
    tests = event.details.get("tests") or ()
    said = tuple(f"{test['words']} ({test['code']})" if test.get("code") else test["words"] for test in tests)
    return Said(
        f"sent back to the treating professional what {event.details.get('by_name')} had asked for: an opinion is one "
        "visit, tests are not part of it (GG.1538 III.G)",
        said,
    )


def _parent_decided(event: Event, context: Context) -> Said:
    return Said(
        f"recorded that the request it was for was decided on {day_words(event.details['decided_on'])}",
        quoted("How", event.details.get("outcome")),
    )


def _tell_cost(event: Event, context: Context) -> Said:
    signed = event.details.get("signed") or {}
    license_ = f"{signed.get('state', '')} {signed.get('license', '')}".strip()
    return Said(
        "found that the visit is not covered, and told the Member so and how to appeal (GG.1538 III.D.1)",
        (*quoted("Reason", event.details.get("reason")), *quoted("Signed with licence", license_)),
    )


def _excuse(event: Event, context: Context) -> Said:
    return Said("found that the Member owes nothing for the visit", quoted("Why", event.details.get("why")))


def _ask_further(event: Event, context: Context) -> Said:
    told = event.details
    return Said(f"recorded that {told['by_name']} asked for another opinion: it goes on as {told['number']}")


def _dispute(event: Event, context: Context) -> Said:
    told = event.details
    kinds = [
        name for name, is_so in (("an appeal", told.get("appeal")), ("a complaint", told.get("complaint"))) if is_so
    ]
    by = REQUESTERS.get(told.get("by", ""), "the person who called")
    fast = ", fast because waiting could harm" if told.get("expedited") else ""
    return Said(
        f"opened {' and '.join(kinds)}, from what {told['by_name']} ({by}) said on {instant_words(told['received_at'])}"
        + reached(told) + fast,
        (
            *quoted("In these words", told.get("words")),
            *quoted("It objects to", AGAINST.get(told.get("against_step", ""))),
            *quoted("The appeal goes by", ", ".join(told.get("path") or ())),
            *quoted("The complaint goes by", ", ".join(told.get("complaint_path") or ())),
            *quoted("Why it came after the last day", told.get("late_because")),
            *(("The Member was not sure which it is, so it is taken as both where it can be.",)
              if told.get("sure") is False else ()),
        ),
    )  # fmt: skip


def _acknowledge(event: Event, context: Context) -> Said:
    return Said(f"acknowledged {WHICH.get(event.details.get('which', ''), 'it')} in writing")


def _outcome(did: str) -> Teller:
    def tell(event: Event, context: Context) -> Said:
        told = event.details
        level = LEVELS.get(told.get("level", ""), "")
        return Said(
            did,
            (
                *quoted("Decided by", told.get("by_name")),
                *quoted("At", level),
                *quoted("Why", told.get("why")),
                *(quoted("Told", instant_words(told["told_at"])) if told.get("told_at") else ()),
                *(("For OneCare the case goes on to Medicare's reviewer by itself.",) if told.get("goes_on") else ()),
            ),
        )

    return tell


def _answer_complaint(event: Event, context: Context) -> Said:
    return Said(
        f"recorded that {event.details['by_name']} answered the complaint in writing",
        quoted("The answer", event.details.get("outcome")),
    )


TELLERS_AFTER: Final[Mapping[str, Teller]] = MappingProxyType(
    {
        "discover": _discover,
        "draft_agreement": _draft_agreement,
        "sign_agreement": _sign_agreement,
        "drop_agreement": _drop_agreement,
        "decline": _decline,
        "return_tests": _return_tests,
        "parent_decided": _parent_decided,
        "tell_cost": _tell_cost,
        "excuse": _excuse,
        "ask_further": _ask_further,
        "dispute": _dispute,
        "acknowledge": _acknowledge,
        "uphold": _outcome("recorded that the appeal left the decision as it was"),
        "overturn": _outcome("recorded that the decision was changed to a yes, and authorized the opinion"),
        "lift": _outcome("recorded that the decision was changed in the Member's favor"),
        "answer_complaint": _answer_complaint,
    }
)
