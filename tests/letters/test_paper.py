"""The finished paper: the same bytes, the words a clause orders, and a structure that can be read aloud."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import orjson
import pikepdf
import pypdfium2
import pytest

from letters.samples import DENIALS, EVERY, TO_MEMBERS, data_of, frozen
from secondopinion.letters import paper
from secondopinion.letters.kinds import KINDS, TEMPLATES, Example
from secondopinion.letters.refusal import Incomplete
from secondopinion.policy.gg1538.edition_2024_12.letters import marks

AGAIN = """
import sys, orjson
from secondopinion.letters.paper import render
sys.stdout.buffer.write(render(sys.argv[1], sys.argv[2], "en", orjson.loads(sys.stdin.buffer.read())))
"""


def printed(kind: str, example: Example) -> bytes:
    return paper.render(kind, example.data["referral"]["program"], "en", example.data)


def told(kind: str, example: Example) -> str:
    return " ".join(paper.text_of(printed(kind, example)).split())


@pytest.mark.clause("II.F")
@pytest.mark.clause("II.K.1")
@pytest.mark.clause("II.K.2")
@pytest.mark.clause("II.K.3")
@pytest.mark.clause("III.D.1")
@pytest.mark.clause("III.F.1")
@pytest.mark.clause("III.G")
@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_the_finished_letter_says_what_the_policy_orders(kind: str, example: Example):
    outcome = example.data.get("outcome") or {}
    required = marks(kind, example.data["referral"]["program"], differs=outcome.get("agrees") is False)
    sealed = paper.seal(frozen(kind, example), required)
    assert required <= sealed.marks


@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_every_passage_that_claims_a_clause_is_on_the_paper(kind: str, example: Example):
    said = paper.passages(kind, example.data["referral"]["program"], "en", example.data)
    assert paper.marks_of(printed(kind, example), said) == set(said)


def test_a_letter_that_lacks_a_mark_is_refused_by_the_clause():
    example = EVERY[0].values[1]
    with pytest.raises(Incomplete, match=r"does not say what GG\.1538 II\.Z orders"):
        paper.seal(frozen(str(EVERY[0].values[0]), example), {"GG.1538 II.Z"})  # type: ignore[arg-type]


def test_words_that_did_not_reach_the_paper_do_not_count(monkeypatch):
    kind, example = "denial_to_member", next(p.values[1] for p in DENIALS)
    whole = paper.text_of
    monkeypatch.setattr(paper, "text_of", lambda pdf: whole(pdf).replace("right to", "rite to"))
    with pytest.raises(Incomplete, match=r"II\.K\.2"):
        paper.seal(frozen(kind, example), marks(kind, example.data["referral"]["program"]))  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_the_same_data_gives_the_same_bytes_in_any_thread(kind: str, example: Example):
    with ThreadPoolExecutor(2) as pool:
        copies = {f.result() for f in [pool.submit(printed, kind, example) for _ in range(3)]}
    assert copies == {printed(kind, example)}


def test_the_same_data_gives_the_same_bytes_in_another_process():
    data = data_of("denial_to_member", "example-onecare")
    other = subprocess.run(
        [sys.executable, "-c", AGAIN, "denial_to_member", "onecare"],
        input=orjson.dumps(dict(reversed(data.items()))), capture_output=True, check=True,
        env={**os.environ, "PYTHONPATH": str(TEMPLATES.parents[2])},
    )  # fmt: skip
    assert other.stdout == paper.render("denial_to_member", "onecare", "en", data)


def test_letters_asked_about_in_turn_are_not_mixed_up():
    one = data_of("denial_to_member", "example-medi-cal")
    two = data_of("denial_to_member", "example-onecare")
    paper.render("denial_to_member", "onecare", "en", two)
    said = paper.passages("denial_to_member", "medi-cal", "en", one)
    assert any("60\xa0days" in words for words in said["GG.1538 II.K.2"])


@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_a_screen_reader_finds_its_way(kind: str, example: Example):
    with pikepdf.open(io.BytesIO(printed(kind, example))) as pdf:
        root = pdf.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert all(page.get("/Tabs") == "/S" for page in pdf.pages if page.get("/Annots"))
        with pdf.open_metadata() as said:
            assert said["pdfuaid:part"] == "1"
            title = str(said["dc:title"])
        tags = list(tags_in(root.StructTreeRoot))
    assert title in told(kind, example)
    headings = [t for t in tags if re.fullmatch(r"H[1-6]", t)]
    assert headings[0] == "H1"
    assert headings.count("H1") == 1
    assert set(headings) <= {"H1", "H2"}
    assert {"P"} <= set(tags)
    if KINDS[kind].reader != "everyone":  # one sentence for each language, and no list
        assert {"L", "LI", "LBody"} <= set(tags)


def tags_in(node: pikepdf.Object) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from tags_in(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S).removeprefix("/")
        if "/K" in node:
            yield from tags_in(node.K)


@pytest.mark.parametrize(("kind", "example"), EVERY)
def test_no_letter_is_smaller_than_twelve_points_or_longer_than_three_pages(kind: str, example: Example):
    document = pypdfium2.PdfDocument(printed(kind, example))
    sizes = set()
    for page in document:
        for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            size = pypdfium2.raw.c_float()
            pypdfium2.raw.FPDFTextObj_GetFontSize(item.raw, size)
            sizes.add(round(size.value * abs(item.get_matrix().get()[3]), 1))
    assert min(sizes) >= 12
    # The cover of a packet is an index: as long as what it lists. A copy, which says whose it is, may be longer.
    copied = bool(example.data.get("recipient", {}).get("acts_for"))
    assert len(document) <= 3 + copied or KINDS[kind].reader == "appeals"


@pytest.mark.parametrize(("kind", "example"), TO_MEMBERS)
def test_a_member_sees_no_code_and_no_words_of_the_trade(kind: str, example: Example):
    words = told(kind, example)
    address = " ".join(example.data.get("recipient", {}).get("address_lines", ()))
    assert not re.search(r"\b99\d{3}\b", words.replace(address, "") if address else words.replace("CA 92999", ""))
    for hard in ("utilization", "adverse", "provider", "CPT", "NPI", "medically necessary", "DMHC", "IMR"):
        assert hard not in words


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.typ")), ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_no_template_tells_of_a_review_that_the_member_does_not_have(template):
    text = template.read_text()
    assert not re.search(r"DMHC|Managed Health Care|Independent Medical Review|\bIMR\b", text)


def test_a_denial_to_the_member_does_not_name_the_physician_and_one_to_the_office_does():
    data = data_of("denial_to_requester", "example-medi-cal")
    office = " ".join(paper.text_of(paper.render("denial_to_requester", "medi-cal", "en", data)).split())
    assert data["physician"]["name"] in office
    assert data["physician"]["phone"] in office
    member = data_of("denial_to_member", "example-medi-cal")
    assert "physician" not in member
    assert data["physician"]["name"] not in told("denial_to_member", DENIALS[0].values[1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("program", "says", "never"),
    [
        ("medi-cal", ["60 days", "State Hearing", "1-888-452-8609", "Tuesday, January 19, 2027"], ["QIO", "Medicare"]),
        ("onecare", ["65 days", "State Hearing", "1-888-452-8609", "1-877-588-1123", "Sunday, January 24, 2027",
                     "Medicare:", "Medi-Cal:"], ["60 days"]),
    ],
)  # fmt: skip
def test_each_program_is_told_its_own_rights(program, says, never):
    data = data_of("denial_to_member", f"example-{program}")
    words = " ".join(paper.text_of(paper.render("denial_to_member", program, "en", data)).split())
    assert [s for s in says if s not in words] == []
    assert [n for n in never if n in words] == []


def test_a_differing_opinion_tells_of_the_third_and_an_agreeing_one_does_not():
    differs = data_of("report_to_member", "example-medi-cal")
    assert "GG.1538 II.D" in paper.passages("report_to_member", "medi-cal", "en", differs)
    agrees = data_of("report_to_member", "example-onecare")
    assert "GG.1538 II.D" not in paper.passages("report_to_member", "onecare", "en", agrees)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda d: d.pop("referral"), "referral is missing"),
        (lambda d: d["referral"].pop("number"), "number is missing"),
        (lambda d: d.update(dated_on="2026-02-30"), "not a day"),
        (lambda d: d.pop("dated_on"), "dated on is missing"),
        (lambda d: d.pop("complaint"), "complaint is missing"),
    ],
)
def test_a_missing_value_stops_the_press_and_is_named(spoil, named):
    data = data_of("denial_to_member", "example-medi-cal")
    spoil(data)
    with pytest.raises(Incomplete, match=named):
        paper.render("denial_to_member", "medi-cal", "en", data)


def test_a_long_letter_keeps_its_passages_whole_across_pages():
    data = data_of("denial_to_member", "example-medi-cal")
    data["reasons"] = [{**r, "reason": r["reason"] + f" Part {n}."} for n in range(20) for r in data["reasons"]]
    data["clinical_reason"] = "The scans agree and show wear. " * 120
    pdf = paper.render("denial_to_member", "medi-cal", "en", data)
    said = paper.passages("denial_to_member", "medi-cal", "en", data)
    assert paper.marks_of(pdf, said) == marks("denial_to_member", "medi-cal")
    assert len(pypdfium2.PdfDocument(pdf)) > 5


def test_a_name_that_looks_like_markup_stays_a_name():
    data = data_of("withdrawal_to_member", "example")
    data["recipient"]["name"] = data["member"]["name"] = '*Bobby* #panic("x") O\'Hara_$1'
    words = paper.text_of(paper.render("withdrawal_to_member", "medi-cal", "en", data))
    assert "*Bobby* #panic" in words
