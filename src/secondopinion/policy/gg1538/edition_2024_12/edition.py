"""The edition revised on 2024-12-01, before its clauses are entered in it."""

from pathlib import Path
from typing import Final

from secondopinion.policy.clauses import Edition

EDITION: Final = Edition("GG.1538", "2024-12-01", Path(__file__).parent)
