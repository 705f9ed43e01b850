"""What is missing, as rows of a form: in plain words, which question it would settle, and the clause that needs it."""

from __future__ import annotations

from typing import Final

from secondopinion.desk.step_fields import StepForm, choice_field, words_field
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals.told import Item

ROWS: Final = ("1", "2", "3")
QUESTION: Final = "Which question would it settle?"
CLAUSE: Final = "Which clause needs it?"
NO_QUESTION: Final = "None of the questions"
MORE_ITEMS: Final = (
    ("A second thing is missing", ("words_2", "fact_2", "clause_2")),
    ("A third thing is missing", ("words_3", "fact_3", "clause_3")),
)
ITS_CLAUSE: Final = "The clause that asks this question"


class MissingItems(StepForm):
    """Up to three things that are missing."""

    words_1 = words_field("What is missing?", "In words that the Member understands.", rows=2)
    fact_1 = choice_field(QUESTION, required=False, first=NO_QUESTION)
    clause_1 = choice_field(CLAUSE, required=False, first=ITS_CLAUSE)
    words_2 = words_field("A second thing that is missing", required=False, rows=2)
    fact_2 = choice_field(QUESTION, required=False, first=NO_QUESTION)
    clause_2 = choice_field(CLAUSE, required=False, first=ITS_CLAUSE)
    words_3 = words_field("A third thing that is missing", required=False, rows=2)
    fact_3 = choice_field(QUESTION, required=False, first=NO_QUESTION)
    clause_3 = choice_field(CLAUSE, required=False, first=ITS_CLAUSE)

    def items(self) -> tuple[Item, ...]:
        """Every row in which something was written or chosen."""
        said, items = self.cleaned_data, []
        for number in ROWS:
            words, fact, clause = (said[f"{part}_{number}"] for part in ("words", "fact", "clause"))
            if words or fact or clause:
                items.append(Item(words, clause or self._clause_of(fact), fact))
        return tuple(items)

    def _clause_of(self, fact: str) -> str:
        """The first clause on the list that asks the question."""
        offered = {clause for clause, _ in self.setting.choices["clause_1"]}
        known = questions.facts(self.setting.before.edition_in_force)
        clauses = known[fact].clauses if fact in known else ()
        return next((c for c in clauses if c in offered), "")
