"""The letters after authorization and of hand-offs: what each says besides what the policy orders."""

import hashlib

import pypdfium2
import pytest

from letters.samples import EVERY, data_of, frozen
from secondopinion.letters import paper
from secondopinion.letters.freeze import freeze
from secondopinion.letters.kinds import KINDS, Example, examples
from secondopinion.letters.paper import squeeze
from secondopinion.letters.refusal import Incomplete
from secondopinion.policy.gg1538.edition_2024_12.letters import marks

MARKED = [
    pytest.param(kind, example, mark, id=f"{kind}-{example.name}-{mark}")
    for kind, example in (p.values for p in EVERY)
    if KINDS[str(kind)].reader != "everyone"  # its lines are in every script: see below
    for mark in sorted(marks(str(kind), example.data["referral"]["program"]))
]


def told(kind: str, data: dict) -> str:
    pdf = paper.render(kind, data["referral"]["program"], "en", data)
    return " ".join(paper.text_of(pdf).split())


@pytest.mark.clause("II.E", "II.F", "III.B", "III.F.1", "III.G")
@pytest.mark.parametrize(("kind", "example", "mark"), MARKED)
def test_a_finished_letter_without_the_words_of_a_mark_is_refused(kind: str, example: Example, mark: str, monkeypatch):
    said = paper.passages(kind, example.data["referral"]["program"], "en", example.data)[mark]
    whole = paper.text_of

    def without(pdf: bytes) -> str:
        words = squeeze(whole(pdf))
        for passage in said:
            words = words.replace(squeeze(passage), "")
        return words

    monkeypatch.setattr(paper, "text_of", without)
    with pytest.raises(Incomplete, match="does not say what"):
        paper.seal(frozen(kind, example), {mark})


@pytest.mark.parametrize("language", ["es", "hy", "ja", "km", "pa", "th", "fa", "ar"])
def test_the_sheet_of_languages_without_one_of_them_is_refused(language: str, monkeypatch):
    data = data_of("language_help", "example-medi-cal")
    (words,) = paper.passages("language_help", "medi-cal", "en", data)[f"45 CFR 92.11 {language}"]
    own = {letter for letter in words if not letter.isascii()}  # whatever order a reader gives them in
    whole = paper.text_of

    def without(pdf: bytes) -> str:
        return "\n".join(line for line in whole(pdf).splitlines() if not own & set(line))

    monkeypatch.setattr(paper, "text_of", without)
    with pytest.raises(Incomplete, match="does not say what 45 CFR"):
        paper.seal(freeze("language_help", "medi-cal", "en", data), {f"45 CFR 92.11 {language}"})


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("plan_opinion_to_member", ("parent", "service")),
        ("plan_opinion_to_member", ("expert",)),
        ("third_opinion_offer_to_member", ("outcome", "second", "says")),
        ("third_opinion_offer_to_member", ("procedure",)),
    ],
)
def test_what_a_person_writes_for_a_member_holds_no_code(kind: str, path: tuple[str, ...]):
    data = data_of(kind, "example-medi-cal")
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] += " 63030"
    with pytest.raises(Incomplete, match="looks like a procedure code"):
        freeze(kind, "medi-cal", "en", data)


@pytest.mark.clause("II.E")
def test_the_plan_compels_nobody_and_its_own_question_does_not_stop_the_clock():
    for example in examples("plan_opinion_to_member"):
        words = told("plan_opinion_to_member", dict(example.data))
        assert "You do not have to go." in words
        assert "that alone is not a reason for us to say no" in words
        assert "does not stop for this visit" in words
        assert "Friday, December 4, 2026" in words


@pytest.mark.clause("II.D")
def test_the_offer_of_a_third_opinion_names_both_doctors_and_no_last_day():
    data = data_of("third_opinion_offer_to_member", "example-medi-cal")
    words = told("third_opinion_offer_to_member", data)
    assert all(data["outcome"][who]["who"] in words for who in ("first", "second"))
    assert "There is no last day to ask" in words
    assert data["ask"]["phone"] in words


def test_an_approval_that_ended_is_no_denial():
    for kind in ("authorization_ended_to_member", "authorization_ended_to_professional"):
        words = told(kind, data_of(kind, "example-medi-cal"))
        assert "did not deny anything" in words or "Nothing was denied" in words
        assert "Thursday, February 18, 2027" in words


@pytest.mark.clause("III.G")
def test_returned_tests_are_written_to_each_professional_as_the_one_who_reads():
    consulting = data_of("tests_returned_to_professional", "example-medi-cal")
    treating = data_of("tests_returned_to_professional", "example-medi-cal-treating")
    assert "Direct the Member back to Victor Lund, MD" in told("tests_returned_to_professional", consulting)
    assert "Order those that you find are needed" in told("tests_returned_to_professional", treating)
    assert "72148" in told("tests_returned_to_professional", treating)


@pytest.mark.clause("III.B")
def test_an_agreement_names_who_pays_at_what_rate_and_has_a_place_for_both_names():
    data = data_of("agreement_to_professional", "example-medi-cal")
    words = told("agreement_to_professional", data)
    assert "Citrus Valley Medical Group bears the cost of this visit" in words
    assert data["agreement"]["rate"] in words
    assert "For Citrus Valley Medical Group Signed" in words
    assert "For Grace Park, MD Signed" in words


def test_an_agreement_tells_no_more_of_the_member_than_is_needed():
    data = data_of("agreement_to_professional", "example-medi-cal")
    data["member_contact"] = {"phone": "1-714-555-0121"}
    with pytest.raises(Incomplete, match="member contact is given, and no letter of this kind uses it"):
        freeze("agreement_to_professional", "medi-cal", "en", data)


def test_a_reminder_asks_what_can_be_done_now():
    words = {e.name: told("appointment_reminder_to_member", dict(e.data)) for e in
             examples("appointment_reminder_to_member")}  # fmt: skip
    assert "Call 1-714-555-0118 today." in words["example-medi-cal"]
    assert "Linh Nguyen, MD" in words["example-medi-cal-to-choose"]
    assert "Daniel Abebe, MD" in words["example-medi-cal-to-choose"]
    assert "You do not have to do anything." in words["example-medi-cal-looking"]
    assert "today" not in words["example-medi-cal-looking"]


def test_a_second_reminder_says_when_we_asked_before():
    first = told("report_chase_to_professional", data_of("report_chase_to_professional", "example-medi-cal"))
    again = told("report_chase_to_professional", data_of("report_chase_to_professional", "example-medi-cal-again"))
    assert "This is our first reminder." in first
    assert "1 working day late" in first
    assert "This is reminder number 2. We last asked on Wednesday, December 23, 2026." in again


def test_a_thick_packet_breaks_over_pages_with_its_table_heads_and_loses_nothing():
    data = data_of("packet_cover", "example-medi-cal")
    event = data["events"][0]
    data["events"] = [
        event | {"what": f"Wrote down thing {n}, and said at some length why it was done"} for n in range(90)
    ]
    data["documents"] = [
        {"name": f"Record {n}.pdf", "kind": "Medical record", "pages": n + 1,
         "sha256": hashlib.sha256(str(n).encode()).hexdigest(), "considered": n % 2 == 0, "from_page": 20 + n}
        for n in range(40)
    ]  # fmt: skip
    kept = freeze("packet_cover", "medi-cal", "en", data)
    pdf = paper.seal(kept, marks("packet_cover", kept.program)).pdf
    words, pages = paper.text_of(pdf), len(pypdfium2.PdfDocument(pdf))
    assert pages > 8
    assert all(f"thing {n}," in words for n in range(90))
    assert words.count("Pages Considered Page") > 4
    squeezed = "".join(words.split())
    assert all(d["sha256"] in squeezed for d in data["documents"])
    assert data["hash"] in squeezed


def test_a_packet_without_a_decision_or_a_document_says_so():
    words = told("packet_cover", data_of("packet_cover", "example-onecare"))
    assert "The referral has no decision yet." in words
    assert "No document is with this referral." in words
    assert "Packet for a complaint" in words


def test_an_expedited_dispute_says_so_at_the_top():
    words = told("packet_cover", data_of("packet_cover", "example-onecare-expedited"))
    assert words.index("Expedited.") < words.index("What is disputed")
    assert "Expedited." not in told("packet_cover", data_of("packet_cover", "example-medi-cal"))
