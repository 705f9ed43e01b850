"""The leaflets that travel with a Member's letter, and the statement of the right to a second opinion."""

from datetime import date

import pytest

from county import NOW, TODAY, county
from referrals.ways import denied
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.freeze import freeze
from secondopinion.letters.kinds import KINDS
from secondopinion.letters.mailing import required_marks
from secondopinion.letters.paper import seal, text_of
from secondopinion.policy.asked import Program
from secondopinion.policy.enclosures import encloses
from secondopinion.portal.right import PAPERS
from secondopinion.referrals.leaflets import SAYS, leaflet, right_statement
from secondopinion.referrals.models import Notice
from secondopinion.referrals.posting import post
from secondopinion.referrals.ways_out import enclosed_with

LEAFLETS = {kind.name for kind in KINDS.values() if kind.leaflet}
HANDED_OUT = {"right_in_handbook", "right_insert"}  # by themselves, with the handbook and the welcome packet
ENCLOSED = LEAFLETS - HANDED_OUT
BOTH = pytest.mark.parametrize("program", list(Program))


def words(pdf: bytes) -> str:
    return " ".join(text_of(pdf).split())


@BOTH
def test_every_leaflet_is_drawn_and_goes_with_some_letter_or_is_handed_out_by_itself(program):
    assert set(SAYS) == LEAFLETS
    sent = {name for kind in KINDS for name in encloses(kind, program, TODAY)}
    assert sent == ENCLOSED
    assert set(PAPERS.values()) >= HANDED_OUT


@BOTH
def test_every_letter_that_can_be_appealed_carries_all_three_to_the_member_and_none_to_an_office(program):
    for kind in KINDS.values():
        if kind.adverse:
            expected = ENCLOSED if kind.reader == "member" else set()
            assert set(encloses(kind.name, program, TODAY)) == expected, kind.name


@BOTH
@pytest.mark.parametrize("name", sorted(LEAFLETS))
def test_a_leaflet_says_what_the_law_orders_and_never_tells_of_another_review(name, program):
    said = words(leaflet(name, program, "en", TODAY).content)
    assert "Orchard County Health Plan" in said
    for never in ("DMHC", "Managed Health Care", "Independent Medical Review", "IMR"):
        assert never not in said


def test_your_rights_gives_each_program_its_own_days_and_helpers():
    medi_cal, onecare = (words(leaflet("your_rights", p, "en", TODAY).content) for p in Program)
    assert "60 days from the date on the letter" in medi_cal
    assert "Quality Improvement" not in medi_cal
    assert "65 days from the date on the letter" in onecare
    assert "Quality Improvement" in onecare


def test_a_leaflet_prints_the_contact_in_force_on_its_day():
    before, after = (
        words(leaflet("your_rights", Program.ONECARE, "en", on).content)
        for on in (date(2025, 7, 31), date(2025, 8, 1))  # Thursday, Friday
    )
    assert "Livanta" in before
    assert "Livanta" not in after
    assert "Commence Health" in after


@pytest.mark.django_db
@pytest.mark.usefixtures("as_plan")
def test_the_leaflets_are_in_the_envelope_of_a_denial_and_in_the_print_houses_folder(tmp_path):
    way = denied(county())
    notice = Notice.objects.select_related("letter").get(referral_id=way.referral, recipient_role="member")
    names = [each.name for each in enclosed_with(notice)]
    assert names == ["your-rights.pdf", "nondiscrimination-notice.pdf", "language-help.pdf"]
    assert post(notice.letter_id, now=NOW, carrier=PrintHouse(tmp_path))
    assert len(list(tmp_path.rglob("*enclosure*.pdf"))) == 3
    office = Notice.objects.select_related("letter").get(referral_id=way.referral, recipient_role="pcp")
    assert enclosed_with(office) == ()


@BOTH
@pytest.mark.django_db
@pytest.mark.usefixtures("as_plan")
@pytest.mark.parametrize("new", [True, False])
def test_the_statement_of_the_right_says_how_to_ask_how_it_is_decided_and_what_it_costs(program, new):
    data = right_statement(county().one, program, TODAY, new=new)
    kept = freeze("right_statement_to_member", program.value, "en", data)
    said = words(seal(kept, required_marks(kept.kind, kept.program, kept.data)).pdf)
    assert "You have the right to ask for a second opinion." in said
    assert ("Welcome to" in said) is new
    assert "within 7 days from the day you ask" in said
    assert "within 72 hours" in said
