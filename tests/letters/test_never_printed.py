"""No letter tells of a review that its reader does not have, in any language, while the dated setting says so."""

from datetime import date

import pytest

from letters.samples import data_of
from secondopinion.letters import paper
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.refusal import Incomplete
from secondopinion.policy import never_printed as rule
from secondopinion.policy.asked import Program
from secondopinion.policy.never_printed import NOTHING, never_printed

PROGRAMS = pytest.mark.parametrize("program", list(Program))
TODAY = date(2026, 11, 25)  # Wednesday


def denied(words: str, program: str = "medi-cal", language: str = "en") -> Frozen:
    data = data_of("denial_to_member", f"example-{program}")
    data["clinical_reason"] = words
    kept = freeze("denial_to_member", program, "en", data)
    return Frozen(kept.kind, program, language, kept.data, kept.data_sha256, kept.template_sha256)


@PROGRAMS
def test_a_finished_letter_with_any_of_the_words_is_refused(program):
    never = never_printed(program, TODAY)
    assert never.words
    for phrase in (*never.phrases, *never.words):
        language = "ar" if paper.RIGHT_TO_LEFT.search(phrase) else "en"
        with pytest.raises(Incomplete, match="not open to Members"):
            paper.seal(denied(f"You can ask for {phrase} too.", program.value, language), ())


def test_words_that_only_hold_the_letters_are_no_such_words():
    assert paper.seal(denied("The claim report came from Kimra on Imre Street."), ()).marks


def test_what_the_setting_opens_may_be_printed(monkeypatch):
    class Open:
        truth = True

    monkeypatch.setattr(rule, "value", lambda name, on: Open)
    assert never_printed(Program.MEDI_CAL, TODAY) is NOTHING
    assert paper.seal(denied("You can ask for an Independent Medical Review too."), ()).marks
