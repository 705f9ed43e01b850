from django.db import migrations

from secondopinion.people import rls

# Who decides a request needs its Member for as long as it is open, also when the Member has moved to another network.
# A function that runs as the owner looks past the policies of the table it reads, so that two tables' policies never
# ask each other in a circle; it answers yes or no for the scope at hand and shows no row. Its search path is fixed.
FINISHED = "('denied', 'deemed_denied', 'dismissed', 'not_covered', 'withdrawn', 'expired', 'closed')"
OPEN = f"(r.state NOT IN {FINISHED} OR r.due_at IS NOT NULL)"
# What another network has authorized and the Member's present one must honour.
TO_HONOUR = "('authorized', 'scheduled', 'seen', 'report_received')"

DECIDES_FOR = f"""
CREATE FUNCTION app.decides_for(who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM public.referrals_referral r
     WHERE r.member_id = who AND {OPEN} AND app.sees(r.network_id))
$$;
CREATE OR REPLACE FUNCTION app.sees_member(member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT app.sees_everything() OR EXISTS (
    SELECT 1 FROM people_networkassignment a
     WHERE a.member_id = member AND app.sees(a.network_id)
       AND a.from_on <= app.today() AND (a.to_on IS NULL OR a.to_on >= app.today()))
    OR app.decides_for(member)
$$;
"""
ASSIGNED_ONLY = (
    rls.SEES_MEMBER.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    + "DROP FUNCTION app.decides_for(uuid);"
)

# The plan and the network itself see a row by the policy `seen`. PostgreSQL asks policies from the last name to the
# first, so `seen` comes first; should that change, this one says no to them at once.
HONOURS = f"""
CREATE FUNCTION app.has_member(who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM public.people_networkassignment a
     WHERE a.member_id = who AND app.sees(a.network_id)
       AND a.from_on <= app.today() AND (a.to_on IS NULL OR a.to_on >= app.today()))
$$;
CREATE FUNCTION app.honours(referral uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM public.referrals_referral r
     WHERE r.id = referral AND r.state IN {TO_HONOUR} AND app.has_member(r.member_id))
$$;
CREATE POLICY honoured ON referrals_referral FOR SELECT USING (
  CASE WHEN app.sees(network_id) OR app.sees_everything() THEN false
       ELSE state IN {TO_HONOUR} AND app.has_member(member_id) END);
"""
TO_READ = ("referrals_event", "referrals_runningclock")
HONOURS_NOT = """
DROP POLICY honoured ON referrals_referral;
DROP FUNCTION app.honours(uuid);
DROP FUNCTION app.has_member(uuid);
"""


def read_to_honour(table: str) -> migrations.RunSQL:
    """The rows of a referral that must be honoured may be read, and nothing else."""
    return migrations.RunSQL(
        f"CREATE POLICY honoured ON {table} FOR SELECT USING ("
        "CASE WHEN app.sees(network_id) OR app.sees_everything() THEN false ELSE app.honours(referral_id) END);",
        f"DROP POLICY honoured ON {table};",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_delegation_by_date'),
        ('referrals', '0003_every_branch_of_the_life'),
    ]

    operations = [
        migrations.RunSQL(DECIDES_FOR, ASSIGNED_ONLY),
        migrations.RunSQL(HONOURS, HONOURS_NOT),
        *(read_to_honour(table) for table in TO_READ),
    ]
