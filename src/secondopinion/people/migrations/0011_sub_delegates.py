"""Who works for a sub-delegate of a network, and what is handed on to it on a day."""

from django.db import migrations, models

from secondopinion.people import rls


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0010_second_factors'),
    ]

    operations = [
        migrations.AddField(
            model_name='staff',
            name='sub_delegate',
            field=models.CharField(blank=True, db_default='', default='', help_text='The sub-delegate of the network that the person works for, named as in its approval', max_length=120),
        ),
        migrations.AddConstraint(
            model_name='staff',
            constraint=models.CheckConstraint(condition=models.Q(('sub_delegate', ''), ('network__isnull', False), _connector='OR'), name='a_sub_delegate_is_of_a_network', violation_error_message='A sub-delegate works for a Health Network: name the network, too.'),
        ),
        rls.hand_on_functions(),
        # Who looked at what is written down, and not for the sub-delegate to read again.
        rls.handed_on('people_accessentry', 'person_network = app.part_network()', 'INSERT'),
    ]
