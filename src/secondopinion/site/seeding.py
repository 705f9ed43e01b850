"""Made-up Orchard County, so that a first start has somebody to help. Nobody in it exists.

Runs as the application's own role in plan scope, adds what is missing and changes nothing that is there, so it may
run at every start. It refuses to touch a database that is not for trying the program out.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection

from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import Contract, PcpAssignment, QualifiedProfessional
from secondopinion.letters.carriers import PrintHouse
from secondopinion.people.models import (
    ApiClient,
    Delegation,
    Enrollment,
    HealthNetwork,
    License,
    Member,
    NetworkAssignment,
    Staff,
    SubDelegation,
    Succession,
)
from secondopinion.people.models_signing_in import AuthenticatorApp
from secondopinion.people.rls import plan_scope
from secondopinion.people.sealing import seal
from secondopinion.referrals.models import Referral
from secondopinion.site.state import is_for_trying_out, kept_secret
from secondopinion.site.stories import tell_all

PACIFIC = ZoneInfo("America/Los_Angeles")
COUNTY = Path(__file__).with_name("county")
API_CLIENT = "Example PCP Group"
ONE_AT_A_TIME = 1538  # the advisory lock that two starts at once queue for


class SeedRefused(Exception):
    """The made-up county may not be put into this database; the sentence says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class SignIn:
    """One way in for somebody who tries the program: the name to type, and who that is."""

    name: str
    person: str
    title: str
    place: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a seeding left in the database: how many of each there are now, how many were new, and the ways in."""

    counts: Mapping[str, int]
    added: int
    sign_ins: tuple[SignIn, ...]
    password: str
    token: str


def sign_ins() -> tuple[SignIn, ...]:
    """Everybody who can sign in to the made-up county: the plan's people first."""
    names = {network["key"]: network["name"] for network in _toml("networks")["network"]}
    return tuple(
        SignIn(s["sign_in"], s["name"], s["title"], names.get(s.get("network", ""), "the plan"), tuple(s["roles"]))
        for s in _toml("staff")["staff"]
    )


def demo_password() -> str:
    """The one password of every made-up sign-in: this clone's own, the same at every start."""
    return f"orchard-{hashlib.sha256(kept_secret('demo-password').encode()).hexdigest()[:8]}"


def demo_token() -> str:
    """The bearer token of the made-up office that calls the FHIR door: this clone's own."""
    return f"demo-{hashlib.sha256(kept_secret('demo-token').encode()).hexdigest()[:24]}"


def seed(now: datetime) -> Seeded:
    """Put the made-up county into the database, or what is missing of it. Raises `SeedRefused` with a sentence."""
    if not is_for_trying_out():
        raise SeedRefused(
            "This database is not for trying out, so no made-up people were put into it. "
            "Set SECONDOPINION_DEMO=1 if it may hold them, and never do so where real Members are."
        )
    with plan_scope(now.astimezone(PACIFIC).date()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        _refuse_where_others_are()
        before = _counts()
        networks = _seed_networks()
        _seed_professionals(networks)
        _seed_members(networks)
        _seed_staff(networks)
        _seed_apps(now)
        ApiClient.objects.get_or_create(
            name=API_CLIENT, defaults={"token_sha256": hashlib.sha256(demo_token().encode()).hexdigest()}
        )
        tell_all(now, PrintHouse(settings.PRINT_HOUSE))
        counts = _counts()
    return Seeded(counts, sum(counts.values()) - sum(before.values()), sign_ins(), demo_password(), demo_token())


def _refuse_where_others_are() -> None:
    ours = [row["member_id"] for row in _csv("members")]
    others = Member.objects.exclude(member_id__in=ours).count()
    if others:
        raise SeedRefused(
            f"The database holds {others} Members who are not of the made-up county, so nothing was put into it. "
            "Start with an empty database to try the program out."
        )


def _counts() -> dict[str, int]:
    tables = (HealthNetwork, QualifiedProfessional, Member, Staff, Referral)
    return {str(table._meta.verbose_name_plural): table.objects.count() for table in tables}


def _seed_networks() -> dict[str, HealthNetwork]:
    """The Health Networks by their key, each with what is delegated to it, and which came after which."""
    found: dict[str, HealthNetwork] = {}
    rows = _toml("networks")["network"]
    for row in rows:
        network, is_new = HealthNetwork.objects.get_or_create(
            name=row["name"], defaults={"kind": row["kind"], "phone": row["phone"]}
        )
        found[row["key"]] = network
        if is_new:
            _delegate(network, row)
    for row in rows:
        if "succession" in row:
            said = row["succession"]
            Succession.objects.get_or_create(
                predecessor=found[row["key"]],
                defaults={"successor": found[said["successor"]], "from_on": said["from_on"], "why": said["why"]},
            )
    return found


def _delegate(network: HealthNetwork, row: Mapping[str, Any]) -> None:
    """What is delegated to one network, and whom it has handed a part on to."""
    held: dict[tuple[str, str], Delegation] = {}
    for given in row["delegated"]:
        for function in (Delegation.Function.AUTHORIZATION.value, *given.get("functions", ())):
            for _, from_on, to_on in _periods(f"delegated {given['periods']}"):
                held[given["program"], function] = Delegation.objects.create(
                    network=network, program=given["program"], function=function, from_on=from_on, to_on=to_on
                )
    for given in row.get("sub_delegate", ()):
        for _, from_on, to_on in _periods(f"sub-delegated {given['periods']}"):
            SubDelegation.objects.create(
                delegation=held[given["program"], given["function"]],
                entity=given["entity"],
                approval=given["approval"],
                approved_on=given["approved_on"],
                from_on=from_on,
                to_on=to_on,
            )


def _seed_professionals(networks: Mapping[str, HealthNetwork]) -> None:
    known = set(QualifiedProfessional.objects.values_list("npi", flat=True))
    people: list[QualifiedProfessional] = []
    contracts: list[Contract] = []
    for row in _csv("professionals"):
        if row["npi"] in known:
            continue
        signed = row.pop("contracts")
        who = QualifiedProfessional(
            **{
                **row,
                "other_taxonomies": row["other_taxonomies"].split(),
                "languages": row["languages"].split(),
                "serves_as_pcp": row["serves_as_pcp"] == "yes",
                "accepts_new_members": row["accepts_new_members"] == "yes",
                "excluded": row["excluded"] == "yes",
            }
        )
        people.append(who)
        for key, from_on, to_on in _periods(signed):
            network = None if key == "plan" else networks[key]
            contracts.append(Contract(professional=who, network=network, from_on=from_on, to_on=to_on))
    QualifiedProfessional.objects.bulk_create(people)
    Contract.objects.bulk_create(contracts)
    flatten(who.pk for who in people)


def _seed_members(networks: Mapping[str, HealthNetwork]) -> None:
    known = set(Member.objects.values_list("member_id", flat=True))
    doctors = {who.npi: who for who in QualifiedProfessional.objects.filter(serves_as_pcp=True)}
    members: list[Member] = []
    enrollments: list[Enrollment] = []
    assignments: list[NetworkAssignment] = []
    pcps: list[PcpAssignment] = []
    for row in _csv("members"):
        if row["member_id"] in known:
            continue
        enrolled, assigned = list(_periods(row.pop("enrollments"))), list(_periods(row.pop("networks")))
        doctor = doctors[row.pop("pcp_npi")]
        who = Member(**row)
        members.append(who)
        enrollments += [Enrollment(member=who, program=p, from_on=a, to_on=z) for p, a, z in enrolled]
        assignments += [NetworkAssignment(member=who, network=networks[n], from_on=a, to_on=z) for n, a, z in assigned]
        _, from_on, to_on = (assigned or enrolled)[-1]
        pcps.append(PcpAssignment(member=who, professional=doctor, from_on=from_on, to_on=to_on))
    Member.objects.bulk_create(members)
    Enrollment.objects.bulk_create(enrollments)
    NetworkAssignment.objects.bulk_create(assignments)
    PcpAssignment.objects.bulk_create(pcps)


def _seed_staff(networks: Mapping[str, HealthNetwork]) -> None:
    users = get_user_model()
    known = set(users.objects.values_list("username", flat=True))
    missing = [row for row in _toml("staff")["staff"] if row["sign_in"] not in known]
    kept = make_password(demo_password()) if missing else ""  # once: the hash is slow on purpose
    for row in missing:
        who = Staff.objects.create(
            user=users.objects.create(username=row["sign_in"], password=kept),
            network=networks[row["network"]] if "network" in row else None,
            roles=row["roles"],
            name=row["name"],
            title=row["title"],
            phone=row["phone"],
            npi=row.get("npi", ""),
        )
        if "license" in row:
            for number, from_on, to_on in _periods(f"{row['license']['number']} {row['license']['periods']}"):
                specialty = row["license"]["specialty"]
                License.objects.create(staff=who, number=number, specialty=specialty, from_on=from_on, to_on=to_on)


def _seed_apps(now: datetime) -> None:
    """An authenticator app for everybody of the made-up county who has none; its code is shown on the page."""
    names = [row["sign_in"] for row in _toml("staff")["staff"]]
    for user in get_user_model().objects.filter(username__in=names, apps=None):
        secret = hashlib.sha256(f"{kept_secret('demo-apps')} {user.get_username()}".encode()).digest()[:20]
        AuthenticatorApp.objects.create(account=user, name="Phone", sealed=seal(secret), made_up=True, added_at=now)


def _periods(text: str) -> Iterator[tuple[str, date, date | None]]:
    """Read `name first..last; name first..` (days ISO, both included; no last day: it still runs)."""
    for part in filter(None, (p.strip() for p in text.split(";"))):
        name, days = part.split(" ")
        first, last = days.split("..")
        yield name, date.fromisoformat(first), date.fromisoformat(last) if last else None


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((COUNTY / f"{name}.toml").read_text(encoding="utf-8"))


def _csv(name: str) -> list[dict[str, Any]]:
    with (COUNTY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
