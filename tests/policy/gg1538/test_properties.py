"""What holds of the whole policy, whatever is asked and answered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.gg1538.cases import EDITION, REHEARSAL, all_no, answers, asked, heads
from secondopinion.policy.asked import About, Asked, Opinion, Requester
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.heads import head_answers

editions = st.sampled_from([EDITION, REHEARSAL])


@given(editions, heads(), answers(), st.data())
def test_learning_more_never_reverses_a_settled_finding(
    edition: Any, head: Asked, known: dict[str, bool | None], data: st.DataObject
) -> None:
    open_questions = sorted(name for name in edition.askable_bits if known.get(name) is None)
    learned = data.draw(st.dictionaries(st.sampled_from(open_questions), st.booleans())) if open_questions else {}
    before = {**questions.findings(edition, head, known), "": questions.shall_we_authorize(edition, head, known)}
    more = {**known, **learned}
    after = {**questions.findings(edition, head, more), "": questions.shall_we_authorize(edition, head, more)}
    for clause, finding in before.items():
        if finding.verdict is not Verdict.UNKNOWN:
            assert after[clause].verdict is finding.verdict, clause


@given(editions, heads(), answers())
def test_an_unknown_always_names_a_fact_to_ask_next(edition: Any, head: Asked, known: dict[str, bool | None]) -> None:
    found = [*questions.findings(edition, head, known).values(), questions.shall_we_authorize(edition, head, known)]
    for finding in found:
        if finding.verdict is Verdict.UNKNOWN:
            assert finding.needs
            assert not finding.because
            for name in finding.needs:
                assert not edition.facts[name].hidden
                assert known.get(name) is None or edition.facts[name].yes_only
        else:
            assert finding.because
            assert not finding.needs
        assert finding.cites


@pytest.mark.clause("II.C")
@given(editions, heads(), answers())
def test_no_combination_of_answers_yields_a_denial(edition: Any, head: Asked, known: dict[str, bool | None]) -> None:
    finding = questions.shall_we_authorize(edition, head, known)
    assert finding.verdict is not Verdict.NO
    assert questions.answer_to(finding, edition) in {"authorize", "ask", "a person must look"}


@pytest.mark.clause("II.C")
@pytest.mark.parametrize("requester", list(Requester))
@pytest.mark.parametrize("opinion", list(Opinion))
@pytest.mark.parametrize("about", list(About))
def test_noes_to_everything_are_never_a_denial(requester: str, opinion: str, about: str) -> None:
    head = asked(requester=requester, opinion=opinion, about=about)
    for edition in (EDITION, REHEARSAL):
        finding = questions.shall_we_authorize(edition, head, all_no(edition))
        assert finding.verdict is Verdict.UNKNOWN
        assert questions.answer_to(finding, edition) == "a person must look"


@given(editions, heads(), answers())
def test_the_compiled_law_finds_what_the_plain_operators_find(
    edition: Any, head: Asked, known: dict[str, bool | None]
) -> None:
    plainly = questions.findings_plainly(edition, head, known)
    assert questions.findings(edition, head, known) == plainly
    plain_facts = edition.plain_facts({**known, **head_answers(head)})
    assert questions.shall_we_authorize(edition, head, known) == edition.questions["authorize"](plain_facts)
    yes, no = questions.as_masks(edition, known)
    head_yes, head_no = questions.head_masks(edition, head)
    verdicts = dict(zip(edition.law.names, edition.law.verdicts(yes | head_yes, no | head_no), strict=True))
    expected = {Verdict.UNKNOWN: 0, Verdict.YES: 1, Verdict.NO: 2}
    for clause, finding in plainly.items():
        assert verdicts[clause] == expected[finding.verdict]


@given(editions, st.lists(st.tuples(heads(), answers()), min_size=1, max_size=64))
def test_whole_columns_find_what_single_cases_find(
    edition: Any, cases: list[tuple[Asked, dict[str, bool | None]]]
) -> None:
    width = max(bit.bit_length() for bit in edition.bits.values())
    yes_columns, no_columns = [0] * width, [0] * width
    for row, (head, known) in enumerate(cases):
        for name, answer in {**known, **head_answers(head)}.items():
            if answer is not None:
                column = yes_columns if answer else no_columns
                column[edition.bits[name].bit_length() - 1] |= 1 << row
    planes = dict(zip(edition.law.names, edition.law.columns(yes_columns, no_columns), strict=True))
    for row, (head, known) in enumerate(cases):
        for clause, finding in questions.findings(edition, head, known).items():
            yes, no = planes[clause]
            assert (yes >> row & 1, no >> row & 1) == (finding.verdict == "yes", finding.verdict == "no")


@given(answers())
def test_answers_survive_being_stored_as_two_integers(known: dict[str, bool | None]) -> None:
    yes, no = questions.as_masks(EDITION, known)
    assert max(yes, no) < 1 << 63
    kept = {name: answer for name, answer in questions.from_masks(EDITION, yes, no).items() if answer is not None}
    assert kept == {name: answer for name, answer in known.items() if answer is not None}
