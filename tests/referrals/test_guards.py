"""What the database refuses by itself, whoever asks."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError

GUARDED = (
    "people_member",
    "people_enrollment",
    "people_networkassignment",
    "people_authorizedrepresentative",
    "people_accessentry",
    "directory_pcpassignment",
    "letters_letter",
    "referrals_referral",
    "referrals_event",
    "referrals_runningclock",
    "referrals_notice",
    "referrals_paper",
    "referrals_consultationreport",
    "referrals_forwarded",
)


@pytest.mark.parametrize("table", GUARDED)
def test_every_table_with_member_data_is_under_row_level_security(db, table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity FROM pg_class WHERE relname = %s", [table])
        assert cursor.fetchone() == (True,)


def test_the_applications_role_owns_nothing_and_cannot_bypass(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("table", GUARDED)
def test_truncate_and_delete_are_refused(db, table):
    for statement in (f"TRUNCATE {table} CASCADE", f"DELETE FROM {table}"):
        with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_without_a_scope_there_are_no_rows_and_none_can_be_written(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.sees_everything(), app.sees(gen_random_uuid())")
        assert cursor.fetchone() == (False, False)
