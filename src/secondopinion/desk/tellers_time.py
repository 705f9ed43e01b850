"""Sentences for the steps of time and of the decision, and for those that the house takes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from secondopinion.desk.telling import Context, Said, Teller, day_words, instant_words, quoted
from secondopinion.desk.words import lowered, words_of
from secondopinion.referrals.correcting import CORRECTABLE
from secondopinion.referrals.models import Event
from secondopinion.referrals.offering import number_in_words
from secondopinion.referrals.searching import counted_up_to
from secondopinion.referrals.told_outcomes import DISMISSALS, RESCISSIONS
from secondopinion.referrals.told_time import GROUNDS, SPOKEN

MOST_SHOWN: Final = 8  # professionals named under the sentence of a search


def _show_authority(event: Event, context: Context) -> Said:
    at = instant_words(event.details["at"])
    return Said(
        f"recorded that the representative’s authority arrived on {at}",
        quoted("What shows it", event.details.get("evidence")),
    )


def _late_information(event: Event, context: Context) -> Said:
    complete = "; with it, everything needed is in hand" if event.details.get("complete") else ""
    return Said(
        f"recorded that further information arrived on {instant_words(event.details['at'])}{complete}",
        quoted("What came in", event.details.get("note")),
    )


def _expedite(event: Event, context: Context) -> Said:
    name = event.details.get("by_name")
    by = f", which {name} supports" if event.details.get("supported") and name else ""
    return Said(f"made the request expedited{by}", quoted("Why it cannot wait", event.details.get("reason")))


def _refuse_expedite(event: Event, context: Context) -> Said:
    asked = event.details.get("asked_at")
    since = f"; fast handling had been asked for on {instant_words(asked)}" if asked else ""
    return Said(
        f"kept the request at the standard time, counted from its receipt{since}",
        quoted("Why waiting is safe", event.details.get("reason")),
    )


def _delay(event: Event, context: Context) -> Said:
    told = event.details
    ground = lowered(GROUNDS.get(told.get("ground", ""), "a lawful ground"))
    until = f", until {instant_words(told['until'])}" if told.get("until") else ""
    items = tuple(f"{i['words']} (for GG.1538 {i['clause']})" for i in told.get("items") or ())
    return Said(
        f"took {told.get('days')} days more to decide{until}, because {ground}",
        (
            *items,
            *quoted("Which expert", told.get("expert")),
            *quoted("Which examination", told.get("examination")),
            *quoted("Who asked for it", told.get("asked_by_name")),
            *quoted("Why it is good for the Member", told.get("interest")),
            *_signed(told),
        ),
    )


def _tell_member(event: Event, context: Context) -> Said:
    told = event.details
    what = SPOKEN.get(told.get("what", ""), "where the request stands")
    at = f" on {instant_words(told['at'])}" if told.get("at") else ""
    return Said(f"told the Member{at} {what}", quoted("Who was reached, and how", f"{told['whom']}, {told['how']}"))


def _correct(event: Event, context: Context) -> Said:
    was, now = event.details.get("was") or {}, event.details.get("now") or {}
    names = " and ".join(CORRECTABLE.get(n, (n, None))[0] for n in now)
    return Said(
        f"corrected {names}",
        (
            *(f"Before: {_value(n, was.get(n))}. Now: {_value(n, new)}." for n, new in now.items()),
            *quoted("Why", event.details.get("why")),
        ),
    )


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return "nothing"
    if name.endswith("_at"):
        return instant_words(str(value))
    return day_words(str(value)) if name.endswith("_on") else str(value)


def _record_first(event: Event, context: Context) -> Said:
    said = lowered(words_of(event.details.get("need"), "need"))
    return Said(
        f"recorded what the first practitioner said: {said}",
        (
            *quoted("The procedure", event.details.get("procedure")),
            *quoted("Where it says so", event.details["source"]),
        ),
    )


def _is_new(event: Event, context: Context) -> Said:
    return Said(
        f"said that this is a new request, not an appeal of {event.details.get('earlier')}",
        quoted("Why", event.details.get("why")),
    )


def _is_appeal(event: Event, context: Context) -> Said:
    return Said(
        f"said that this is an appeal of {event.details.get('earlier')}; it goes on there, from the same receipt",
        quoted("Why", event.details.get("why")),
    )


def _modified(did: str) -> Teller:
    def tell(event: Event, context: Context) -> Said:
        told = event.details
        reasons = tuple(f"Reason (GG.1538 {r['clause']}): {r['words']}" for r in told.get("reasons") or ())
        until = told.get("valid_until")
        offered = [context.named(npi) for npi in told.get("candidates") or ()]
        return Said(
            did,
            (
                *quoted("Asked", told.get("asked")),
                *quoted("Approved", told.get("approved")),
                *reasons,
                *quoted("Clinical reason", told.get("clinical_reason")),
                *((f"One visit, at no cost to the Member, until {day_words(until)}.",) if until else ()),
                *quoted("In reach when it was signed", _some(offered)),
                *_signed(told),
            ),
        )

    return tell


def _deem(event: Event, context: Context) -> Said:
    due = event.details.get("due_at")
    by = f" The time ended on {instant_words(due)}." if due else ""
    return Said(
        "wrote down that nobody decided in time, which by law counts as a denial",
        (f"{event.details.get('label')} ({event.details.get('authority')}).{by}",),
    )


def _dismiss(event: Event, context: Context) -> Said:
    told = event.details
    ground = lowered(DISMISSALS.get(told.get("ground", ""), "a lawful ground"))
    tries = tuple(f"Tried {instant_words(t['at'])}, {t['how']}: {t['what']}" for t in told.get("outreach") or ())
    return Said(f"dismissed the request: {ground}", (*quoted("Why", told.get("reason")), *tries))


def _vacate(event: Event, context: Context) -> Said:
    return Said(
        "took the dismissal back; the request is open again and its time starts now",
        quoted("Good cause", event.details.get("why")),
    )


def _reverse(event: Event, context: Context) -> Said:
    details = list(quoted("What has changed", event.details.get("why")))
    until = event.details.get("valid_until")
    if until:
        details.insert(0, f"One visit, at no cost to the Member, until {day_words(until)}.")
    return Said("changed the no into a yes, and authorized the opinion", tuple(details))


def _rescind(event: Event, context: Context) -> Said:
    told = event.details
    ground = lowered(RESCISSIONS.get(told.get("ground", ""), "a lawful ground"))
    return Said(
        f"took the authorization back, with {day_words(told['ends_on'])} as its last day: {ground}",
        (*quoted("Why", told.get("reason")), *_signed(told)),
    )


def _search(event: Event, context: Context) -> Said:
    found = event.details.get("search") or {}
    looked = found.get("looked") or ()
    left = sum(not x.get("against") for x in looked)
    of = f"of {len(looked)} professional{'' if len(looked) == 1 else 's'} looked at"
    lines = [f"{context.named(x['npi'])}: {x['against'] or _still(x)}." for x in looked[:MOST_SHOWN]]
    if len(looked) > MOST_SHOWN:
        lines.append(f"And {len(looked) - MOST_SHOWN} more, kept with the search.")
    up_to = counted_up_to(found)
    note = (
        *(f"{number_in_words(number, up_to)} counted: {why}." for why, number in (found.get("counted") or {}).items()),
        *quoted("Note", event.details.get("note")),
    )
    if not looked:
        return Said("searched the network, and found nobody who is qualified", note)
    may = f"nothing speaks against {left}" if left else "none is available"
    return Said(f"searched the network: {of}, {may}", (*lines, *note))


def looked_at(event: Event) -> set[str]:
    """The professionals that the sentence of a search names, by NPI."""
    looked = (event.details.get("search") or {}).get("looked") or ()
    attested = {event.details["professional"]} if event.step == "attest_training" else set()
    return attested | {x["npi"] for x in looked[:MOST_SHOWN]}


def _still(looked: Mapping[str, Any]) -> str:
    """A professional with nothing against: available, or not known whether in time."""
    first = looked.get("first_opening")
    return f"can see the Member on {day_words(first)}" if first else "the first opening was not asked for"


def _attest_training(event: Event, context: Context) -> Said:
    told = event.details
    return Said(
        f"attested the training of {context.named(told['professional'])} for this opinion",
        (*quoted("Training", told.get("training")), *_signed(told)),
    )


def _agree_outside(event: Event, context: Context) -> Said:
    told = event.details
    who = context.named(told["professional"])
    pays = "the Health Network" if told.get("payer") == "network" else "the plan"
    return Said(
        f"agreed that the Member may go outside the network, to {who}",
        (*quoted("Why", told.get("why")), f"{pays[:1].upper()}{pays[1:]} pays; the Member pays nothing."),
    )


def _carry_over(event: Event, context: Context) -> Said:
    told = event.details
    to = told.get("network") if told.get("decider") == "network" else "the plan"
    return Said(
        f"carried the referral over: from now on {to or 'the plan'} decides, and every clock goes on",
        quoted("Why", told.get("why")),
    )


def _lapse(event: Event, context: Context) -> Said:
    ended = event.details.get("ended_on")
    last = f" on {day_words(ended)}" if ended else ""
    return Said(f"wrote down that the authorization ended{last} without a visit; asking again is free")


def _remind(event: Event, context: Context) -> Said:
    return Said("reminded the Member to make the visit, and offered to help")


def _chase(event: Event, context: Context) -> Said:
    due = event.details.get("due_at")
    was = f", which was due on {instant_words(due)}" if due else ""
    rung = event.details.get("rung") or 1
    again = "" if rung == 1 else f" (reminder {rung}, to the Health Network too)"
    return Said(f"asked the professional for the missing report{was}{again}")


def _signed(told: Mapping[str, Any]) -> tuple[str, ...]:
    signed = told.get("signed") or {}
    return (
        *quoted("Signed with licence", f"{signed.get('state', '')} {signed.get('license', '')}".strip()),
        *quoted("What fits the signer for this question", signed.get("expertise")),
    )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_SHOWN])
    return f"{shown} and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else shown


TELLERS_TIME: Final[Mapping[str, Teller]] = MappingProxyType(
    {
        "show_authority": _show_authority,
        "late_information": _late_information,
        "expedite": _expedite,
        "refuse_expedite": _refuse_expedite,
        "delay": _delay,
        "tell_member": _tell_member,
        "correct": _correct,
        "record_first": _record_first,
        "is_new": _is_new,
        "is_appeal": _is_appeal,
        "limit": _modified("authorized the opinion, with the choice kept to the network"),
        "grant_in_part": _modified("authorized a part of what was asked"),
        "deem": _deem,
        "dismiss": _dismiss,
        "vacate": _vacate,
        "reverse": _reverse,
        "rescind": _rescind,
        "search": _search,
        "attest_training": _attest_training,
        "agree_outside": _agree_outside,
        "carry_over": _carry_over,
        "lapse": _lapse,
        "remind": _remind,
        "chase": _chase,
    }
)
