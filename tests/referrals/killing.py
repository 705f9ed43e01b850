"""Mails letters in processes that are killed, each at another line of the job. See test_killed_at_every_line.py.

Every line has a letter of its own: a child mails it and is killed with SIGKILL at that line, then it is mailed once
more. The letters' bytes are made up, because a typesetter's threads do not survive a fork; sealing touches nothing but
the letter's own row.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connections  # noqa: E402

from county import NOW, TODAY, County, county  # noqa: E402
from letters.offices import holder  # noqa: E402
from referrals.life import YES, asked  # noqa: E402
from secondopinion.letters import carriers, mailing  # noqa: E402
from secondopinion.letters.addresses import keep_address  # noqa: E402
from secondopinion.letters.carriers import Carrier  # noqa: E402
from secondopinion.letters.paper import Sealed  # noqa: E402
from secondopinion.people.rls import plan_scope  # noqa: E402
from secondopinion.referrals.models import Notice  # noqa: E402
from secondopinion.referrals.posting import post  # noqa: E402
from secondopinion.referrals.receive import receive  # noqa: E402

TRACED = ("/letters/mailing.py", "/letters/carriers/", "/referrals/posting.py", "/referrals/ways_out.py")
LATER = NOW + timedelta(minutes=1)


def made_up(frozen: Any, marks: Any) -> Sealed:
    """A sealed letter without a typesetter: other bytes for other data, the same for the same."""
    pdf = b"%PDF-1.7 " + frozen.data_sha256.encode()
    return Sealed(pdf, hashlib.sha256(pdf).hexdigest(), frozenset(), frozen.template_sha256)


def killed_at(nth: int) -> Callable[..., Any]:
    """A trace that kills this process at the nth line of the mailing job."""
    left = nth

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if not any(part in frame.f_code.co_filename for part in TRACED):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


def owed(there: County, by: str) -> UUID:
    """A letter that waits: to the Member for paper, to an office for what is electronic."""
    office = {} if by == "print" else {"requester": "physician", "requester_name": "Grace Lind, MD",
                                       "requester_npi": there.pcp.npi}  # fmt: skip
    taken = receive(asked(there, answers=YES, **office), person=there.person("intake@plan"), now=NOW)
    kind = "approval_to_member" if by == "print" else "approval_to_requester"
    return Notice.objects.values_list("letter_id", flat=True).get(referral_id=taken.referral_id, kind=kind)


def carriers_of(told: dict[str, str], letter: UUID) -> tuple[Carrier, dict[str, Carrier]]:
    """The carriers as a worker that has just started has them. Each letter has a print house of its own, since
    reading a list takes more lines the longer it is, and the last line would never come."""
    house = carriers.PrintHouse(Path(told["folder"]) / str(letter))
    if told["by"] == "fax":
        return house, {"fax": carriers.Fax(carriers.FaxGateway(told["gateway"], "token"))}
    if told["by"] == "fax folder":
        return house, {"fax": carriers.Fax(carriers.FaxFolder(Path(told["folder"])))}
    if told["by"] == "email":
        server = carriers.MailServer("localhost", int(told["port"]), trusted=Path(told["trusted"]))
        return house, {"email": carriers.SecureMail("letters@plan.example", server)}
    if told["by"] == "email folder":
        folder = carriers.MailFolder(Path(told["folder"]))
        return house, {"email": carriers.SecureMail("letters@plan.example", folder)}
    return house, {}


def mailed_by_a_child(letter: UUID, told: dict[str, str], nth: int) -> bool:
    """Mail a letter in a process that is killed at its nth line. False: it came to its end before."""
    connections.close_all()
    child = os.fork()
    if not child:
        house, electronic = carriers_of(told, letter)
        sys.settrace(killed_at(nth))
        post(letter, now=NOW, carrier=house, electronic=electronic)
        sys.settrace(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0, "the child failed by itself"
    return False


def main(told: dict[str, str]) -> None:
    mailing.seal = made_up
    mailing.fax_cover = lambda *_: b""
    by = told["by"].partition(" ")[0]
    with plan_scope(TODAY):
        there = county()
        if by != "print":
            certificate = holder().certificate if by == "email" else ""
            to = "front@office.example" if by == "email" else "1-714-555-0151"
            keep_address(there.pcp.npi, by, to, certificate=certificate, verified_on=TODAY, verified_by="Ann Oak")
    lines, killed, said = 0, True, {}
    while killed:
        lines += 1
        with plan_scope(TODAY):
            letter = owed(there, by)
        killed = mailed_by_a_child(letter, told, lines)
        house, electronic = carriers_of(told, letter)
        said[str(letter)] = post(letter, now=LATER, carrier=house, electronic=electronic)
    sys.stdout.write(json.dumps(said))
    connections.close_all()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
