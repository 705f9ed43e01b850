"""The role that the program runs as cannot pass the policies by: every way is tried, as that role, by raw SQL."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError
from psycopg import errors

from county import TODAY, County, county
from secondopinion.people.rls import Scope, set_scope
from secondopinion.site.database import APP_ROLE, Address

NOT_MY_TABLE = (
    "ALTER TABLE people_member DISABLE ROW LEVEL SECURITY",
    f"ALTER TABLE people_member OWNER TO {APP_ROLE}",
    "ALTER TABLE people_member ADD COLUMN mine text",
    "DROP POLICY seen ON people_member",
    "CREATE POLICY all_of_it ON people_member USING (true)",
    "ALTER POLICY seen ON people_member USING (true)",
    "ALTER TABLE referrals_event DISABLE TRIGGER write_once",
    "CREATE TRIGGER mine BEFORE INSERT ON people_member FOR EACH ROW EXECUTE FUNCTION app.refuse_change()",
    "CREATE RULE mine AS ON SELECT TO people_member DO INSTEAD SELECT 1",
    "TRUNCATE people_accessentry",
    "DELETE FROM people_member",
    "CREATE VIEW public.mine AS SELECT * FROM people_member",
    "CREATE TABLE public.mine (name text)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION public.mine() RETURNS void LANGUAGE sql AS ''",
    "CREATE OR REPLACE FUNCTION app.sees(network uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "ALTER FUNCTION app.sees(uuid) OWNER TO CURRENT_USER",
    "DROP FUNCTION app.sees(uuid) CASCADE",
    "CREATE EXTENSION dblink",
    "UPDATE pg_class SET relrowsecurity = false WHERE relname = 'people_member'",
    f"ALTER ROLE {APP_ROLE} BYPASSRLS",
    f"ALTER ROLE {APP_ROLE} SUPERUSER",
    "CREATE ROLE mine BYPASSRLS",
    "SET session_replication_role = replica",
    "ALTER DATABASE postgres SET row_security = off",
    "COPY people_member TO PROGRAM 'cat'",
    "COPY people_member TO '/tmp/mine'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/hostname')",
    "SELECT rolpassword FROM pg_authid",
)  # fmt: skip
NOT_ALLOWED = (errors.InsufficientPrivilege, errors.WrongObjectType)


@pytest.fixture
def there(as_plan: None) -> County:
    return county()


def tried(sql: str) -> Exception | None:
    """What the database answers to a statement of the application's role; None: it obeyed."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as refused:
        return refused
    return None


@pytest.mark.django_db
@pytest.mark.parametrize("sql", NOT_MY_TABLE)
def test_the_role_may_not(sql: str) -> None:
    refused = tried(sql)
    assert isinstance(refused, ProgrammingError | DatabaseError), "the database obeyed"
    assert isinstance(refused.__cause__, NOT_ALLOWED), f"refused, but for another reason: {refused}"


@pytest.mark.django_db
def test_it_cannot_become_the_owner_nor_is_it_a_member_of_any_role(test_owner: Address) -> None:
    for sql in (f"SET ROLE {test_owner.user}", f"SET SESSION AUTHORIZATION {test_owner.user}",
                f"GRANT {test_owner.user} TO {APP_ROLE}", "SET ROLE pg_read_all_data"):  # fmt: skip
        assert isinstance(getattr(tried(sql), "__cause__", None), errors.InsufficientPrivilege), sql
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == (APP_ROLE, APP_ROLE)
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname <> current_user AND pg_has_role(oid, 'MEMBER')")
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,) * 5
        cursor.execute(
            "SELECT relname::text FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
            " UNION SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = current_user"
        )
        assert cursor.fetchall() == []


def test_switching_the_policies_off_shows_an_error_and_no_row(there: County) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
    refused = tried("SELECT * FROM people_member")
    assert "row-level security policy" in str(refused)


def test_what_the_planner_knows_of_a_guarded_table_is_not_told(there: County, test_owner: Address) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.tablename, s.attname FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename"
            " WHERE c.relrowsecurity"
        )
        assert cursor.fetchall() == []


def test_a_function_that_tells_what_it_is_given_is_given_no_row_of_somebody_else(there: County) -> None:
    set_scope(Scope((there.sierra.pk,), TODAY))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE heard (name text)")
        cursor.execute(
            "CREATE FUNCTION pg_temp.tells(name text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
            " $$ BEGIN INSERT INTO pg_temp.heard VALUES (name); RETURN true; END $$"
        )
        cursor.execute("SELECT count(*) FROM people_member WHERE pg_temp.tells(last_name)")
        cursor.execute("SELECT DISTINCT name FROM pg_temp.heard ORDER BY name")
        assert cursor.fetchall() == [("Ortega",), ("Smith",)]


def test_a_table_of_ones_own_with_a_known_name_deceives_no_policy(there: County) -> None:
    set_scope(Scope((there.sierra.pk,), TODAY))
    with connection.cursor() as cursor:
        for table in ("people_networkassignment", "referrals_referral", "people_subdelegation", "people_delegation"):
            cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table})")
        cursor.execute(
            "INSERT INTO pg_temp.people_networkassignment (id, member_id, network_id, from_on) VALUES (1, %s, %s, %s)",
            [there.maria.pk, there.sierra.pk, TODAY],
        )
        cursor.execute("SELECT last_name FROM public.people_member ORDER BY last_name")
        assert cursor.fetchall() == [("Ortega",), ("Smith",)]
