"""The rehearsal edition: what it does not restate, it takes from 2024-12-01."""

from pathlib import Path
from typing import Final

from secondopinion.policy.clauses import Edition, LetterMarks
from secondopinion.policy.gg1538.edition_2024_12.edition import EDITION as EARLIER

DENIAL: Final = "denial_to_member"

MARKS: Final = LetterMarks(
    always={**EARLIER.letters.always, DENIAL: EARLIER.letters.always[DENIAL] | {"GG.1538 II.K.4"}},
    when_opinions_differ=EARLIER.letters.when_opinions_differ,
    in_program=EARLIER.letters.in_program,
)

EDITION: Final = Edition("GG.1538", "rehearsal", Path(__file__).parent, adopts=EARLIER, letters=MARKS)
