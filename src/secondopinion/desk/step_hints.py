"""Why a step would be refused as things stand: said before anybody presses a button."""

from __future__ import annotations

from typing import Final

from secondopinion.desk.beside import Beside
from secondopinion.desk.step_fields import Setting
from secondopinion.desk.step_forms_time import longest_extension
from secondopinion.policy.asked import Program, Requester, Urgency
from secondopinion.referrals import clockwork
from secondopinion.referrals.deciding import asks_to_go_outside
from secondopinion.referrals.snapshot import Snapshot

ALREADY_YES: Final = "The policy already authorizes this request, so nobody is asked and no physician is needed."
NOT_YET_YES: Final = (
    "Not yet: the policy does not find a yes in the recorded answers. Answer the open questions below, "
    "or send the referral to a physician."
)
OUTSIDE_FIRST: Final = (
    "A professional outside the network was asked for. Search the network first; then agree to go outside, keep the "
    "choice to the network, or record that the Member chose somebody inside."
)
NO_YES_TO_TURN_TO: Final = (
    "The policy finds no yes in the recorded answers, so there is none to change the decision to. "
    "What is new goes in as information; the Member can appeal, and the appeals team looks again."
)
NO_DELAY: Final = (
    "OneCare gives no more time: this plan decides within the first limit (MA.6042 III.A.2, III.B.3). "
    "Ask at once for what is missing, or decide with what there is."
)
DELAYED: Final = "More time was taken once already; the law allows it once. Decide within the time there is."
NO_DELAY_OF_THE_PARENT: Final = (
    "The plan asked for this opinion itself, so it has no time of its own. The request it is for can be given more."
)
YES_IN_HAND: Final = "The policy authorizes this request already, so there is nothing to wait for: authorize it."
TOO_LATE: Final = "The time is over, so it cannot be made longer. The request counts as denied."
NO_DISMISSAL: Final = (
    "A Medi-Cal request is not dismissed: decide it, or let the one who asked withdraw it. A paper that is missing "
    "holds up no Medi-Cal request."
)
FAST_ALREADY: Final = "It is expedited already, with a provider’s support. Nothing faster exists."
STAYS_FAST: Final = (
    "A provider says that waiting could harm the Member, so it is expedited and stays so (42 CFR 438.210(d)(2), "
    "422.631). Decide it in the expedited time."
)
REFUSED_ALREADY: Final = "It was said already that this request keeps the standard time; the letter says how to object."
RESCINDED: Final = "The authorization was taken back already; its last day stands in the letter."


def blocked(step: str, setting: Setting, columns: Beside) -> str:
    """Why a step would be refused as things stand; empty when nothing stands against it."""
    before = setting.before
    if step in ("ask", "refer_up") and columns.authorizes:
        return ALREADY_YES
    if step == "authorize" and not columns.authorizes:
        return NOT_YET_YES
    if step == "authorize" and asks_to_go_outside(before):
        return OUTSIDE_FIRST
    if step == "reverse" and not columns.authorizes:
        return NO_YES_TO_TURN_TO
    if step == "delay":
        return no_more_time(setting, columns)
    if step == "dismiss" and before.program != Program.ONECARE:
        return NO_DISMISSAL
    if step == "expedite" and before.urgency == Urgency.EXPEDITED and before.expedite_supported:
        return FAST_ALREADY
    if step == "refuse_expedite":
        return REFUSED_ALREADY if before.expedite_refused else STAYS_FAST if stays_fast(before) else ""
    if step == "rescind" and before.rescinded_at is not None:
        return RESCINDED
    return ""


def no_more_time(setting: Setting, columns: Beside) -> str:
    """Why no more time can be taken for this request; empty when it can."""
    before = setting.before
    if before.requester == Requester.PLAN:
        return NO_DELAY_OF_THE_PARENT
    if longest_extension(before.program, setting.today) == 0:
        return NO_DELAY
    if before.extension_days:
        return DELAYED
    if columns.authorizes:
        return YES_IN_HAND
    due = clockwork.decision_due(before)
    return TOO_LATE if due is not None and setting.now > due else ""


def stays_fast(before: Snapshot) -> bool:
    """Does a provider's word keep the request expedited?"""
    asked_fast = before.urgency == Urgency.EXPEDITED and before.upgraded_at is None
    return before.expedite_supported or (asked_fast and before.requester in clockwork.OFFICES)
