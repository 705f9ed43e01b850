"""A very small Orchard County for tests: two Health Networks, four Members, nine professionals, staff and a system.

Call `county()` inside plan scope (the fixture `as_plan`, or `rls.plan_scope` in a committed test): it writes as the
application's role under row-level security, as the program does. Its day is Monday 2026-11-23.
Remember that a request made with the test client leaves its own scope on the test's transaction: call
`rls.set_scope` again before you look at rows that only the plan may see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.auth import get_user_model
from django.test import Client

from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import Contract, PcpAssignment, QualifiedProfessional
from secondopinion.people.models import (
    ApiClient,
    Delegation,
    Enrollment,
    HealthNetwork,
    License,
    Member,
    NetworkAssignment,
    Role,
    Staff,
)
from secondopinion.people.person import Person, person_of

TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # Monday 10:00 in California
LONG_AGO = date(2020, 1, 1)
MOVED_ON = date(2026, 7, 1)  # the Wednesday that Luis Ortega went from Citrus Valley to Sierra Oak
PASSWORD = "a long pass phrase for tests"
TOKEN = "test-token-of-the-example-office"

FAMILY, CARDIOLOGY, SPINE, NEUROSURGERY, NURSE_PRACTITIONER = (
    "207Q00000X", "207RC0000X", "207XS0117X", "207T00000X", "363L00000X",
)  # fmt: skip

SIGN_INS: Mapping[str, tuple[str, ...]] = {
    "intake@plan": (Role.INTAKE,),
    "nurse@plan": (Role.NURSE,),
    "physician@plan": (Role.PHYSICIAN,),
    "lapsed@plan": (Role.PHYSICIAN,),
    "nurse@citrus": (Role.INTAKE, Role.NURSE),
    "physician@citrus": (Role.PHYSICIAN,),
    "nurse@sierra": (Role.INTAKE, Role.NURSE),
    "physician@sierra": (Role.PHYSICIAN,),
    "contracting@plan": (Role.CONTRACTING,),
    "appeals@plan": (Role.APPEALS,),
    "oversight@plan": (Role.OVERSIGHT,),
    "compliance@plan": (Role.COMPLIANCE,),
    "calls@plan": (Role.CALL_CENTRE,),
    "admin@plan": (Role.ADMINISTRATOR,),
    "second-admin@plan": (Role.ADMINISTRATOR,),
    "admin@citrus": (Role.ADMINISTRATOR,),
}


@dataclass(frozen=True, slots=True)
class County:
    """Everyone there is. `staff` is by sign-in name."""

    citrus: HealthNetwork  # delegated for both programs since 2024
    sierra: HealthNetwork  # delegated for nothing: the plan decides
    one: Member  # M0000001, Medi-Cal, no network: the plan decides
    joe: Member  # 1122334455, OneCare, Sierra Oak: the plan decides
    maria: Member  # M0000003, Medi-Cal, Citrus Valley: the network decides
    luis: Member  # M0000004, OneCare, Citrus Valley until 2026-06-30, Sierra Oak since
    pcp: QualifiedProfessional  # everybody's PCP, family medicine
    first: QualifiedProfessional  # the spine surgeon whose opinion is questioned
    sam: QualifiedProfessional  # 1679576722, spine surgery: may give the second opinion
    watson: QualifiedProfessional  # 1234567893, cardiology
    neuro: QualifiedProfessional  # neurosurgery: equivalent to spine surgery
    nurse_practitioner: QualifiedProfessional  # a PCP, no physician
    excluded: QualifiedProfessional  # spine surgery, contracted, on an exclusion list
    former: QualifiedProfessional  # spine surgery, contract ended 2026-06-30
    outside: QualifiedProfessional  # spine surgery, never contracted
    staff: Mapping[str, Staff]

    def person(self, name: str, on: date = TODAY) -> Person:
        """The person behind a sign-in name, with the licences in force on a day."""
        return person_of(self.staff[name], on)


def county() -> County:
    """Write the small county into the database and hand it back."""
    citrus = HealthNetwork.objects.create(
        name="Citrus Valley Medical Group", kind="shared-risk", phone="1-714-555-0110"
    )
    sierra = HealthNetwork.objects.create(name="Sierra Oak Health", kind="hmo", phone="1-714-555-0130")
    for program in ("medi-cal", "onecare"):
        Delegation.objects.create(network=citrus, program=program, from_on=date(2024, 1, 1))

    pcp = professional("210000001", "Grace", "Lind", FAMILY, citrus, None, pcp=True)
    members = {
        "one": member("M0000001", "Member", "One", date(1970, 1, 1), "medi-cal", pcp),
        "joe": member("1122334455", "Joe", "Smith", date(1960, 2, 3), "onecare", pcp, sierra),
        "maria": member("M0000003", "Maria", "Reyes", date(1985, 5, 17), "medi-cal", pcp, citrus, language="es"),
        "luis": member("M0000004", "Luis", "Ortega", date(1951, 9, 30), "onecare", pcp),
    }
    NetworkAssignment.objects.create(member=members["luis"], network=citrus, from_on=LONG_AGO, to_on=date(2026, 6, 30))
    NetworkAssignment.objects.create(member=members["luis"], network=sierra, from_on=MOVED_ON)
    ApiClient.objects.create(name="Example office", token_sha256=hashlib.sha256(TOKEN.encode()).hexdigest())
    made = County(
        citrus=citrus,
        sierra=sierra,
        pcp=pcp,
        **members,
        first=professional("210000002", "Peter", "Holm", SPINE, citrus, None),
        sam=professional("1679576722", "Sam", "Specialist", SPINE, None, sierra),
        watson=professional("1234567893", "Susan", "Watson", CARDIOLOGY, citrus, sierra),
        neuro=professional("210000003", "Noor", "Haddad", NEUROSURGERY, citrus),
        nurse_practitioner=professional(
            "210000004", "Nora", "Pike", NURSE_PRACTITIONER, citrus, credential="NP", pcp=True
        ),
        excluded=professional("210000005", "Ed", "Bar", SPINE, None, excluded=True),
        former=professional("210000006", "Fay", "Gone", SPINE, citrus, until=date(2026, 6, 30)),
        outside=professional("210000007", "Otto", "Far", SPINE),
        staff=_staff(citrus, sierra),
    )
    flatten(QualifiedProfessional.objects.values_list("pk", flat=True))
    return made


def sign_in(client: Client, name: str, at: datetime = NOW, *, second: bool = True) -> None:
    """Sign a test client in under one of `SIGN_INS`, as if both proofs had been given at an instant."""
    client.force_login(get_user_model().objects.get(username=name))
    session = client.session
    session.update(proven(at, second=second))
    session.save()


def proven(at: datetime = NOW, *, second: bool = True) -> dict[str, object]:
    """What a session keeps of a sign-in: its instant, and whether more than a password was shown."""
    return {"began": at.timestamp(), "seen": at.timestamp(), "entry": 0, "proven": "password, code", "second": second}


def npi(stem: str) -> str:
    """The first nine digits of `stem` with their check digit (Luhn over 80840 and the number)."""
    digits = [int(d) for d in reversed("80840" + stem[:9])]
    total = sum(sum(divmod(2 * d, 10)) if at % 2 == 0 else d for at, d in enumerate(digits))
    return stem[:9] + str(-total % 10)


def member(
    member_id: str,
    first: str,
    last: str,
    born_on: date,
    program: str,
    pcp: QualifiedProfessional,
    network: HealthNetwork | None = None,
    *,
    language: str = "en",
) -> Member:
    """A Member enrolled since 2020, with a PCP, and with a Health Network when one is named."""
    made = Member.objects.create(
        member_id=member_id,
        first_name=first,
        last_name=last,
        birth_date=born_on,
        language=language,
        phone="1-714-555-0100",
        address="12 Grove Street",
        city="Orchard City",
        zip_code="92999",
        latitude=33.75,
        longitude=-117.87,
    )
    Enrollment.objects.create(member=made, program=program, from_on=LONG_AGO)
    PcpAssignment.objects.create(member=made, professional=pcp, from_on=LONG_AGO)
    if network is not None:
        NetworkAssignment.objects.create(member=made, network=network, from_on=LONG_AGO)
    return made


def professional(
    number: str,
    first: str,
    last: str,
    taxonomy: str,
    *networks: HealthNetwork | None,
    until: date | None = None,
    excluded: bool = False,
    credential: str = "MD",
    pcp: bool = False,
) -> QualifiedProfessional:
    """A professional of the directory, contracted with each of `networks` (None: the plan itself) since 2020."""
    made = QualifiedProfessional.objects.create(
        npi=npi(number),
        first_name=first,
        last_name=last,
        credential=credential,
        taxonomy=taxonomy,
        serves_as_pcp=pcp,
        languages=["en"],
        excluded=excluded,
        license_number=f"A{number[:9][-6:]}",
        license_to_on=date(2035, 12, 31),
        verified_on=date(2026, 10, 1),
        phone="1-714-555-0150",
        fax="1-714-555-0151",
        address=f"{number[:9][-3:]} Clinic Way",
        city="Orchard City",
        zip_code="92999",
        latitude=33.76,
        longitude=-117.86,
    )
    for network in networks:
        Contract.objects.create(professional=made, network=network, from_on=LONG_AGO, to_on=until)
    return made


def _staff(citrus: HealthNetwork, sierra: HealthNetwork) -> dict[str, Staff]:
    where = {"plan": None, "citrus": citrus, "sierra": sierra}
    made: dict[str, Staff] = {}
    for name, roles in SIGN_INS.items():
        place = name.partition("@")[2]
        user = get_user_model().objects.create_user(username=name, password=PASSWORD)
        physician = Role.PHYSICIAN in roles
        made[name] = Staff.objects.create(
            user=user,
            network=where[place],
            roles=[str(r) for r in roles],
            name=f"{name.title().replace('@', ' of ')}",
            title="Medical Director" if physician else "Reviewer",
            phone="1-714-555-0199",
            npi=npi(f"2200000{len(made):02d}") if physician else "",
        )
        if physician:
            ends = date(2025, 12, 31) if name.startswith("lapsed") else None
            License.objects.create(
                staff=made[name], number=f"C{1000 + len(made)}", specialty=FAMILY, from_on=LONG_AGO, to_on=ends
            )
    return made
