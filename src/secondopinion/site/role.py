"""The role the program runs as: it may read, add and change, and owns nothing.

It cannot switch off row-level security, empty a table, alter one, or make one. It may delete
only from technical tables. Run after every migration, so a new table is never forgotten.
"""

import psycopg
from psycopg import sql

from secondopinion.site.database import APP_ROLE, Address, DatabaseUnreachable

DELETABLE = (
    "django_session", "procrastinate_%", "directory_candidateat", "people_pace", "referrals_draft",
    "referrals_officepaper",
)  # fmt: skip
"""Tables, by LIKE pattern, whose rows are of no record: sessions, finished jobs, what is derived from periods, how much
somebody asked lately, drafts, files that wait to be filed."""

READ_ONLY = ("django_migrations",)


def ensure(owner: Address, app: Address) -> None:
    """Make the application's role when it is missing, and give it the password of ``app``."""
    if app.user != APP_ROLE or _lets_in(app):
        return
    with psycopg.connect(**owner.for_psycopg()) as connection:
        # The verifier is sent, so that the password itself cannot turn up in a server log.
        verifier = connection.pgconn.encrypt_password(
            app.password.encode(), app.user.encode(), b"scram-sha-256"
        ).decode()
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app.user]).fetchone()
        limits = "" if exists else " NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        statement = sql.SQL("{verb} ROLE {role} LOGIN{limits} PASSWORD {verifier}").format(
            verb=sql.SQL("ALTER" if exists else "CREATE"),
            role=sql.Identifier(app.user),
            limits=sql.SQL(limits),
            verifier=sql.Literal(verifier),
        )
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            raise DatabaseUnreachable(
                f"The owner of the database may not make the role {app.user}: make it yourself "
                "(LOGIN, nothing else) and name it in SECONDOPINION_APP_DATABASE_URL."
            ) from None


def grant(owner: Address, app: Address) -> None:
    """Give the role its rights on every table there is, and on those to come. Safe to repeat."""
    role = sql.Identifier(app.user)
    with psycopg.connect(**owner.for_psycopg()) as connection:
        _refuse_a_powerful_role(connection, app)
        _sql(connection, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        schemas = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        ).fetchall()
        for (name,) in schemas:
            schema = sql.Identifier(name)
            for text in (
                "GRANT USAGE ON SCHEMA {schema} TO {role}",
                "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {role}",
                "REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA {schema} FROM {role}",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE ON TABLES TO {role}",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT EXECUTE ON FUNCTIONS TO {role}",
            ):
                _sql(connection, text, schema=schema, role=role)
        for table in _like(connection, DELETABLE):
            _sql(connection, "GRANT DELETE ON {table} TO {role}", table=table, role=role)
        for table in _like(connection, READ_ONLY):
            _sql(connection, "REVOKE INSERT, UPDATE ON {table} FROM {role}", table=table, role=role)


def _lets_in(app: Address) -> bool:
    try:
        psycopg.connect(**app.for_psycopg(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _refuse_a_powerful_role(connection: psycopg.Connection, app: Address) -> None:
    row = connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [app.user]).fetchone()
    if row is None or row[0]:
        raise DatabaseUnreachable(
            f"The role {app.user} could pass row-level security by, so the program will not run as it: "
            "ALTER ROLE it NOSUPERUSER NOBYPASSRLS, or name another in SECONDOPINION_APP_DATABASE_URL."
        )


def _like(connection: psycopg.Connection, patterns: tuple[str, ...]) -> list[sql.Identifier]:
    rows = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE tablename LIKE ANY(%s)", [list(patterns)]
    )
    return [sql.Identifier(schema, table) for schema, table in rows]


def _sql(connection: psycopg.Connection, text: str, **parts: sql.Composable) -> None:
    connection.execute(sql.SQL(text).format(**parts))
