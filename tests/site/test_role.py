"""The role the program runs as owns nothing and may do little."""

import psycopg
import pytest
from django.db import ProgrammingError, connection


@pytest.mark.django_db
def test_the_program_runs_as_a_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
            " (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("secondopinion_app", False, False, False, False, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forbidden",
    [
        "TRUNCATE auth_user",
        "DELETE FROM auth_user",
        "CREATE TABLE smuggled (id int)",
        "ALTER TABLE auth_user DISABLE TRIGGER ALL",
        "UPDATE django_migrations SET name = ''",
    ],
)
def test_the_database_refuses(forbidden: str) -> None:
    with pytest.raises(ProgrammingError) as refused, connection.cursor() as cursor:
        cursor.execute(forbidden)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db
def test_old_sessions_may_be_deleted() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
