"""Whether somebody is a physician is asked of what two people approved last for the day, as it is at every door."""

from django.db import migrations

ROLES = """
CREATE FUNCTION app.roles_on(who integer, day date) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT ARRAY(SELECT jsonb_array_elements_text(p.after -> 'roles'))
       FROM public.people_answer a JOIN public.people_proposal p ON p.id = a.proposal_id
      WHERE a.approved AND p.kind = 'roles' AND p.subject = $1::text AND p.from_on <= $2
      ORDER BY p.from_on DESC, a.id DESC LIMIT 1),
    (SELECT s.roles::text[] FROM public.people_staff s WHERE s.id = $1))
$$;
"""
SIGNED = """
CREATE OR REPLACE FUNCTION app.adverse_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  day date := (NEW.at AT TIME ZONE 'America/Los_Angeles')::date;
BEGIN
  IF NEW.role <> 'physician' OR NEW.details -> 'signed' IS NULL OR NOT EXISTS (
    SELECT 1 FROM people_staff s JOIN people_license l ON l.staff_id = s.id
     WHERE s.id = NEW.actor_staff AND {physician} AND l.unrestricted AND l.state = 'CA'
       AND l.number = NEW.details -> 'signed' ->> 'license'
       AND l.from_on <= day AND (l.to_on IS NULL OR l.to_on >= day))
  THEN
    RAISE EXCEPTION 'an adverse act is signed by a physician in person, with a licence in force'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
OF_THE_DAY = SIGNED.format(physician="'physician' = ANY (app.roles_on(NEW.actor_staff, day))")
AS_HIRED = SIGNED.format(physician="'physician' = ANY (s.roles)")


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0014_pace'),
        ('referrals', '0017_sensitive_and_narrowed'),
    ]

    operations = [
        migrations.RunSQL(ROLES + OF_THE_DAY, AS_HIRED + "DROP FUNCTION app.roles_on(integer, date);"),
    ]
