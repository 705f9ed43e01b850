"""The flat rows of candidates, their key table, and the two doors through which the program may rebuild them.

The program's role owns nothing and makes no tables. A rebuild needs a new table and its indexes, so two functions of
the owner's do just that and no more: they take no argument, and touch no other table.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

TABLE = """
CREATE TABLE directory_candidateat (
  professional_id uuid NOT NULL,
  point point,
  latitude float8,
  longitude float8,
  specialty int8 NOT NULL,
  site_id int8,
  network int4 NOT NULL,
  from_on date NOT NULL,
  to_on date NOT NULL,
  age_from int2,
  age_to int2,
  accepts boolean,
  accessible boolean,
  panel text,
  languages text[]
);
CREATE INDEX candidate_nearest ON directory_candidateat USING gist (network, specialty, point);
CREATE INDEX candidate_of_whom ON directory_candidateat (professional_id);
"""

DOORS = """
CREATE FUNCTION app.begin_candidates() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE given record;
BEGIN
  DROP TABLE IF EXISTS public.directory_candidateat_next;
  CREATE TABLE public.directory_candidateat_next (LIKE public.directory_candidateat INCLUDING CONSTRAINTS);
  FOR given IN
    SELECT a.privilege_type AS what, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS whom
      FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
     WHERE c.oid = 'public.directory_candidateat'::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE 'GRANT ' || given.what || ' ON public.directory_candidateat_next TO ' || given.whom;
  END LOOP;
END $$;

CREATE FUNCTION app.finish_candidates() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET maintenance_work_mem = '512MB' AS $$
BEGIN
  CREATE INDEX candidate_nearest_next ON public.directory_candidateat_next USING gist (network, specialty, point);
  CREATE INDEX candidate_of_whom_next ON public.directory_candidateat_next (professional_id);
  ANALYZE public.directory_candidateat_next;
  DROP TABLE public.directory_candidateat;
  ALTER TABLE public.directory_candidateat_next RENAME TO directory_candidateat;
  ALTER INDEX public.candidate_nearest_next RENAME TO candidate_nearest;
  ALTER INDEX public.candidate_of_whom_next RENAME TO candidate_of_whom;
END $$;

REVOKE EXECUTE ON FUNCTION app.begin_candidates(), app.finish_candidates() FROM PUBLIC;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0002_periods'),
        ('people', '0005_delegation_by_date'),
    ]

    operations = [
        migrations.CreateModel(
            name='CandidateAt',
            fields=[
                ('pk', models.CompositePrimaryKey('professional_id', 'network', 'specialty', 'from_on', blank=True, editable=False, primary_key=True, serialize=False)),
                ('professional_id', models.UUIDField()),
                ('network', models.IntegerField(help_text="0: anywhere in the plan's networks, -1: outside, else a NetworkKey")),
                ('specialty', models.BigIntegerField(help_text='The code as `specialty_of` gives it')),
                ('site_id', models.BigIntegerField(help_text="None: the entry's own address, or not known that day", null=True)),
                ('latitude', models.FloatField(help_text='In degrees; none: nobody knows where the place lies', null=True)),
                ('longitude', models.FloatField(null=True)),
                ('from_on', models.DateField(help_text='0001-01-01: for as long as can be asked')),
                ('to_on', models.DateField(help_text='9999-12-31: it still runs')),
                ('accepts', models.BooleanField(null=True)),
                ('panel', models.TextField(help_text='None, not empty: it costs no room in millions of rows', null=True)),
                ('age_from', models.SmallIntegerField(null=True)),
                ('age_to', models.SmallIntegerField(null=True)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='None: nobody told any', null=True, size=None)),
                ('accessible', models.BooleanField(null=True)),
            ],
            options={
                'db_table': 'directory_candidateat',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='NetworkKey',
            fields=[
                ('key', models.AutoField(primary_key=True, serialize=False)),
                ('network', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.healthnetwork')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('network',), name='one_key_a_network', nulls_distinct=False)],
            },
        ),
        migrations.RunSQL(TABLE, "DROP TABLE directory_candidateat"),
        migrations.RunSQL(DOORS, "DROP FUNCTION app.begin_candidates(), app.finish_candidates()"),
    ]
