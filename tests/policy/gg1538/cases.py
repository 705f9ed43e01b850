"""Requests and answers for the tests of GG.1538."""

from datetime import datetime

from hypothesis import strategies as st

from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.clauses import Edition
from secondopinion.policy.findings import Finding
from secondopinion.policy.gg1538 import questions

MONDAY = datetime.fromisoformat("2026-11-23T10:00:00-08:00")
EDITION = questions.edition_named("2024-12-01")
REHEARSAL = questions.edition_named("rehearsal")


def asked(
    *,
    requester: str = "member",
    opinion: str = "second",
    about: str = "specialist-care",
    program: str = "medi-cal",
    urgency: str = "standard",
) -> Asked:
    """A request received on Monday 2026-11-23 at 10:00, complete at once."""
    return Asked(
        program=Program(program),
        received_at=MONDAY,
        information_complete_at=MONDAY,
        urgency=Urgency(urgency),
        requester=Requester(requester),
        opinion=Opinion(opinion),
        about=About(about),
    )


def find(clause: str, head: Asked | None = None, /, **answers: bool | None) -> Finding:
    """What one clause finds for a Member's request with these answers."""
    return questions.findings(EDITION, head or asked(), answers)[clause]


def authorize(head: Asked | None = None, /, **answers: bool | None) -> Finding:
    """What the whole policy finds on authorization."""
    return questions.shall_we_authorize(EDITION, head or asked(), answers)


def all_no(edition: Edition = EDITION) -> dict[str, bool | None]:
    """Every question answered no."""
    return dict.fromkeys(edition.askable_bits, False)


def heads() -> st.SearchStrategy[Asked]:
    """Any head a request can have."""
    return st.builds(
        asked,
        requester=st.sampled_from(list(Requester)),
        opinion=st.sampled_from(list(Opinion)),
        about=st.sampled_from(list(About)),
        program=st.sampled_from(list(Program)),
        urgency=st.sampled_from(list(Urgency)),
    )


def answers(edition: Edition = EDITION) -> st.SearchStrategy[dict[str, bool | None]]:
    """Any answers a referral can have, many of them not yet known."""
    return st.dictionaries(st.sampled_from(sorted(edition.askable_bits)), st.sampled_from([True, False, None]))
