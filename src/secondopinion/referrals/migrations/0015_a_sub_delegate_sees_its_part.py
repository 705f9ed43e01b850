"""A sub-delegate sees the requests that its network hands on to it, their Members, and nothing else."""

from django.db import migrations

from secondopinion.people import rls

FINISHED = "('denied', 'deemed_denied', 'dismissed', 'not_covered', 'withdrawn', 'expired', 'closed')"
OPEN = f"(r.state NOT IN {FINISHED} OR r.due_at IS NOT NULL)"
RECEIVED_ON = "(received_at AT TIME ZONE 'America/Los_Angeles')::date"
OF_R = RECEIVED_ON.replace("received_at", "r.received_at")

# These run as the owner and look past the policies of the tables they read, so that no two policies ask each other in a
# circle. Each answers yes or no for the scope at hand and shows no row. Their search path is fixed.
DEFINER = "RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS"
PARTS = f"""
CREATE FUNCTION app.part_has_member(who uuid) {DEFINER} $$
  SELECT EXISTS (
    SELECT 1 FROM public.people_networkassignment a JOIN public.people_enrollment e ON e.member_id = a.member_id
     WHERE a.member_id = $1 AND a.network_id = app.part_network() AND app.hands_on(a.network_id, e.program, app.today())
       AND a.from_on <= app.today() AND (a.to_on IS NULL OR a.to_on >= app.today())
       AND e.from_on <= app.today() AND (e.to_on IS NULL OR e.to_on >= app.today()))
  OR EXISTS (
    SELECT 1 FROM public.referrals_referral r
     WHERE r.member_id = $1 AND {OPEN} AND app.hands_on(r.network_id, r.program, {OF_R}))
$$;
CREATE FUNCTION app.handed_on(referral uuid, network uuid) {DEFINER} $$
  -- A referral that the same statement is just making is not there yet; its own policy asks whose it is.
  SELECT coalesce(
    (SELECT app.hands_on(r.network_id, r.program, {OF_R}) FROM public.referrals_referral r WHERE r.id = $1),
    $2 = app.part_network())
$$;
CREATE FUNCTION app.letter_handed_on(letter uuid) {DEFINER} $$
  SELECT EXISTS (
    SELECT 1 FROM public.referrals_notice n JOIN public.referrals_referral r ON r.id = n.referral_id
     WHERE n.letter_id = $1 AND app.hands_on(r.network_id, r.program, {OF_R}))
$$;
"""
NO_PARTS = """
DROP FUNCTION app.letter_handed_on(uuid);
DROP FUNCTION app.handed_on(uuid, uuid);
DROP FUNCTION app.part_has_member(uuid);
"""

# Whoever reads a Member's rows reads all of them: a row that is hidden would be taken for one that is not there. The
# table is named with its schema, so that nobody's temporary table of the same name is read instead.
SEES_MEMBER = """
CREATE OR REPLACE FUNCTION app.sees_member(member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT app.sees_everything() OR EXISTS (
    SELECT 1 FROM public.people_networkassignment a
     WHERE a.member_id = member AND app.sees(a.network_id)
       AND a.from_on <= app.today() AND (a.to_on IS NULL OR a.to_on >= app.today()))
    OR app.decides_for(member)
    OR CASE WHEN app.works_on_a_part() THEN app.part_has_member(member) ELSE false END
$$;
"""
SAW_MEMBER = """
CREATE OR REPLACE FUNCTION app.sees_member(member uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT app.sees_everything() OR EXISTS (
    SELECT 1 FROM people_networkassignment a
     WHERE a.member_id = member AND app.sees(a.network_id)
       AND a.from_on <= app.today() AND (a.to_on IS NULL OR a.to_on >= app.today()))
    OR app.decides_for(member)
$$;
"""
OF_A_REFERRAL = ('referrals_event', 'referrals_runningclock', 'referrals_notice', 'referrals_paper',
                 'referrals_consultationreport', 'referrals_choicepage', 'referrals_translation',
                 'referrals_readingaloud')


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0006_formats'),
        ('people', '0011_sub_delegates'),
        ('referrals', '0014_adverse_acts_are_signed'),
    ]

    operations = [
        migrations.RunSQL(PARTS, NO_PARTS),
        migrations.RunSQL(SEES_MEMBER, SAW_MEMBER),
        rls.handed_on('referrals_referral', f'app.hands_on(network_id, program, {RECEIVED_ON})'),
        *(rls.handed_on(table, 'app.handed_on(referral_id, network_id)') for table in OF_A_REFERRAL),
        # A letter is written before the notice that leads to it.
        rls.handed_on('letters_letter', 'app.letter_handed_on(id)', 'SELECT'),
        rls.handed_on('letters_letter', 'app.letter_handed_on(id)', 'UPDATE', 'handed_on_to_print'),
        rls.handed_on('letters_letter', 'app.hands_on(network_id, program, app.today())', 'INSERT', 'handed_on_to_owe'),
        rls.handed_on('letters_mailing', 'app.letter_handed_on(letter_id)'),
        rls.handed_on('letters_letterfile', 'app.letter_handed_on(letter_id)'),
        rls.handed_on('people_networkassignment',
                      'network_id = app.part_network() AND app.part_has_member(member_id)', 'SELECT'),
        # A request that came to the wrong desk is sent on from every desk.
        rls.handed_on('referrals_forwarded', 'from_network_id = app.part_network()', 'INSERT'),
    ]
