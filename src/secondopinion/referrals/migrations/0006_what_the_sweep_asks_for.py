from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0005_forwarded_requests'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('state__in', ('authorized', 'scheduled'))), fields=['valid_until'], name='referral_ends'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('state', 'seen')), fields=['visited_on'], name='referral_report_due'),
        ),
    ]
