"""The questions of a request, one thing a page: which page asks which facts, and what an answer makes known.

What is not marked is not answered: a page of boxes makes a fact false only where “none of these” was marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.find import programs_of
from secondopinion.people.own_page import Own
from secondopinion.policy.asked import About, Opinion, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538 import questions
from secondopinion.portal.own_door import asker_of
from secondopinion.referrals.doubted import doctor_with, named, pcp_on
from secondopinion.referrals.models import Channel
from secondopinion.referrals.request import Request

Answers = Mapping[str, Any]
YES, NO, UNSURE, NONE = "yes", "no", "unsure", "none"
OPERATION, PLAN = "member_questions_surgery", "member_questions_plan_of_care"
DIAGNOSIS = "member_questions_diagnosis"
MAIN, OTHER, NOT_SURE = "main", "other", "unsure"
LONGEST: Final[Mapping[str, int]] = {
    "urgency_reason": 300, "doctor_name": 120, "condition": 120, "procedure": 160, "request_words": 3000, "phone": 30,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `kind` says how it is answered (choice, boxes, doctor, which, line, reach); `facts` are its boxes."""

    name: str
    kind: str
    facts: tuple[str, ...] = ()
    text: str = ""  # the line of words that goes with it


PAGES: Final = (
    Page("urgent", "choice", text="urgency_reason"),
    Page("program", "choice"),
    Page("concurs", "choice", ("member_concurs",)),
    Page("doctor", "doctor", text="doctor_name"),
    Page("which", "which"),
    Page("condition", "line", text="condition"),
    Page("surgery", "choice", ("surgery_is_recommended",), text="procedure"),
    Page("doubts", "boxes", (OPERATION, DIAGNOSIS, PLAN)),
    Page("tried", "boxes", ("member_consulted_initial_provider", "member_attempted_plan_of_care")),
    Page("harm", "boxes", (
        "condition_threatens_life", "condition_threatens_limb", "condition_threatens_bodily_function",
        "condition_threatens_substantial_impairment",
    )),
    Page("lasting", "boxes", (
        "condition_is_serious", "condition_persists_or_worsens", "condition_needs_ongoing_treatment",
        "treatment_is_in_progress",
    )),
    Page("reach", "reach", text="request_words"),
)  # fmt: skip
BY_NAME: Final[Mapping[str, Page]] = {page.name: page for page in PAGES}


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, on which day, and what was answered so far."""

    own: Own
    answers: Answers
    now: datetime

    @property
    def today(self) -> date:
        """The Pacific day."""
        return self.now.astimezone(PACIFIC).date()

    @property
    def pages(self) -> list[Page]:
        """The pages that these answers call for, in order."""
        return [page for page in PAGES if self._is_asked(page.name)]

    def _is_asked(self, name: str) -> bool:
        if name == "program":
            return len(programs_of(self.own.member, self.today)) > 1
        if name == "concurs":
            return self.own.representative is not None
        if name == "which":
            return bool(self.found)
        if name == "tried":
            return bool({DIAGNOSIS, PLAN}.intersection(self.of("doubts").get("marked", ())))
        return True

    @property
    def first_open(self) -> Page | None:
        """The first page that is not answered yet; None when all are."""
        return next((page for page in self.pages if not self.of(page.name)), None)

    def after(self, page: Page) -> Page | None:
        """The page that follows one; None after the last."""
        pages = self.pages
        return next(iter(pages[pages.index(page) + 1 :]), None) if page in pages else self.first_open

    def of(self, name: str) -> Mapping[str, Any]:
        """What was answered on one page; empty where nothing was."""
        return self.answers.get(name) or {}

    def facts_of(self, page: Page) -> tuple[str, ...]:
        """The boxes of a page: the operation is doubted only where one was recommended."""
        without = page.name == "doubts" and self.of("surgery").get("choice") != YES
        return tuple(fact for fact in page.facts if not (without and fact == OPERATION))

    @property
    def main_doctor(self) -> QualifiedProfessional | None:
        """The Member's main doctor on the day."""
        return pcp_on(self.own.member, self.today)

    @property
    def found(self) -> list[QualifiedProfessional]:
        """The doctors of the directory whose names begin as it was typed."""
        doctor = self.of("doctor")
        return named(doctor.get("doctor_name", ""), self.today) if doctor.get("choice") != MAIN else []

    @property
    def doctor(self) -> QualifiedProfessional | None:
        """The doctor whose opinion is doubted, where the directory has them."""
        if self.of("doctor").get("choice") == MAIN:
            return self.main_doctor
        key = self.of("which").get("choice", NONE)
        return None if key == NONE or not self.found else doctor_with(UUID(key))

    @property
    def facts(self) -> dict[str, bool | None]:
        """What the answers make known of the policy's facts, and nothing else."""
        known: dict[str, bool | None] = {}
        for page in self.pages:
            said, facts = self.of(page.name), self.facts_of(page)
            if page.kind == "choice" and facts and said.get("choice") in (YES, NO):
                known[facts[0]] = said["choice"] == YES
            if page.kind == "boxes":
                # Reading: a Member who marks some of the boxes has said nothing of the others.
                known |= {fact: True for fact in facts if fact in said.get("marked", ())}
                known |= {fact: False for fact in facts if said.get("marked") == [NONE]}
        return known

    @property
    def program(self) -> str:
        """The program it is asked under: the only one of the day, or the one that was chosen."""
        programs = programs_of(self.own.member, self.today)
        chosen = str(self.of("program").get("choice", ""))
        return chosen if chosen in programs else programs[0] if programs else ""

    def request(self) -> Request:
        """The request as the house receives it."""
        requester, name = asker_of(self.own)
        doctor, choice = self.doctor, self.of("doctor").get("choice")
        about = {MAIN: About.PCP_CARE.value, OTHER: About.SPECIALIST_CARE.value}.get(str(choice), "")
        urgent = self.of("urgent").get("choice") == YES
        asked = questions.facts(questions.edition_on(self.today))
        return Request(
            member=self.own.member, program=self.program, channel=Channel.PAGE.value, received_at=self.now,
            requester=requester, requester_name=name, requester_phone=self.of("reach").get("phone", ""),
            urgency=(Urgency.EXPEDITED if urgent else Urgency.STANDARD).value,
            urgency_reason=self.of("urgent").get("urgency_reason", "") if urgent else "",
            opinion=Opinion.SECOND.value if about else "", about=about,
            request_words=self.of("reach").get("request_words", ""),
            condition=self.of("condition").get("condition", ""),
            procedure=self.of("surgery").get("procedure", "") if self.of("surgery").get("choice") == YES else "",
            clinician=doctor, clinician_name="" if doctor else self.of("doctor").get("doctor_name", ""),
            answers={fact: answer for fact, answer in self.facts.items() if fact in asked},
        )  # fmt: skip
