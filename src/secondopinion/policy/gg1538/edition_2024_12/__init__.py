"""GG.1538 as revised on 2024-12-01: its glossary, Section II and Section III entered as rules."""

from secondopinion.policy.gg1538.edition_2024_12 import glossary, section_ii, section_iii
from secondopinion.policy.gg1538.edition_2024_12.edition import EDITION

__all__ = ["EDITION", "glossary", "section_ii", "section_iii"]
