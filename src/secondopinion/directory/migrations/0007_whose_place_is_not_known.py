"""An index of the candidates whose place nobody knows, so that finding a few of them does not read a whole specialty."""

from django.db import migrations

INDEX = """
CREATE INDEX candidate_unplaced ON directory_candidateat (network, specialty, professional_id) WHERE point IS NULL;
"""

FINISH = """
CREATE OR REPLACE FUNCTION app.finish_candidates() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET maintenance_work_mem = '512MB' AS $$
BEGIN
  CREATE INDEX candidate_nearest_next ON public.directory_candidateat_next USING gist (network, specialty, point);
  CREATE INDEX candidate_of_whom_next ON public.directory_candidateat_next (professional_id);
  {made}
  ANALYZE public.directory_candidateat_next;
  DROP TABLE public.directory_candidateat;
  ALTER TABLE public.directory_candidateat_next RENAME TO directory_candidateat;
  ALTER INDEX public.candidate_nearest_next RENAME TO candidate_nearest;
  ALTER INDEX public.candidate_of_whom_next RENAME TO candidate_of_whom;
  {named}
END $$;
"""
MADE = """CREATE INDEX candidate_unplaced_next
      ON public.directory_candidateat_next (network, specialty, professional_id) WHERE point IS NULL;"""
NAMED = "ALTER INDEX public.candidate_unplaced_next RENAME TO candidate_unplaced;"


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0006_who_may_not_be_paid'),
    ]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX candidate_unplaced"),
        migrations.RunSQL(FINISH.format(made=MADE, named=NAMED), FINISH.format(made="", named="")),
    ]
