"""The guard of a denial now guards every adverse letter, by its kind (GG.1538 II.K; 42 CFR 438.400(b))."""

from django.db import migrations, models
from django.db.models import Q

from secondopinion.letters.models import Says

SAYS = Q(
    Says("data", "$.reasons[*].reason"),
    Says("data", "$.appeal.by"),
    Says("data", "$.complaint[*].phone"),
)
ADVERSE = (
    "cost_notice_to_member",
    "deemed_denial_to_member",
    "deemed_denial_to_requester",
    "denial_to_member",
    "denial_to_requester",
    "modification_to_member",
    "modification_to_requester",
    "rescission_to_member",
)


class Migration(migrations.Migration):

    dependencies = [
        ("letters", "0001_first"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="letter", name="denial_says_what_it_must"),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                name="denial_says_what_it_must",
                condition=~Q(kind__in=ADVERSE) | SAYS,
                violation_error_message="An adverse letter needs a reason, the right to appeal and where to complain.",
            ),
        ),
    ]
