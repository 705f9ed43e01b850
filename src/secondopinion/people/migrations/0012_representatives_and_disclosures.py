"""Representatives with scope, paper and end; disclosures written down; why somebody looked outside the own work."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from secondopinion.people import rls
from secondopinion.people.kept import triggers
from secondopinion.people.models_representing import every_scope


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0011_sub_delegates'),
    ]

    operations = [
        migrations.AddField(
            model_name='accessentry',
            name='purpose',
            field=models.CharField(blank=True, db_default='', default='', help_text='As in `looking`', max_length=16),
        ),
        migrations.AddField(
            model_name='accessentry',
            name='words',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why, as it was said', max_length=300),
        ),
        migrations.AddField(
            model_name='authorizedrepresentative',
            name='basis',
            field=models.CharField(blank=True, choices=[('appointment', 'An appointment that the Member signed'), ('cms-1696', 'Medicare’s form CMS-1696'), ('power-of-attorney', 'A power of attorney for health care'), ('court-order', 'An order of a court: conservator or guardian'), ('surrogate', 'A surrogate for health decisions'), ('parent', 'The parent of a minor'), ('guardian', 'The guardian of a minor, or who stands in a parent’s place')], db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='authorizedrepresentative',
            name='recorded_at',
            field=models.DateTimeField(help_text='None: brought in from before', null=True),
        ),
        migrations.AddField(
            model_name='authorizedrepresentative',
            name='recorded_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=120),
        ),
        migrations.AddField(
            model_name='authorizedrepresentative',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ask', 'Ask for an opinion'), ('choose', 'Choose who gives it'), ('withdraw', 'Take a request back'), ('object', 'Appeal and complain'), ('letters', 'Get copies of letters, and hear where things stand'), ('sensitive', 'All of this for sensitive care as well')], max_length=12), default=every_scope, size=None),
        ),
        migrations.AddField(
            model_name='authorizedrepresentative',
            name='signed_on',
            field=models.DateField(help_text='The day on the paper', null=True),
        ),
        migrations.CreateModel(
            name='RepresentativePaper',
            fields=[
                ('content', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('key_id', models.CharField(blank=True, db_default='', default='', help_text='None: not sealed yet', max_length=16)),
                ('data_key', models.BinaryField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(help_text='Told by its content, as in `Kind`', max_length=8)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.CharField(max_length=120)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('representative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='people.authorizedrepresentative')),
            ],
            options={
                'ordering': ('representative', 'added_at'),
            },
        ),
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('about', models.CharField(blank=True, help_text='Referral number, where it was about one', max_length=40)),
                ('on', models.DateField()),
                ('to_name', models.CharField(max_length=160)),
                ('to_address', models.CharField(blank=True, help_text='If known', max_length=300)),
                ('what', models.CharField(max_length=300)),
                ('purpose', models.CharField(choices=[('treatment', 'To care for the Member'), ('payment', 'To pay for care'), ('operations', 'To run the plan'), ('member', 'To the Member, or to whoever acts for the Member'), ('authorized', 'As the Member signed'), ('public-health', 'To protect public health'), ('abuse', 'To report abuse or neglect'), ('oversight', 'To an authority that oversees health care'), ('court', 'By order of a court, or for a hearing'), ('police', 'To the police'), ('coroner', 'To a coroner'), ('research', 'For research'), ('threat', 'To prevent a serious danger'), ('law', 'As another law orders'), ('mistake', 'By mistake: it should not have left')], max_length=16)),
                ('why', models.CharField(help_text='The purpose in a sentence, or the request in writing it answers', max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=120)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='people.member')),
            ],
            options={
                'ordering': ('-on', '-recorded_at'),
                'constraints': [models.CheckConstraint(condition=models.Q(('to_name', ''), ('what', ''), ('why', ''), _connector='OR', _negated=True), name='a_disclosure_says_to_whom_what_and_why', violation_error_message='A disclosure says to whom, what and why.')],
            },
        ),
        migrations.CreateModel(
            name='RepresentativeEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('revoked', 'The Member took it back'), ('ended', 'The authority is over'), ('refused', 'Refused: the Member may be in danger')], max_length=8)),
                ('from_on', models.DateField(help_text='The first day without authority')),
                ('why', models.CharField(max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=120)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.member')),
                ('representative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ends', to='people.authorizedrepresentative')),
            ],
            options={
                'ordering': ('representative', 'recorded_at', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='an_end_says_why', violation_error_message='An end of authority says why.')],
            },
        ),
        rls.member_rows('people_representativepaper'),
        rls.member_rows('people_representativeend'),
        rls.member_rows('people_disclosure'),
        triggers.sealed_once('people_representativepaper', (
            'id', 'member_id', 'representative_id', 'name', 'kind', 'sha256', 'added_at', 'added_by',
        )),
        rls.write_once('people_representativeend'),
        rls.write_once('people_disclosure'),
    ]
