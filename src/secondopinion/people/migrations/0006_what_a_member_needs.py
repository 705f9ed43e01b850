"""What a Member needs, and whether CCS covers the condition: until somebody has asked, it is not known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns, empty for everybody."""

    dependencies = [("people", "0005_delegation_by_date")]

    operations = [
        migrations.AddField(
            "member",
            "needs_wheelchair_access",
            models.BooleanField(help_text="At the place of a visit; none: nobody asked", null=True),
        ),
        migrations.AddField(
            "member",
            "has_ccs_condition",
            models.BooleanField(
                help_text="One that California Children's Services covers; none: nobody has said", null=True
            ),
        ),
    ]
