"""The frame of a template: what a translation must keep, and what it may move."""

import re

import pytest

from secondopinion.letters.kinds import KINDS, TEMPLATES
from secondopinion.letters.skeleton import Unbalanced, differences, skeleton

DENIAL = (TEMPLATES / "denial_to_member" / "en.typ").read_text("utf-8")
RIGHTS = (TEMPLATES / "rights-en.typ").read_text("utf-8")


def test_other_words_are_the_same_frame():
    other = DENIAL.replace("Why we said no", "Por qué").replace("You or your doctor can send us", "Usted o su médico")
    assert other != DENIAL
    assert differences(DENIAL, other) == ()


def test_a_value_may_move_inside_its_sentence():
    english = "On #day(d.decided_on), we wrote to #d.member.name.\n\n== Next\n"
    assert differences(english, "A #d.member.name escribimos el #day(d.decided_on).\n\n== Después\n") == ()


def test_a_number_may_take_the_form_of_its_language():
    assert differences("You have #d.appeal.days days.", "Tiene #days(d.appeal.days).") == ()
    assert differences('Write to #d.mail_lines.join(", ").', "Escriba a #address(d.mail_lines).") == ()


@pytest.mark.parametrize(
    ("english", "translation", "named"),
    [
        ("Call #d.plan.phone.", "Llame.", "d.plan.phone"),
        ("Call us.", "Llame al #d.plan.phone.", "d.plan.phone"),
        ("One.\n\nTwo.", "Uno.", "nothing"),
        ("== A\n\n- x\n- y\n", "== A\n\n- x\n", "nothing"),
        ("- x\n", "+ x\n", "item"),
        ('#says("GG.1538 II.F")[Free.]', "Gratis.", "GG.1538 II.F"),
        ('#says("GG.1538 II.F")[Free.]', '#says("GG.1538 II.G")[Gratis.]', "GG.1538 II.G"),
        ("#if d.a != none [Yes.]", "#if d.a == none [Sí.]", "d.a == none"),
        ("#if chosen [A\n\nB] else [C\n\nD]", "#if chosen [A\n\nB]", "nothing"),
        ("#panel[A #d.x]", "A #d.x", "panel"),
        ("#d.x\n\n#d.y", "#d.y\n\n#d.x", "d.y"),
        ("== A\n\n#our-rules()\n", "== A\n", "nothing"),
    ],
)  # fmt: skip
def test_a_frame_that_was_left_is_told(english, translation, named):
    found = differences(english, translation)
    assert found
    assert named in found[0]


def test_every_paragraph_of_a_letter_counts():
    paragraphs = DENIAL.split("\n\n")
    for number in range(1, len(paragraphs)):
        fewer = "\n\n".join(paragraphs[:number] + paragraphs[number + 1 :])
        try:
            found = differences(DENIAL, fewer)
        except Unbalanced:
            continue
        assert found, paragraphs[number]


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*/en.typ")), ids=lambda p: p.parent.name)
def test_every_value_an_english_letter_prints_is_in_its_frame(path):
    source = path.read_text("utf-8")
    held = " ".join(" ".join(p.holds) for p in skeleton(source))
    values = set(re.findall(r"#(?:[a-z-]+\()?(d\.[a-z_.]+[a-z_])", source))
    missing = {v for v in values if v.removesuffix(".join") not in held and not v.startswith("d.referral.")}
    assert missing == set()


@pytest.mark.parametrize("spoilt", ["#panel[open", "closed]", "#if d.a", '#says("x'])
def test_a_bracket_that_does_not_fit_is_told_in_a_sentence(spoilt):
    with pytest.raises(Unbalanced, match=r"^[^\n]+[.:] ?[^\n]*$"):
        skeleton(spoilt)


def test_every_english_template_can_be_read():
    assert all(skeleton((kind.folder / "en.typ").read_text("utf-8")) for kind in KINDS.values())
    assert skeleton(RIGHTS)
