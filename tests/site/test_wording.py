"""The table of wordings, as the command prints it."""

import pytest

from county import NOW, county
from secondopinion.letters.approving import approve, propose, wordings
from secondopinion.letters.kinds import KINDS
from secondopinion.site.refusal import Refusal
from secondopinion.site.wording import matrix_of, show_wordings


@pytest.mark.django_db
@pytest.mark.usefixtures("as_plan")
def test_each_kind_has_a_line_with_how_it_stands_in_each_language(capsys):
    there = county()
    keys = {(each.kind, each.language): each.key for each in wordings()}
    chosen = [keys["denial_to_member", "es"], keys["denial_to_member", "en"]]
    propose(chosen, there.person("appeals@plan"), NOW)
    approve(chosen[:1], there.person("physician@plan"), NOW)
    assert show_wordings([]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(KINDS) + 3
    (line,) = (line.split() for line in said if line.startswith("denial_to_member"))
    assert line[:3] == ["denial_to_member", "proposed", "approved"]
    (office,) = (line.split() for line in said if line.startswith("denial_to_requester"))
    assert office[1:3] == ["draft", "-"]
    assert said[-1].startswith("1 approved, 1 proposed, ")
    assert "drafts leave too" in said[-1]
    assert "A draft does not leave." in matrix_of(wordings(), stay=True)


def test_the_command_takes_nothing():
    with pytest.raises(Refusal, match="takes nothing"):
        show_wordings(["es"])
