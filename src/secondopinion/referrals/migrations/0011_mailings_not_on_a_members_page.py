"""What a Member's own page does not need to see: how letters were handed over, and requests for confidence."""

from django.db import migrations

from secondopinion.people import rls


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0003_mailings'),
        ('people', '0007_confidential_communications'),
        ('referrals', '0010_the_members_choice'),
    ]

    operations = [
        rls.narrowed('letters_mailing', 'app.is_staff()', 'SELECT'),
        rls.narrowed('people_confidentialrequest', 'app.is_staff()', 'SELECT'),
    ]
