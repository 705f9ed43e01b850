import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0007_confidential_communications'),
    ]

    operations = [
        migrations.AlterField(
            model_name='staff',
            name='roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('intake', 'Intake coordinator'), ('nurse', 'Nurse reviewer'), ('physician', 'Physician reviewer'), ('contracting', 'Contracting analyst'), ('appeals', 'Appeals coordinator'), ('oversight', 'Delegation oversight auditor'), ('compliance', 'Compliance officer'), ('call_centre', 'Call-centre agent'), ('administrator', 'Administrator of accounts')], max_length=16), size=None),
        ),
    ]
