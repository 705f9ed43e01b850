"""The database itself refuses an adverse act that no physician with a licence in force has taken in person."""

from django.db import migrations

SIGNED = """
CREATE FUNCTION app.adverse_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  day date := (NEW.at AT TIME ZONE 'America/Los_Angeles')::date;
BEGIN
  IF NEW.role <> 'physician' OR NEW.details -> 'signed' IS NULL OR NOT EXISTS (
    SELECT 1 FROM people_staff s JOIN people_license l ON l.staff_id = s.id
     WHERE s.id = NEW.actor_staff AND 'physician' = ANY (s.roles) AND l.unrestricted AND l.state = 'CA'
       AND l.number = NEW.details -> 'signed' ->> 'license'
       AND l.from_on <= day AND (l.to_on IS NULL OR l.to_on >= day))
  THEN
    RAISE EXCEPTION 'an adverse act is signed by a physician in person, with a licence in force'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER adverse_is_signed BEFORE INSERT ON referrals_event FOR EACH ROW
  WHEN (NEW.step IN ('delay', 'limit', 'grant_in_part', 'deny', 'rescind', 'tell_cost'))
  EXECUTE FUNCTION app.adverse_is_signed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0010_second_factors'),
        ('referrals', '0013_formats_not_on_a_members_page'),
    ]

    operations = [
        migrations.RunSQL(
            SIGNED,
            "DROP TRIGGER adverse_is_signed ON referrals_event; DROP FUNCTION app.adverse_is_signed();",
        ),
    ]
