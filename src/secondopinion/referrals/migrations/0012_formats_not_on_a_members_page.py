"""What a Member's own page does not need to see: the files of letters in other formats, and who asked for which."""

from django.db import migrations

from secondopinion.people import rls


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0006_formats'),
        ('people', '0008_standing_formats'),
        ('referrals', '0011_mailings_not_on_a_members_page'),
    ]

    operations = [
        rls.narrowed('letters_letterfile', 'app.is_staff()', 'SELECT'),
        rls.narrowed('people_formatpreference', 'app.is_staff()', 'SELECT'),
    ]
