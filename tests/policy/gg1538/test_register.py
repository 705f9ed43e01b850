"""The register: every clause of the policy has a keeper, and a test that proves it or a reason why none can."""

from importlib import import_module
from pathlib import Path

import pytest

from policy.gg1538.cases import EDITION, REHEARSAL
from secondopinion.policy.clauses import Clause, RegisterEntry
from secondopinion.policy.gg1538.edition_2024_12.letters import LETTERS
from secondopinion.policy.gg1538.register import marked_tests, register_rows

TESTS = Path(__file__).resolve().parents[2]

SECTIONS = [
    "I",
    *["II.A", "II.B", "II.C", "II.C.1", "II.C.2", "II.C.3", "II.C.4", "II.C.5", "II.D", "II.E", "II.F", "II.G"],
    *["II.H", "II.I", "II.J", "II.K", "II.K.1", "II.K.2", "II.K.3", "II.L"],
    *["III.A", "III.B", "III.C", "III.D", "III.D.1", "III.E", "III.F", "III.F.1", "III.G"],
]
TERMS = [
    *["Appeal (Medi-Cal)", "Appeal (OneCare)", "Appropriately Qualified Health Care Professional"],
    *["Authorized Representative (Medi-Cal)", "Authorized Representative (OneCare)"],
    *["Complaint (Medi-Cal)", "Complaint (OneCare)", "Covered Service (Medi-Cal)", "Covered Service (OneCare)"],
    *["Health Network", "Integrated Appeal", "Medically Necessary (Medi-Cal)", "Medically Necessary (OneCare)"],
    *["Member", "Non-Contracted Provider", "Plan of Care", "Primary Care Practitioner/Physician", "Provider"],
    *["Second Opinion", "Serious Chronic Condition", "Specialist Physician", "Treatment"],
]
ENTRIES = list(EDITION.register.values())


def test_the_register_has_every_clause_and_every_term_in_the_order_of_the_policy() -> None:
    assert list(EDITION.register) == [*SECTIONS, *(f"IX.{term}" for term in TERMS)]


def test_every_clause_has_a_test_or_a_reason_why_it_has_none() -> None:
    rows = register_rows(EDITION, marked_tests(TESTS))
    assert [row.entry.clause for row in rows if not row.is_proved] == []


def test_no_test_is_marked_with_a_clause_the_policy_does_not_have() -> None:
    assert set(marked_tests(TESTS)) - set(REHEARSAL.register) == set()


def test_a_reason_for_having_no_test_falls_away_when_there_is_one() -> None:
    rows = register_rows(EDITION, marked_tests(TESTS))
    assert [row.entry.clause for row in rows if row.tests and row.entry.no_test_because] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.clause)
def test_every_entry_says_who_how_and_why(entry: RegisterEntry) -> None:
    assert entry.actor
    assert entry.restatement.endswith(".")
    assert entry.why.endswith(".")
    assert entry.kept_by in {"rule", "clock", "letter", "page", "people"}
    assert entry.keeper


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.kept_by in {"rule", "clock"}], ids=lambda e: e.clause)
def test_the_keeper_of_a_rule_or_clock_exists(entry: RegisterEntry) -> None:
    module, name = entry.keeper.split(":")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.kept_by == "letter"], ids=lambda e: e.clause)
def test_the_keeper_of_a_letter_clause_is_a_kind_of_letter(entry: RegisterEntry) -> None:
    for kind in entry.keeper.split(", "):
        assert kind in LETTERS


@pytest.mark.parametrize("edition", [EDITION, REHEARSAL], ids=lambda edition: edition.name)
def test_every_clause_kept_by_a_rule_of_its_own_is_registered_with_the_same_force(edition: object) -> None:
    for clause in edition.clauses.values():  # type: ignore[attr-defined]
        assert edition.register[clause.id].force is clause.force  # type: ignore[attr-defined]
        assert clause.restatement.endswith(".")


def test_a_keeper_that_is_a_clause_function_keeps_its_own_clause() -> None:
    for entry in ENTRIES:
        if entry.kept_by == "rule" and ".edition_2024_12." in entry.keeper:
            module, name = entry.keeper.split(":")
            keeper = getattr(import_module(module), name)
            assert isinstance(keeper, Clause)
            assert keeper.id == entry.clause or entry.clause.startswith("IX.")


def test_marks_are_found_on_tests_on_classes_and_on_whole_files(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "import pytest\n"
        'pytestmark = [pytest.mark.slow, pytest.mark.clause("II.A")]\n'
        '@pytest.mark.clause("II.B", "II.C")\n'
        "def test_one(): ...\n"
        '@pytest.mark.clause("II.D")\n'
        "class TestMany:\n"
        "    def test_two(self): ...\n"
        "    def helper(self): ...\n",
        encoding="utf-8",
    )
    assert marked_tests(tmp_path) == {
        "II.A": ("test_a.py::test_one", "test_a.py::test_two"),
        "II.B": ("test_a.py::test_one",),
        "II.C": ("test_a.py::test_one",),
        "II.D": ("test_a.py::test_two",),
    }
