"""What was said to be sensitive; and what a Member's own page does not see of the tables for privacy."""

import django.db.models.deletion
from django.db import migrations, models

from secondopinion.people import rls


def read_to_honour(table: str) -> migrations.RunSQL:
    """Whoever honours an authorization reads the rows of the referral, and writes none."""
    return migrations.RunSQL(
        f"CREATE POLICY honoured ON {table} FOR SELECT USING ("
        "CASE WHEN app.sees(network_id) OR app.sees_everything() THEN false ELSE app.honours(referral_id) END);",
        f"DROP POLICY honoured ON {table};",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0012_representatives_and_disclosures'),
        ('referrals', '0016_sealed_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='SensitiveMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.CharField(choices=[('behavioural_health', 'mental health'), ('substance_use', 'substance use'), ('hiv_and_sti', 'HIV and sexually transmitted infections'), ('reproductive', 'reproductive health'), ('gender', 'gender-affirming care'), ('violence', 'care after violence')], max_length=20)),
                ('holds', models.BooleanField()),
                ('why', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
                ('network', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.healthnetwork')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sensitive_marks', to='referrals.referral')),
            ],
            options={
                'ordering': ('referral', 'at', 'id'),
            },
        ),
        rls.network_rows('referrals_sensitivemark'),
        # Whoever reads a referral reads what was said of it: a mark that is hidden would be taken for one that is not there.
        read_to_honour('referrals_sensitivemark'),
        rls.handed_on('referrals_sensitivemark', 'app.handed_on(referral_id, network_id)'),
        rls.write_once('referrals_sensitivemark'),
        rls.narrowed('referrals_sensitivemark', 'app.not_another_referral(referral_id)'),
        rls.narrowed('people_representativeend', 'app.not_another(member_id)'),
        rls.narrowed('people_representativepaper', 'app.is_staff()', 'SELECT'),
        rls.narrowed('people_disclosure', 'app.is_staff()', 'SELECT'),
    ]
