"""Rows that hold a sealed file, the kinds of them, and moving them to another house key."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, IntegerField, Value, When

from secondopinion.people.kept.sealing import OVERHEAD, Sealed, Tampered, current_key_id, opened, seal
from secondopinion.people.kept.sealing import under_the_current_key as wrapped_anew


class KeptFile(models.Model):
    """A row with a file. `content` is sealed; a row that names no key was kept before files were, and is plain.

    The row's `id` is a UUID made by the program, and `sha256` is the seal of the file as it came.
    """

    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16, blank=True, db_default="", default="", help_text="None: not sealed yet")
    data_key = models.BinaryField(null=True)

    class Meta:
        abstract = True

    @classmethod
    def sealed(cls, plain: bytes, **columns: Any) -> Any:
        """A new row, not written yet, with this file sealed in it. `columns` must hold its `id`."""
        row = cls(sha256=cls.hash_of(plain), **columns)
        row.put(plain)
        return row

    @staticmethod
    def hash_of(plain: bytes) -> str:
        """The SHA-256 of a file as it came."""
        return hashlib.sha256(plain).hexdigest()

    def put(self, plain: bytes) -> None:
        """Seal a file into this row."""
        kept = seal(plain, self.place)
        self.content, self.key_id, self.data_key = kept.content, kept.key_id, kept.data_key

    @property
    def place(self) -> str:
        """What the seal is bound to: this row, and no other."""
        return f"{self._meta.db_table}:{self.pk}"

    def plain(self) -> bytes:
        """The file as it came. Raises KeyLost where its key is missing, and Tampered where it is not what was kept."""
        if not self.key_id:
            found = bytes(self.content)
        else:
            found = opened(Sealed(bytes(self.content), self.key_id, bytes(self.data_key or b"")), self.place)
        if self.hash_of(found) != self.sha256:
            raise Tampered(
                "This file does not agree with its SHA-256, so it is not the one that was kept. It is not shown. "
                "Restore it from a backup, and tell whoever looks after the database."
            )
        return found


BYTES_OF_FILE = Func(F("content"), function="octet_length", output_field=IntegerField()) - Case(
    When(key_id="", then=Value(0)), default=Value(OVERHEAD), output_field=IntegerField()
)
"""The size of a row's file in bytes, asked of the database without reading it."""
KEY_COLUMNS = ("key_id", "data_key")


def to_move(model: type[KeptFile]) -> models.QuerySet[Any]:
    """The rows of a kind that are plain, or sealed under a key that is not the current one."""
    return model._default_manager.exclude(key_id=current_key_id()).order_by("pk")


def move(row: KeptFile) -> None:
    """Seal a plain row, or seal a row's own key under the current house key. Raises KeyLost or Tampered."""
    if not row.key_id:
        row.put(row.plain())
        row.save(update_fields=("content", *KEY_COLUMNS))
        return
    row.key_id, row.data_key = wrapped_anew(row.key_id, bytes(row.data_key or b""), row.place)
    row.save(update_fields=KEY_COLUMNS)
