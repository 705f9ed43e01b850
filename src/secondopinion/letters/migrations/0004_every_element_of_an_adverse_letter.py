"""The guard of an adverse letter looks for every element, and guards the copies of the primary care provider too."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import migrations, models
from django.db.models import Q

from secondopinion.letters.models import Exists, Says

ADVERSE = (
    "cost_notice_to_member",
    "deemed_denial_to_member",
    "deemed_denial_to_requester",
    "denial_to_member",
    "denial_to_pcp",
    "denial_to_requester",
    "modification_to_member",
    "modification_to_pcp",
    "modification_to_requester",
    "rescission_to_member",
)


def says_all(*paths: str) -> Q:
    """The condition that a letter's data holds words at each of the paths."""
    return Q(*(Says("data", path) for path in paths))


# What the database itself looks for in a letter that can be appealed, whoever writes the row: each reason with its
# rule, the right to appeal, the State Hearing, the free copy of the rules, and where to complain (GG.1538 II.K; 42 CFR
# 438.404(b)). No reason among several may be blank.
EVERY_APPEALABLE = says_all(
    "$.reasons[*].reason", "$.reasons[*].criterion", "$.reasons[*].clause", "$.appeal.by", "$.appeal.phone",
    "$.hearing.phone", "$.criteria.title", '$.complaint[*] ? (@.key == "dhcs").phone', "$.complaint[*].name",
) & ~Q(Exists("data", '$.reasons[*] ? (!(exists(@.reason ? (@ like_regex "[^[:space:]]"))))'))  # fmt: skip
APPEALABLE_MORE: Mapping[str, Q] = MappingProxyType(
    {
        # The medical reason and what would lead to a yes stand in every denial; who decided, where an office reads it.
        "denial_": says_all("$.clinical_reason", "$.to_approve[*]"),
        "modification_": says_all("$.change.asked", "$.change.approved"),
        "deemed_denial_": says_all("$.time_limit.due_on"),
        "rescission_": says_all("$.ends_on", "$.continuation_by"),
        "cost_notice_": says_all("$.visit.on"),
    }
)
NAMES_THE_PHYSICIAN = ("denial_to_requester", "denial_to_pcp", "modification_to_requester", "modification_to_pcp")
BOTH_PROGRAMS = tuple(kind for kind in ADVERSE if kind.startswith(("denial_", "modification_")))
ADVERSE_SAYS_ALL = (
    EVERY_APPEALABLE
    & (~Q(program="onecare") | says_all('$.complaint[*] ? (@.key == "qio").phone'))
    & (~Q(program="onecare") | ~Q(kind__in=BOTH_PROGRAMS) | says_all("$.rules.medicare", "$.rules.medi_cal"))
    & (~Q(kind__in=NAMES_THE_PHYSICIAN) | says_all("$.physician.name", "$.physician.phone"))
)
for begins, more in APPEALABLE_MORE.items():
    ADVERSE_SAYS_ALL &= ~Q(kind__in=tuple(kind for kind in ADVERSE if kind.startswith(begins))) | more


class Migration(migrations.Migration):

    dependencies = [
        ("letters", "0003_mailings"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="letter", name="denial_says_what_it_must"),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                name="denial_says_what_it_must",
                condition=~Q(kind__in=ADVERSE) | ADVERSE_SAYS_ALL,
                violation_error_message=(
                    "A letter that can be appealed lacks something it must say: a reason, the right to appeal, the "
                    "State Hearing, the rules, or where to complain."
                ),
            ),
        ),
    ]
