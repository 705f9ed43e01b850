"""Every table that could hold a Member's data is guarded by the database itself; a new one has to say which it is.

The tables, keys and columns are read from PostgreSQL's own catalogue, so nothing that a migration makes is overlooked.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import psycopg
import pytest
from django.db import connection

from secondopinion.site.database import Address

pytestmark = pytest.mark.django_db

# Tables without row-level security, each with the reason why no Member can be found in it.
OPEN: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("auth_user", "auth_group", "auth_group_permissions", "auth_permission", "auth_user_groups",
             "auth_user_user_permissions", "people_staff", "people_license", "people_authenticatorapp",
             "people_newstart", "people_passkey", "people_providerlink", "people_recoverycode", "people_signinentry"),
            "people who work here, and how they sign in",
        ),
        **dict.fromkeys(("django_content_type", "django_migrations"), "the program's own shape"),
        "django_session": "who is signed in, and the numbers of the referrals that their forms made",
        **dict.fromkeys(
            ("directory_candidateat", "directory_contract", "directory_doubt", "directory_exclusion",
             "directory_healthreport", "directory_licenseheld", "directory_loadrun", "directory_membership",
             "directory_networkkey", "directory_npideactivation", "directory_practice",
             "directory_qualifiedprofessional", "directory_site", "directory_specialtyheld", "directory_taxonomy",
             "directory_verification", "letters_officeaddress"),
            "professionals and their offices",
        ),
        **dict.fromkeys(
            ("people_healthnetwork", "people_delegation", "people_subdelegation", "people_succession",
             "people_apiclient"),
            "the entities, and what is delegated to whom",
        ),
        **dict.fromkeys(
            ("people_proposal", "people_answer"), "what two people change about the running of the house, and why"
        ),
        "people_pace": "how much somebody asked lately; a hash says of whom",
        **dict.fromkeys(
            ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers"),
            "jobs name rows by key and nothing else: see tests/apart/test_jobs.py",
        ),
    }
)  # fmt: skip
# What everybody may read though only some may write it: it tells of no Member.
EVERYBODYS = {("letters_wordingapproval", "seen")}
# What a column is called that names a Member, or tells of one. Columns of staff, offices and entities are not meant.
NAMES_A_MEMBER = frozenset(
    {"member_id", "cin", "mbi", "birth_date", "about", "who", "words", "condition", "condition_code", "procedure",
     "referral_id", "recipient_name", "request_words", "summary", "recommended", "body", "content", "data", "pdf"}
)  # fmt: skip
# Columns of such a name that are about nobody.
OF_NO_MEMBER = {("people_answer", "words")}  # why a change of the house was refused
# Functions that look past the policies because they run as the owner. Each answers yes or no, or changes the directory.
AS_THE_OWNER = {"decides_for": "boolean", "has_member": "boolean", "honours": "boolean",
                "is_sensitive": "boolean", "is_sensitive_referral": "boolean", "is_sensitive_letter": "boolean",
                "part_has_member": "boolean", "handed_on": "boolean", "letter_handed_on": "boolean",
                "begin_candidates": "void", "finish_candidates": "void"}  # fmt: skip

REACHES_A_MEMBER = """
WITH RECURSIVE leans(on_table) AS (
  SELECT 'people_member'::regclass::oid
  UNION
  SELECT c.conrelid FROM pg_constraint c JOIN leans ON c.confrelid = leans.on_table WHERE c.contype = 'f')
SELECT relname FROM pg_class JOIN leans ON oid = on_table
"""
TABLES = """
SELECT c.relname, c.relrowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
COLUMNS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
LOOKS_PAST = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND (c.relkind IN ('m', 'f')
        OR (c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)))
"""
DEFINERS = """
SELECT p.proname, format_type(p.prorettype, NULL), p.proretset, coalesce(array_to_string(p.proconfig, ' '), '')
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.prosecdef AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""


def rows(sql: str, asked_by: Any = None) -> list[tuple[Any, ...]]:
    """What the catalogue says: to the application's role, or on a connection of the owner's."""
    with (asked_by or connection).cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def guarded(asked_by: Any = None) -> set[str]:
    """The tables under row-level security."""
    return {name for name, is_guarded in rows(TABLES, asked_by) if is_guarded}


def must_be_guarded(asked_by: Any = None) -> dict[str, str]:
    """The tables that need a policy, with the reason: a path of foreign keys to a Member, or a telling column."""
    found = {name: "its foreign keys lead to a Member" for (name,) in rows(REACHES_A_MEMBER, asked_by)}
    for table, column in rows(COLUMNS, asked_by):
        if column in NAMES_A_MEMBER and (table, column) not in OF_NO_MEMBER:
            found.setdefault(table, f"its column {column} tells of a Member")
    return found


def bare(asked_by: Any = None) -> dict[str, str]:
    """The tables that need a policy and have none."""
    there = guarded(asked_by)
    return {table: why for table, why in must_be_guarded(asked_by).items() if table not in there}


def unsaid(asked_by: Any = None) -> set[str]:
    """The tables that are not guarded, and of which nobody said why."""
    return {name for name, _ in rows(TABLES, asked_by)} - guarded(asked_by) - set(OPEN)


def test_every_table_that_leads_to_a_member_or_names_one_is_guarded() -> None:
    assert bare() == {}, "Turn row-level security on in the migration that makes the table: see people/rls.py."


def test_every_other_table_says_why_it_holds_no_member() -> None:
    assert unsaid() == set(), "Guard these tables (people/rls.py), or say in OPEN why no Member can be found in them."
    assert set(OPEN) & set(must_be_guarded()) == set()
    assert set(OPEN) <= {name for name, _ in rows(TABLES)} - guarded(), "OPEN lists a table that is guarded or gone."


def test_a_new_table_is_caught_by_its_keys_by_its_columns_or_by_being_new(test_owner: Address) -> None:
    with psycopg.connect(**test_owner.for_psycopg()) as owner:
        owner.execute("CREATE TABLE public.next_year_remark (notice bigint REFERENCES referrals_notice, text text)")
        owner.execute("CREATE TABLE public.next_year_export (cin text)")
        owner.execute("CREATE TABLE public.next_year_colour (name text)")
        found, new = bare(owner), unsaid(owner)
        owner.rollback()
    assert found == {
        "next_year_remark": "its foreign keys lead to a Member",
        "next_year_export": "its column cin tells of a Member",
    }
    assert new == {"next_year_remark", "next_year_export", "next_year_colour"}


def test_a_guarded_table_lets_nobody_by_for_nothing() -> None:
    policies = rows("SELECT tablename, policyname, permissive, cmd, roles::text, qual, with_check FROM pg_policies")
    everybody = {(table, name) for table, name, kind, _, _, using, check in policies
                 if kind == "PERMISSIVE" and "true" in (using, check)}  # fmt: skip
    assert everybody == EVERYBODYS
    assert {roles for _, _, _, _, roles, _, _ in policies} == {"{public}"}, "A policy for some roles leaves others out."
    reads = {table for table, _, kind, command, *_ in policies if kind == "PERMISSIVE" and command in ("ALL", "SELECT")}
    assert guarded() - reads == set()


def test_nothing_looks_past_the_policies_but_a_few_functions_that_answer_yes_or_no() -> None:
    assert rows(LOOKS_PAST) == [], "A view sees what its owner sees: make it WITH (security_invoker = true)."
    found = rows(DEFINERS)
    assert {name: kind for name, kind, _, _ in found} == AS_THE_OWNER
    assert [name for name, _, many, path in found if many or "search_path=" not in str(path)] == []
