"""Every kind of answer once, with made-up people."""

from __future__ import annotations

from datetime import date

from fhir.bundles import NOW
from secondopinion.fhir import codes
from secondopinion.fhir.answer import Fault, Outcome, Professional, Reviewer

DAY = date(2026, 11, 23)
UNTIL = date(2027, 2, 21)
THE_DOCTOR_ASKED_FOR = Professional("1679576722", "Osei", "Adwoa")
ANOTHER_DOCTOR = Professional("1003000126", "Lindqvist", "Ines")
A_CLINIC = Professional("1245319599", "Elm Street Family Care", is_person=False)

OUTCOMES = {
    "certified by the policy": Outcome(
        "certified", NOW, "SO-26-000001", "A-26-000001", DAY, DAY, UNTIL, THE_DOCTOR_ASKED_FOR, ("99204",)
    ),
    "certified by a nurse for another doctor": Outcome(
        "certified", NOW, "SO-26-000001", "A-26-000001", DAY, DAY, UNTIL, ANOTHER_DOCTOR, ("99243",),
        reviewer=Reviewer("1114904364", "163W00000X"),
    ),
    "certified with the professional still to be chosen": Outcome(
        "certified", NOW, "SO-26-000001", "A-26-000001", DAY, DAY, UNTIL,
    ),
    "certified for a clinic": Outcome(
        "certified", NOW, "SO-26-000001", "A-26-000001", DAY, DAY, UNTIL,
        Professional("1114904364", "Harbor Light Physicians", is_person=False),
    ),
    "pended for a person": Outcome(
        "pended", NOW, "SO-26-000001", notes=("A person will say which opinion is asked for.",)
    ),
    "pended for information": Outcome(
        "pended", NOW, "SO-26-000001", missing=("Was surgery recommended?", "Does the Member doubt it?")
    ),
    "denied": Outcome(
        "denied", NOW, "SO-26-000001", decided_on=DAY, reviewer=Reviewer("1114904364", "207X00000X"),
        reasons=(codes.NOT_NECESSARY,), notes=("The same opinion was given last month by another surgeon.",),
    ),
    "certified in part": Outcome(
        "partial", NOW, "SO-26-000001", "A-26-000001", DAY, DAY, UNTIL, ANOTHER_DOCTOR, ("99243",),
        reviewer=Reviewer("1114904364", "207X00000X"), notes=("The choice is kept to the network.",),
    ),
    "denied because the time ran out": Outcome(
        "denied", NOW, "SO-26-000001", decided_on=DAY, by_lapse=True, reasons=(codes.NOT_IN_TIME,),
        notes=("Nobody decided in time.",),
    ),
    "withdrawn": Outcome("withdrawn", NOW, "SO-26-000001", notes=("Withdrawn as you asked.",)),
    "to be taken elsewhere": Outcome("contact", NOW, notes=("An appeal is not a new request.",)),
    "unknown Member": Outcome(
        "error", NOW, notes=("No Member was found by the number and the name or birth date.",),
        fault=Fault(codes.MEMBER_NOT_FOUND, codes.CORRECT_AND_RESEND, "Bundle.entry[1].resource.identifier"),
    ),
}  # fmt: skip
