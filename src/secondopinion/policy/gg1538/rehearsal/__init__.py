"""A made-up second edition, never in force: it proves that new words need a new folder and nothing else."""

from secondopinion.policy.gg1538.rehearsal import section_ii
from secondopinion.policy.gg1538.rehearsal.edition import EDITION

__all__ = ["EDITION", "section_ii"]
