"""Each element taken out of each adverse letter in turn stops it by name: in the type, in the table, on the paper."""

import copy
import io
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pypdfium2
import pytest
from django.db import IntegrityError, transaction

from letters.places import Path, put, take
from letters.samples import data_of
from secondopinion.letters import paper
from secondopinion.letters.exhibits import cases
from secondopinion.letters.freeze import freeze, in_words
from secondopinion.letters.kinds import ADVERSE, Example
from secondopinion.letters.mailing import required_marks
from secondopinion.letters.models import Letter
from secondopinion.letters.preview import Ordered, in_order, preview
from secondopinion.letters.refusal import Incomplete
from secondopinion.policy.gg1538.matrix import element

HASH = "0" * 64
ONE_OF_EACH = [
    pytest.param(kind, next(e for e, _ in cases(kind, program)), program, id=f"{kind}-{program}")
    for kind in ADVERSE
    for program in ("medi-cal", "onecare")
]


def elements_of(kind: str, program: str, data: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """Each element of an adverse letter that rests on a value, by its mark, with the path of the value."""
    for at in range(len(data["reasons"])):
        for part in ("reason", "criterion", "clause"):
            yield "GG.1538 II.K.1", ("reasons", at, part)
    yield from (("GG.1538 II.K.2", ("appeal", part)) for part in ("by", "phone"))
    yield "42 CFR 438.404(b)(3)", ("hearing", "phone")
    yield "42 CFR 438.404(b)(2)", ("criteria", "title")
    for at, contact in enumerate(data["complaint"]):
        yield f"GG.1538 II.K.3 {contact['key']}", ("complaint", at, "phone")
    begins = kind.split("_to_")[0]
    if begins in ("denial", "modification"):
        if program == "onecare":
            yield from (("42 CFR 422.631(d)", ("rules", of)) for of in ("medicare", "medi_cal"))
        if not kind.endswith("_member"):
            yield from (("HSC 1367.01(h)(4)", ("physician", part)) for part in ("name", "phone"))
    if begins == "denial":
        yield "GG.1538 II.K.1", ("clinical_reason",)
        yield "GG.1507 III.A.4 what would help", ("to_approve",)
    elif begins == "modification":
        yield from (("GG.1538 II.G", ("change", part)) for part in ("asked", "approved"))
    elif begins == "deemed_denial":
        yield "42 CFR 438.404(c)(5)", ("time_limit", "due_on")
    elif begins == "rescission":
        yield "42 CFR 438.404(c)(1)", ("ends_on",)
        yield "42 CFR 438.420", ("continuation_by",)
    else:
        yield "GG.1538 III.D.1", ("visit", "on")


VALUES = [
    pytest.param(kind, example, program, mark, path, id=f"{kind}-{program}-{'.'.join(map(str, path))}")
    for kind, example, program in (each.values for each in ONE_OF_EACH)
    for mark, path in elements_of(kind, program, dict(example.data))  # type: ignore[arg-type, union-attr]
]


def without(data: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """The data without a value: the key gone, null, and blank."""
    found = []
    for how in ("gone", None, " "):
        spoilt = copy.deepcopy(data)
        if how == "gone":
            take(spoilt, path)
        else:
            put(spoilt, path, [how] if how and isinstance(value_at(data, path), list) else how)
        found.append(spoilt)
    return found


def value_at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


@pytest.mark.parametrize(("kind", "example", "program", "mark", "path"), VALUES)
def test_the_type_stops_it_and_names_the_value(
    kind: str, example: Example, program: str, mark: str, path: Path
) -> None:
    for spoilt in without(data_of(kind, example.name), path):
        with pytest.raises(Incomplete) as stopped:
            freeze(kind, program, "en", spoilt)
        name = str(path[-1] if isinstance(path[-1], str) else path[0]).replace("_", " ")
        assert name in str(stopped.value), (in_words(path), str(stopped.value))


@pytest.mark.django_db
@pytest.mark.usefixtures("as_plan")
@pytest.mark.parametrize(("kind", "example", "program", "mark", "path"), VALUES)
def test_the_table_stops_it_whoever_writes_the_row(
    kind: str, example: Example, program: str, mark: str, path: Path
) -> None:
    # Of several reasons the table looks for the rule of one, and for the words of each; the type looks for all of both.
    several = path[0] == "reasons" and path[2] != "reason"
    others = [("reasons", at, path[2]) for at in range(len(example.data["reasons"]))] if several else []
    for at, spoilt in enumerate(without(data_of(kind, example.name), path)):
        for other in others:
            spoilt = without(spoilt, other)[at] if other != path else spoilt
        with pytest.raises(IntegrityError, match="denial_says_what_it_must"), transaction.atomic():
            row(kind, program, spoilt).save()


def row(kind: str, program: str, data: dict[str, Any]) -> Letter:
    return Letter(
        id=uuid.uuid4(), kind=kind, program=program, language="en", recipient_role="member",
        recipient_name="Rosa Delgado", data=data, data_sha256=HASH, template_sha256=HASH,
        owed_at=datetime(2026, 11, 20, 18, tzinfo=UTC), batch_on=date(2026, 11, 20),
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "example", "program"), ONE_OF_EACH)
def test_the_finished_paper_stops_it_by_each_order_that_was_painted_over(
    kind: str, example: Example, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = freeze(kind, program, "en", example.data)
    required = required_marks(kind, program, frozen.data)
    whole = preview(frozen, required)
    assert whole.sendable
    assert whole.pdf is not None
    press = paper._press
    for mark in sorted(required):
        spoilt = painted_over(whole.pdf, [one for one in whole.ordered if element(mark) in one.elements])
        monkeypatch.setattr(paper, "_press", printing_instead(press, spoilt))
        with pytest.raises(Incomplete, match=re.escape(f"does not say what {mark} orders")):
            paper.seal(frozen, {mark})
        with pytest.raises(Incomplete, match="does not say what"):
            paper.seal(frozen, required)
        looked = preview(frozen, required)
        assert element(mark) in looked.lacking
        assert not looked.sendable
        monkeypatch.setattr(paper, "_press", press)
    assert paper.seal(frozen, required).marks >= required


def printing_instead(press: Callable[..., Any], pdf: bytes) -> Callable[..., Any]:
    """A press that puts out another paper than it set."""
    return lambda *told: (press(*told)[0], pdf)


def painted_over(pdf: bytes, ordered: list[Ordered]) -> bytes:
    """The paper without the words of some sentences: their text is taken out of the very PDF."""
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, start=1):
        width, height = page.get_size()
        spots = [spot for one in ordered if one.place and one.place.page == number for spot in one.place.spots]
        for thing in list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])):
            left, bottom, right, top = thing.get_bounds()
            across, down = 50 * (left + right) / width, 100 - 50 * (bottom + top) / height
            if any(s.left <= across <= s.left + s.width and s.top <= down <= s.top + s.height for s in spots):
                page.remove_obj(thing)
        page.gen_content()
    return saved(document)


def saved(document: pypdfium2.PdfDocument) -> bytes:

    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def test_painting_over_one_sentence_leaves_the_others() -> None:
    frozen = freeze("denial_to_member", "medi-cal", "en", data_of("denial_to_member", "example-medi-cal"))
    required = required_marks(frozen.kind, frozen.program, frozen.data)
    whole = preview(frozen, required)
    assert whole.pdf is not None
    appeal = [one for one in whole.ordered if element("GG.1538 II.K.2") in one.elements]
    left = in_order(painted_over(whole.pdf, appeal), paper.passages("denial_to_member", "medi-cal", "en", frozen.data))
    lost = {each.mark for one in left if one.place is None for each in one.elements}
    assert lost == {"GG.1538 II.K.2"}
