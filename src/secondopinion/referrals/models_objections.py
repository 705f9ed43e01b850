"""The columns of a referral that say how an objection goes: appeal, reviewer, State Hearing, complaint, and the talk
with a treating provider. They are columns of the referral's own row, because its clocks are computed from one row.
"""

from __future__ import annotations

from django.db import models


class Objections(models.Model):
    """What a referral's row says of objections."""

    appeal_received_at = models.DateTimeField(null=True)
    appeal_expedited = models.BooleanField(default=False, db_default=False)
    appeal_supported = models.BooleanField(default=False, db_default=False, help_text="A provider says so too")
    appeal_fast_refused_at = models.DateTimeField(null=True, help_text="When it was kept at the standard time")
    appeal_refusal_told_at = models.DateTimeField(null=True, help_text="When that was said to the Member")
    appeal_refusal_written_on = models.DateField(null=True, help_text="The day that was mailed")
    appeal_extension_days = models.SmallIntegerField(default=0, db_default=0)
    appeal_acknowledged_at = models.DateTimeField(null=True)
    appeal_resolved_at = models.DateTimeField(null=True)
    appeal_outcome = models.CharField(max_length=10, blank=True, db_default="")
    appeal_told_at = models.DateTimeField(null=True, help_text="When the answer was said to the Member")
    appeal_written_on = models.DateField(null=True, help_text="The day the written answer was mailed")
    appeal_forwarded_at = models.DateTimeField(null=True, help_text="When it went to Medicare's reviewer")
    reviewer_answered_at = models.DateTimeField(null=True)
    overturned_at = models.DateTimeField(null=True)
    overturned_by = models.CharField(max_length=10, blank=True, db_default="", help_text="Appeal, hearing or reviewer")
    effectuated_at = models.DateTimeField(null=True)
    hearing_asked_at = models.DateTimeField(null=True, help_text="When the State's notice of the hearing came")
    hearing_expedited = models.BooleanField(default=False, db_default=False)
    hearing_on = models.DateField(null=True)
    hearing_packet_at = models.DateTimeField(null=True)
    hearing_resolved_at = models.DateTimeField(null=True)
    complaint_received_at = models.DateTimeField(null=True)
    complaint_expedited = models.BooleanField(default=False, db_default=False)
    complaint_acknowledged_at = models.DateTimeField(null=True)
    complaint_resolved_at = models.DateTimeField(null=True)
    peer_asked_at = models.DateTimeField(null=True, help_text="When a treating provider asked to talk to a physician")
    peer_emergency = models.BooleanField(default=False, db_default=False)
    peer_answered_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
