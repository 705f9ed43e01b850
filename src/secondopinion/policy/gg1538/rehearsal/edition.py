"""The rehearsal edition: what it does not restate, it takes from 2024-12-01."""

from pathlib import Path
from typing import Final

from secondopinion.policy.clauses import Edition
from secondopinion.policy.gg1538 import edition_2024_12

EDITION: Final = Edition("GG.1538", "rehearsal", Path(__file__).parent, adopts=edition_2024_12.EDITION)
