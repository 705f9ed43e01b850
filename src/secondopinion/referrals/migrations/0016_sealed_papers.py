"""A paper is sealed with a key of its own. What was kept before stays readable and is sealed by `secondopinion reseal`."""

from django.db import migrations, models

from secondopinion.people.kept import triggers

OTHERS = (
    'id', 'referral_id', 'network_id', 'kind', 'name', 'pages', 'sha256', 'added_at', 'added_by',
)
# Without its key a sealed file is lost, so the columns go only while nothing is sealed.
NOTHING_SEALED = """
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM referrals_paper WHERE key_id <> '') THEN
    RAISE EXCEPTION 'Papers are sealed: their keys would be lost with these columns, and the papers with them';
  END IF;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0015_a_sub_delegate_sees_its_part'),
    ]

    operations = [
        migrations.AddField(
            model_name='paper',
            name='data_key',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='paper',
            name='key_id',
            field=models.CharField(blank=True, db_default='', default='', help_text='None: not sealed yet', max_length=16),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, NOTHING_SEALED),
        triggers.sealed_once('referrals_paper', OTHERS, instead=True),
    ]
