"""The edition revised on 2024-12-01, before its clauses are entered in it."""

from pathlib import Path
from typing import Final

from secondopinion.policy.clauses import Edition
from secondopinion.policy.gg1538.edition_2024_12.codes import CONSULTATION_CODES
from secondopinion.policy.gg1538.edition_2024_12.letters import MARKS

EDITION: Final = Edition("GG.1538", "2024-12-01", Path(__file__).parent, letters=MARKS, codes=CONSULTATION_CODES)
