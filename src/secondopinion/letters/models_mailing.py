"""How letters left: a row for each mailing of a letter by a carrier, and where offices get fax and e-mail."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from secondopinion.people.models import HealthNetwork, Period, ends_after_it_starts
from secondopinion.policy.formats import IN_WORDS, Format


class By(models.TextChoices):
    """The carriers."""

    PRINT = "print", "Mail"
    FAX = "fax", "Fax"
    MAIL = "email", "Secure e-mail"
    PORTAL = "portal", "Portal copy"


class Stands(models.TextChoices):
    """Where a mailing stands."""

    WAITING = "waiting", "Waiting to be handed over"
    HANDED_OVER = "handed_over", "Handed over"
    ACCEPTED = "accepted", "Accepted by the carrier"
    ARRIVED = "arrived", "Postmarked or delivered"
    FAILED = "failed", "Not carried"
    RETURNED = "returned", "Came back"


ARRIVED = {"print": "Postmarked", "fax": "Delivered", "email": "Taken by the mail server", "portal": "Readable"}


class Mailing(models.Model):
    """One mailing of one letter by one carrier. Exactly one first mailing for each letter and carrier.

    `nth` counts the mailings of the letter by this carrier. What was handed over, when and where to, cannot be
    changed afterwards; the database refuses it, and the deletion of any row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey("letters.Letter", models.PROTECT, related_name="mailings")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    carrier = models.CharField(max_length=8, choices=By.choices)
    nth = models.SmallIntegerField(default=1)
    stands = models.CharField(max_length=12, choices=Stands.choices, default=Stands.WAITING)
    owed_at = models.DateTimeField()
    batch_on = models.DateField(help_text="The local day it was owed; names the print house's batch")
    to = models.CharField(max_length=254, blank=True, help_text="The fax number or e-mail address")
    address = models.JSONField(null=True, help_text="An address other than the letter's own: lines of the envelope")
    confidential = models.BooleanField(default=False, help_text="Sent where the Member asked in confidence")
    format = models.CharField(
        max_length=12, choices=[(each.value, IN_WORDS[each]) for each in Format], default=Format.STANDARD.value,
        db_default=Format.STANDARD.value, help_text="In which format it went; standard print goes along",
    )  # fmt: skip
    print_sha256 = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="Of another print than the sealed one"
    )
    receipt = models.CharField(max_length=200, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True, help_text="When the carrier's word reached us")
    postmarked_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="When it failed or came back")
    tries = models.IntegerField(default=0, help_text="How often handing over has failed")
    tried_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why it was not carried, failed or came back")

    class Meta:
        ordering = ("owed_at", "carrier", "nth")
        indexes = (
            models.Index(
                name="mailing_not_done", fields=("owed_at",), condition=Q(stands__in=("waiting", "handed_over"))
            ),
            models.Index(name="mailing_of_a_day", fields=("batch_on", "carrier")),
        )
        constraints = (
            models.UniqueConstraint(
                name="one_mailing_per_letter_carrier_and_turn",
                fields=("letter", "carrier", "nth"),
                violation_error_message="This mailing of the letter by this carrier is there already.",
            ),
            models.CheckConstraint(name="mailings_count_from_one", condition=Q(nth__gte=1)),
            models.CheckConstraint(
                name="handed_over_has_its_receipt",
                condition=Q(stands="waiting", handed_over_at__isnull=True)
                | Q(stands="failed")
                | (Q(handed_over_at__isnull=False) & ~Q(receipt="")),
                violation_error_message="A mailing that left has its instant and the carrier's receipt.",
            ),
            models.CheckConstraint(
                name="postmarked_after_handing_over",
                condition=Q(postmarked_on__isnull=True) | Q(postmarked_on__gte=F("batch_on")),
                violation_error_message="A letter cannot bear a postmark of a day before it was owed.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.carrier} {self.nth} of {self.letter_id}"

    @property
    def stands_words(self) -> str:
        """Where it stands, in words that fit the carrier."""
        return ARRIVED[self.carrier] if self.stands == Stands.ARRIVED else str(Stands(self.stands).label)


class OfficeAddress(Period):
    """Where an office gets letters by fax or encrypted e-mail, verified by a person; by NPI, from a day to a day."""

    npi = models.CharField(max_length=10)
    by = models.CharField(max_length=8, choices=[(By.FAX.value, By.FAX.label), (By.MAIL.value, By.MAIL.label)])
    to = models.CharField(max_length=254)
    certificate = models.TextField(blank=True, help_text="The office's X.509 certificate as PEM, for e-mail")
    verified_on = models.DateField()
    verified_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("npi", "by", "from_on")
        indexes = (models.Index(name="office_by_npi", fields=("npi",)),)
        constraints = (
            ends_after_it_starts("office_address"),
            models.CheckConstraint(
                name="e_mail_has_its_certificate",
                condition=~Q(by="email") | ~Q(certificate=""),
                violation_error_message="E-mail to an office needs the office's certificate.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.by} of {self.npi} from {self.from_on}"
