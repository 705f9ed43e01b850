"""The list of all checks, in the order in which the operator reads them."""

from __future__ import annotations

from secondopinion.referrals.checks.answers_are_the_last_events import AnswersAreTheLastEvents
from secondopinion.referrals.checks.candidates_are_flat import CandidatesAreFlat
from secondopinion.referrals.checks.case import Check
from secondopinion.referrals.checks.clocks_are_computed import ClocksAreComputed
from secondopinion.referrals.checks.due_is_the_earliest import DueIsTheEarliest
from secondopinion.referrals.checks.ends_owe_their_notice import EndsOweTheirNotice
from secondopinion.referrals.checks.everybody_is_told import EverybodyIsTold
from secondopinion.referrals.checks.hashes_link import HashesLink
from secondopinion.referrals.checks.history_has_no_gap import HistoryHasNoGap
from secondopinion.referrals.checks.letters_are_owed_once import LettersAreOwedOnce
from secondopinion.referrals.checks.letters_can_be_read import LettersCanBeRead
from secondopinion.referrals.checks.letters_leave_within_a_day import LettersLeaveWithinADay
from secondopinion.referrals.checks.mailing_is_proven import MailingIsProven
from secondopinion.referrals.checks.none_is_stuck import NoneIsStuck
from secondopinion.referrals.checks.one_authorization_one_visit import OneAuthorizationOneVisit
from secondopinion.referrals.checks.opinions_rise import OpinionsRise
from secondopinion.referrals.checks.physicians_signed import PhysiciansSigned
from secondopinion.referrals.checks.row_is_what_history_sets import RowIsWhatHistorySets
from secondopinion.referrals.checks.state_is_the_last_events import StateIsTheLastEvents
from secondopinion.referrals.checks.steps_are_the_tables import StepsAreTheTables
from secondopinion.referrals.checks.what_was_handed_over_is_acknowledged import WhatWasHandedOverIsAcknowledged

HISTORY: tuple[Check, ...] = (HistoryHasNoGap(), HashesLink(), StateIsTheLastEvents(), AnswersAreTheLastEvents())
EVERY: tuple[Check, ...] = (
    *HISTORY,
    RowIsWhatHistorySets(),
    StepsAreTheTables(),
    ClocksAreComputed(),
    DueIsTheEarliest(),
    NoneIsStuck(),
    EndsOweTheirNotice(),
    LettersAreOwedOnce(),
    MailingIsProven(),
    LettersLeaveWithinADay(),
    LettersCanBeRead(),
    WhatWasHandedOverIsAcknowledged(),
    PhysiciansSigned(),
    OneAuthorizationOneVisit(),
    OpinionsRise(),
    CandidatesAreFlat(),
    EverybodyIsTold(),
)
