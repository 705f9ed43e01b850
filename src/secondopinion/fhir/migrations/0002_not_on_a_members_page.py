"""A Member's own page sees nothing of what systems sent."""

from django.db import migrations

from secondopinion.people import rls


class Migration(migrations.Migration):

    dependencies = [
        ('fhir', '0001_first'),
        ('referrals', '0010_the_members_choice'),
    ]

    operations = [
        rls.narrowed('fhir_submission', 'app.is_staff()', 'SELECT'),
    ]
