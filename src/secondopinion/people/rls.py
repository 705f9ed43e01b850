"""Row-level security: the second guard. The database itself refuses rows of another Health Network.

Each transaction of the application carries a `Scope`. PostgreSQL reads it in `app.sees(network)`, which
every table with Member data names in its policy. No scope means no rows: forgetting it fails safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, migrations, transaction

from secondopinion.people.prepared import send
from secondopinion.people.standing import NEWEST, stand

PLAN = "plan"
SET_SCOPE = (
    "SELECT set_config('secondopinion.scope', %s::text, true), set_config('secondopinion.today', %s::text, true),"
    " set_config('secondopinion.part', %s::text, true), set_config('secondopinion.hides', %s::text, true), "
    f"({NEWEST})"
)

SET_ONE_MEMBER = (
    "SELECT set_config('secondopinion.member', %s::text, true), set_config('secondopinion.referral', %s::text, true)"
)
SET_MADE = "SELECT set_config('secondopinion.made', %s::text, true)"
SET_KEY = "SELECT set_config('secondopinion.key', %s::text, true)"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a transaction may see: all of the plan's, or those of the named Health Networks, on a day.

    With a `sub_delegate`, by name, only the part that the one network named hands on to it (HH.2025). `hides` says
    which sensitive care is kept from it, as `policy.privacy.sensitive_codes` has it; nothing for whoever needs to know.
    """

    networks: tuple[UUID, ...] | None  # None: the plan itself
    on: date
    sub_delegate: str = ""
    hides: str = ""

    @property
    def setting(self) -> str:
        """The text that PostgreSQL compares: `plan`, or network identifiers joined by commas."""
        if self.sub_delegate:
            return ""  # no network's rows as such: a table that knows nothing of parts shows none
        return PLAN if self.networks is None else ",".join(str(n) for n in self.networks)

    @property
    def part(self) -> str:
        """The network that hands a part of its work on, and to whom; empty for everybody else."""
        return f"{self.networks[0]} {self.sub_delegate}" if self.sub_delegate and self.networks else ""


def set_scope(scope: Scope) -> None:
    """Give the running transaction its scope, and what two people have approved by then.

    The scope is gone when the transaction ends.
    """
    said = [scope.setting, scope.on.isoformat(), scope.part, scope.hides]
    ((*_, newest),) = send(SET_SCOPE, said).fetchall()
    stand(newest, scope.on)


def set_key(digest: str) -> None:
    """Let the running transaction see the one row that a code opens, and nothing else; see `opened_by`."""
    send(SET_KEY, [digest])


def set_one_member(member: UUID, referral: UUID | None, on: date) -> None:
    """Narrow the running transaction to one Member, whatever else its scope would show.

    With `referral` it sees that one alone; without, all of the Member's, and the letters to the Member.
    """
    send(SET_ONE_MEMBER, [str(member), "" if referral is None else str(referral)])
    set_scope(Scope(None, on))


def set_made(referral: UUID) -> None:
    """Let a transaction narrowed to one Member write the history of a referral that it is just making."""
    send(SET_MADE, [str(referral)])


@contextmanager
def within(scope: Scope, *, read_only: bool = False) -> Iterator[None]:
    """Open a transaction that sees only `scope`; with `read_only` PostgreSQL refuses every write in it."""
    with transaction.atomic():
        if read_only:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
        set_scope(scope)
        yield


@contextmanager
def plan_scope(on: date) -> Iterator[None]:
    """A transaction that sees what the plan sees on a day."""
    with within(Scope(None, on)):
        yield


@contextmanager
def network_scope(*networks: UUID, on: date) -> Iterator[None]:
    """A transaction that sees what these Health Networks see on a day."""
    with within(Scope(networks, on)):
        yield


FUNCTIONS = """
CREATE SCHEMA IF NOT EXISTS app;
GRANT USAGE ON SCHEMA app TO PUBLIC;
CREATE FUNCTION app.sees(network uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE coalesce(current_setting('secondopinion.scope', true), '')
           WHEN '' THEN false
           WHEN 'plan' THEN true
           ELSE network = ANY (string_to_array(current_setting('secondopinion.scope', true), ',')::uuid[])
         END
$$;
CREATE FUNCTION app.sees_everything() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('secondopinion.scope', true), '') = 'plan'
$$;
CREATE FUNCTION app.today() RETURNS date LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('secondopinion.today', true), '')::date, current_date)
$$;
CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is write-once: a correction is another row, never a change', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def functions() -> migrations.RunSQL:
    """The functions that every policy and every write-once table leans on."""
    return migrations.RunSQL(FUNCTIONS, "DROP SCHEMA app CASCADE")


SEES_MEMBER = """
CREATE FUNCTION app.sees_member(member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT app.sees_everything() OR EXISTS (
    SELECT 1 FROM people_networkassignment a
     WHERE a.member_id = member AND app.sees(a.network_id)
       AND a.from_on <= app.today() AND (a.to_on IS NULL OR a.to_on >= app.today()))
$$;
"""


def member_function() -> migrations.RunSQL:
    """A Member is seen by the plan, and by the Health Network that has the Member on the day."""
    return migrations.RunSQL(SEES_MEMBER, "DROP FUNCTION app.sees_member(uuid)")


def rows_seen_by(table: str, condition: str) -> migrations.RunSQL:
    """Turn row-level security on for a table: a row is seen and written only where `condition` holds."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY seen ON {table} USING ({condition}) WITH CHECK ({condition});",
        f"DROP POLICY seen ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def network_rows(table: str, column: str = "network_id") -> migrations.RunSQL:
    """Rows belong to the Health Network in `column`; a row with none belongs to the plan alone."""
    return rows_seen_by(table, f"app.sees({column})")


def member_rows(table: str, column: str = "member_id") -> migrations.RunSQL:
    """Rows follow their Member: seen by the network that has the Member on the day."""
    return rows_seen_by(table, f"app.sees_member({column})")


def write_once(table: str) -> migrations.RunSQL:
    """The database refuses UPDATE and DELETE on this table, whoever asks (TRUNCATE is never granted)."""
    return migrations.RunSQL(
        f"CREATE TRIGGER write_once BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION app.refuse_change();",
        f"DROP TRIGGER write_once ON {table};",
    )


# A Member's own page sees what the plan sees of that Member, and of nobody else. The conditions are CASE expressions,
# as those above, so that PostgreSQL goes on expecting many rows of a scope that narrows nothing.
NARROW = """
CREATE FUNCTION app.key() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('secondopinion.key', true), '')
$$;
CREATE FUNCTION app.not_another(member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE coalesce(current_setting('secondopinion.member', true), '')
           WHEN '' THEN true ELSE member::text = current_setting('secondopinion.member', true) END
$$;
CREATE FUNCTION app.not_another_referral(referral uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE coalesce(current_setting('secondopinion.referral', true), '')
           WHEN '' THEN true ELSE referral::text = current_setting('secondopinion.referral', true) END
$$;
CREATE FUNCTION app.is_staff() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE coalesce(current_setting('secondopinion.member', true), '') WHEN '' THEN true ELSE false END
$$;
"""


def narrow_functions() -> migrations.RunSQL:
    """The functions that narrow a transaction to one Member."""
    return migrations.RunSQL(
        NARROW,
        "DROP FUNCTION app.is_staff(); DROP FUNCTION app.not_another_referral(uuid); "
        "DROP FUNCTION app.not_another(uuid); DROP FUNCTION app.key();",
    )


def narrowed(table: str, condition: str, what: str = "ALL") -> migrations.RunSQL:
    """Beside every other policy of a table, `condition` must hold: for the commands `what`."""
    return migrations.RunSQL(
        f"CREATE POLICY narrowed ON {table} AS RESTRICTIVE FOR {what} USING ({condition});",
        f"DROP POLICY narrowed ON {table};",
    )


# What a Health Network hands on to a sub-delegate, decided by the dated rows themselves: the transaction says only who
# asks. `part` is the network's identifier (36 signs), a space, and the sub-delegate's name.
HAND_ON = """
CREATE FUNCTION app.works_on_a_part() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE coalesce(current_setting('secondopinion.part', true), '') WHEN '' THEN false ELSE true END
$$;
CREATE FUNCTION app.part_network() RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT nullif(left(current_setting('secondopinion.part', true), 36), '')::uuid
$$;
CREATE FUNCTION app.holds_on(network uuid, program text, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM public.people_subdelegation s JOIN public.people_delegation d ON d.id = s.delegation_id
     WHERE s.entity = substr(current_setting('secondopinion.part', true), 38)
       AND d.network_id = $1 AND d.program = $2 AND d.function = 'second-opinion-authorization'
       AND s.from_on <= $3 AND (s.to_on IS NULL OR s.to_on >= $3))
$$;
CREATE FUNCTION app.hands_on(network uuid, program text, received_on date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT $1 = app.part_network() AND app.holds_on($1, $2, app.today()) AND app.holds_on($1, $2, $3)
    AND NOT EXISTS (SELECT 1 FROM public.people_succession c WHERE c.predecessor_id = $1 AND c.from_on <= app.today())
$$;
"""


def hand_on_functions() -> migrations.RunSQL:
    """What a sub-delegate holds on a day, and which request was handed on to it (II.L, HH.2025)."""
    return migrations.RunSQL(
        HAND_ON,
        "DROP FUNCTION app.hands_on(uuid, text, date); DROP FUNCTION app.holds_on(uuid, text, date); "
        "DROP FUNCTION app.part_network(); DROP FUNCTION app.works_on_a_part();",
    )


def handed_on(table: str, condition: str, what: str = "ALL", name: str = "handed_on") -> migrations.RunSQL:
    """Beside its network, a sub-delegate sees and writes a row of its part where `condition` holds."""
    # A CASE, so that nobody else pays for the question; see `narrowed`.
    asked = f"CASE WHEN app.works_on_a_part() THEN {condition} ELSE false END"
    parts = {"INSERT": f"WITH CHECK ({asked})", "SELECT": f"USING ({asked})"}
    return migrations.RunSQL(
        f"CREATE POLICY {name} ON {table} FOR {what} {parts.get(what, f'USING ({asked}) WITH CHECK ({asked})')};",
        f"DROP POLICY {name} ON {table};",
    )


def need_to_know(table: str, sensitive: str) -> migrations.RunSQL:
    """Beside every other policy of a table: no row that is `sensitive` for a transaction that hides those."""
    # A CASE, so that nobody else pays for the question, as above.
    asked = f"CASE WHEN app.hides() = '' THEN true ELSE NOT {sensitive} END"
    return migrations.RunSQL(
        f"CREATE POLICY need_to_know ON {table} AS RESTRICTIVE FOR SELECT USING ({asked});",
        f"DROP POLICY need_to_know ON {table};",
    )


# The page of a Member's own shows all of the Member's referrals and the letters to the Member. What asks another table
# is a function of its own, so that PostgreSQL never enters it where nobody is narrowed.
OWN_PAGE = """
CREATE FUNCTION app.is_of_the_member(referral uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT $1::text = coalesce(current_setting('secondopinion.made', true), '') OR EXISTS (
    SELECT 1 FROM public.referrals_referral r
     WHERE r.id = $1 AND r.member_id::text = current_setting('secondopinion.member', true))
$$;
CREATE OR REPLACE FUNCTION app.not_another_referral(referral uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE coalesce(current_setting('secondopinion.referral', true), '')
           WHEN '' THEN CASE coalesce(current_setting('secondopinion.member', true), '')
                          WHEN '' THEN true ELSE app.is_of_the_member(referral) END
           ELSE referral::text = current_setting('secondopinion.referral', true) END
$$;
CREATE FUNCTION app.is_the_members_own(member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('secondopinion.referral', true), '') = ''
     AND member::text = coalesce(nullif(current_setting('secondopinion.member', true), ''), 'nobody')
$$;
CREATE FUNCTION app.is_a_letter_to_the_member(letter uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('secondopinion.referral', true), '') = '' AND EXISTS (
    SELECT 1 FROM public.referrals_notice n
     WHERE n.letter_id = $1 AND n.recipient_role IN ('member', 'representative'))
$$;
"""
OWN_PAGE_BACK = """
DROP FUNCTION app.is_a_letter_to_the_member(uuid);
DROP FUNCTION app.is_the_members_own(uuid);
CREATE OR REPLACE FUNCTION app.not_another_referral(referral uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE coalesce(current_setting('secondopinion.referral', true), '')
           WHEN '' THEN true ELSE referral::text = current_setting('secondopinion.referral', true) END
$$;
DROP FUNCTION app.is_of_the_member(uuid);
"""


def own_page_functions() -> migrations.RunSQL:
    """What a transaction sees that is narrowed to one Member and to no one referral."""
    return migrations.RunSQL(OWN_PAGE, OWN_PAGE_BACK)


def rows_also_seen_by(table: str, name: str, condition: str) -> migrations.RunSQL:
    """Beside what its other policies show, a row is seen and written where `condition` holds."""
    return migrations.RunSQL(
        f"CREATE POLICY {name} ON {table} USING ({condition}) WITH CHECK ({condition});",
        f"DROP POLICY {name} ON {table};",
    )


def narrowed_anew(table: str, before: str, condition: str, what: str) -> migrations.RunSQL:
    """Another condition in the place of `before`, which `narrowed` had set for the commands `what`."""
    policy = f"DROP POLICY narrowed ON {table}; CREATE POLICY narrowed ON {table} AS RESTRICTIVE FOR {what} USING "
    return migrations.RunSQL(f"{policy} ({condition});", f"{policy} ({before});")
