"""What a Member's own page does not need to see: the files of letters in other formats, and who asked for which."""

from django.db import migrations

from secondopinion.people import rls


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0006_formats'),
        ('people', '0009_standing_formats'),
        ('referrals', '0012_free_words_translated'),
    ]

    operations = [
        rls.narrowed('letters_letterfile', 'app.is_staff()', 'SELECT'),
        rls.narrowed('people_formatpreference', 'app.is_staff()', 'SELECT'),
    ]
