"""The facts that the head of a request answers by itself, so that nobody is asked them."""

from __future__ import annotations

from functools import lru_cache

from secondopinion.policy.asked import About, Asked, Opinion, Requester
from secondopinion.policy.clauses import Edition

Masks = tuple[int, int]


def head_answers(asked: Asked) -> dict[str, bool]:
    """The hidden facts of GG.1538, each answered from the head of the request."""
    return _answers(asked.requester, asked.opinion, asked.about)


def head_masks(edition: Edition, asked: Asked) -> Masks:
    """The same answers as two integers (yes, no)."""
    return _masks(edition, asked.requester, asked.opinion, asked.about)


def _answers(requester: Requester, opinion: Opinion, about: About) -> dict[str, bool]:
    return {
        "requester_is_member": requester is Requester.MEMBER,
        "requester_is_authorized_representative": requester is Requester.AUTHORIZED_REPRESENTATIVE,
        "requester_is_physician": requester is Requester.PHYSICIAN,
        "requester_is_provider": requester is Requester.PROVIDER,
        "requester_is_plan": requester is Requester.PLAN,
        "opinion_is_second": opinion is Opinion.SECOND,
        "opinion_is_third": opinion is Opinion.THIRD,
        "opinion_is_additional": opinion is Opinion.ADDITIONAL,
        "about_is_specialist_care": about is About.SPECIALIST_CARE,
    }


@lru_cache(maxsize=256)
def _masks(edition: Edition, requester: Requester, opinion: Opinion, about: About) -> Masks:
    yes = no = 0
    for name, answer in _answers(requester, opinion, about).items():
        if answer:
            yes |= edition.bits[name]
        else:
            no |= edition.bits[name]
    return yes, no
