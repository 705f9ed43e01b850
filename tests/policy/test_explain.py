"""One case explained, and every case that cannot be refused by name in one line."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.policy.asked import About, Opinion, Program, Requester, Urgency
from secondopinion.policy.explain import CaseRefused, explain, explain_json

CASE: dict[str, Any] = {
    "program": "medi-cal",
    "received_at": "2026-11-23T10:00:00-08:00",
    "information_complete_at": "2026-11-23T10:00:00-08:00",
    "urgency": "standard",
    "requester": "member",
    "opinion": "second",
    "about": "specialist-care",
    "answers": {"surgery_is_recommended": True, "member_questions_surgery": True, "member_concurs": None},
}


@pytest.mark.clause("I")
def test_a_case_is_explained_from_authorization_to_binding_deadline() -> None:
    explained = explain(CASE)
    assert explained["policy"] == "GG.1538"
    assert explained["edition"] == "2024-12-01"
    assert explained["authorize"]["verdict"] == "yes"
    assert explained["authorize"]["answer"] == "authorize"
    assert {"surgery_is_recommended", "member_questions_surgery"} <= set(explained["authorize"]["because"])
    assert explained["authorize"]["needs"] == []
    assert explained["authorize"]["cites"] == ["II.C", "II.C.1"]
    assert explained["may_go"]["clause"] == "III.B"
    assert explained["may_go"]["candidates"] == "specialist-physician-same-or-equivalent"
    assert explained["prior_authorization_required"] is True
    assert explained["prior_authorization"]["cites"] == ["II.J"]
    assert json.loads(json.dumps(explained)) == explained


@pytest.mark.clause("II.J")
def test_in_thanksgiving_week_the_seven_day_cap_binds() -> None:
    """Received Monday 2026-11-23 at 10:00; five business days end Wednesday 2026-12-02, the cap on Monday."""
    clocks = explain(CASE)["clocks"]
    binding = [clock for clock in clocks if clock["binding"]]
    assert [clock["due_at"] for clock in binding] == ["2026-11-30T23:59:59-08:00"]
    assert "2026-12-02T23:59:59-08:00" in [clock["due_at"] for clock in clocks]
    assert all(clock["authority"] and clock["rule"] and clock["kind"] for clock in clocks)


@pytest.mark.clause("III.C")
def test_a_third_opinion_has_the_clocks_of_a_second() -> None:
    assert explain({**CASE, "opinion": "third"})["clocks"] == explain(CASE)["clocks"]


def test_due_instants_are_shown_in_pacific_time_whatever_offset_the_receipt_had() -> None:
    elsewhere = explain({**CASE, "received_at": "2026-11-23T18:00:00Z", "information_complete_at": None})
    assert all(clock["started_at"] in (None, "2026-11-23T10:00:00-08:00") for clock in elsewhere["clocks"])


def test_answers_and_completeness_may_be_left_out_and_are_then_not_known() -> None:
    bare = {key: value for key, value in CASE.items() if key not in {"answers", "information_complete_at"}}
    explained = explain(bare)
    assert explained["authorize"]["answer"] == "ask"
    assert explained["authorize"]["needs"]


REFUSED = [
    ({"program": "pace"}, "PACE"),
    ({"program": "Medi-Cal"}, "use one of medi-cal, onecare"),
    ({"program": True}, "program true is not known"),
    ({"urgency": "urgent"}, "urgency 'urgent'"),
    ({"requester": "neighbour"}, "requester 'neighbour'"),
    ({"opinion": "fourth"}, "opinion 'fourth'"),
    ({"about": None}, "about null"),
    ({"received_at": "2026-11-23T10:00:00"}, "received_at '2026-11-23T10:00:00' has no offset"),
    ({"received_at": "2026-11-23"}, "has no offset"),
    ({"received_at": "yesterday"}, "no ISO 8601 instant"),
    ({"received_at": 1763920800}, "no ISO 8601 instant"),
    ({"received_at": None}, "received_at null"),
    ({"received_at": "2014-12-31T23:59:59-08:00"}, "2015 to 2035"),
    ({"received_at": "2036-01-01T00:00:00-08:00", "information_complete_at": None}, "2015 to 2035"),
    ({"received_at": "0001-01-01T00:00:00+14:00"}, "2015 to 2035"),
    ({"information_complete_at": "9999-12-31T23:59:59-14:00"}, "information_complete_at"),
    ({"information_complete_at": "2026-11-24T10:00:00"}, "information_complete_at"),
    ({"information_complete_at": "2026-11-23T09:59:59-08:00"}, "before received_at"),
    ({"answers": []}, "answers is no JSON object"),
    ({"answers": {"surgery_is_recommended": "yes"}}, "surgery_is_recommended"),
    ({"answers": {"surgery_is_recommended": 1}}, "true, false or null"),
    ({"answers": {"favourite_colour": True}}, "favourite_colour"),
    ({"answers": {"favourite_colour": None}}, "favourite_colour"),
    ({"answers": {"requester_is_member": True}}, "head of the request"),
    ({"colour": "blue"}, "'colour' is no key of a case"),
    ({"col\nour\ud800": "blue"}, "'col our"),
]


@pytest.mark.clause("I")
@pytest.mark.parametrize(("change", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_is_not_known_is_refused_by_name_in_one_line(change: dict[str, Any], says: str) -> None:
    with pytest.raises(CaseRefused) as refused:
        explain({**CASE, **change})
    sentence = str(refused.value)
    assert says in sentence
    assert sentence.isprintable()
    sentence.encode("utf-8")


@pytest.mark.parametrize("key", ["program", "received_at", "urgency", "requester", "opinion", "about"])
def test_a_missing_key_is_refused_by_name(key: str) -> None:
    with pytest.raises(CaseRefused, match=f"{key} is missing"):
        explain({name: value for name, value in CASE.items() if name != key})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("null", "not a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"program": "medi-cal", "program": "onecare"}', "'program' stands twice"),
        ('{"answers": {"a": true, "a": false}}', "'a' stands twice"),
        ('{"program": NaN}', "is missing"),
        ('{"program": ' + "9" * 5000 + "}", "not JSON"),
    ],
    ids=range(9),
)
def test_text_that_is_no_case_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(CaseRefused, match=says):
        explain_json(text)


def test_a_case_as_text_is_explained_like_the_case() -> None:
    assert explain_json(json.dumps(CASE)) == explain(CASE)


instants = st.datetimes(
    min_value=datetime(2015, 1, 2),
    max_value=datetime(2035, 12, 30),
    timezones=st.builds(lambda hours: timezone(timedelta(hours=hours)), st.integers(-12, 14)),
)


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


@given(st.sampled_from([*CASE, "answer", ""]), anything)
def test_a_case_with_anything_anywhere_is_explained_or_refused_in_one_line(key: str, value: Any) -> None:
    text = json.dumps({**CASE, key: value})
    try:
        explained = explain_json(text)
    except CaseRefused as refused:
        assert str(refused).isprintable()  # noqa: PT017
    else:
        assert explained["policy"] == "GG.1538"


words = {
    "program": st.sampled_from([str(word) for word in Program]),
    "urgency": st.sampled_from([str(word) for word in Urgency]),
    "requester": st.sampled_from([str(word) for word in Requester]),
    "opinion": st.sampled_from([str(word) for word in Opinion]),
    "about": st.sampled_from([str(word) for word in About]),
}


@given(instants, st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=20))), st.fixed_dictionaries(words))
def test_any_receipt_of_the_years_covered_is_explained(
    received_at: datetime, later: timedelta | None, head: dict[str, Any]
) -> None:
    complete_at = None if later is None else (received_at + later).isoformat()
    case = {**head, "received_at": received_at.isoformat(), "information_complete_at": complete_at}
    explained = explain(case)
    due = [clock for clock in explained["clocks"] if clock["due_at"]]
    assert explained["authorize"]["verdict"] == "unknown"
    assert sum(clock["binding"] for clock in due) == (1 if due else 0)
    for clock in due:
        if clock["binding"]:
            assert clock["due_at"] == min((other["due_at"] for other in due), key=datetime.fromisoformat)
