"""The packet for the appeals team, as one PDF and as an archive; written to a file of its own, then sent."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from secondopinion.desk.referral import now_of, referral_or_404
from secondopinion.people.doors import signed_in
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.packet import Packet, dispute_of, packet_of

READERS = ("intake", "nurse", "physician", "appeals")
WHY = "read the packet of an appeal or complaint"


@signed_in(*READERS, why=WHY)
@require_safe
def packet_pdf(request: HttpRequest, number: str) -> FileResponse:
    """The packet as one PDF, with bookmarks."""
    file = written(packet_or_404(request, number).write_pdf)
    return FileResponse(file, filename=f"{number}-packet.pdf", content_type="application/pdf")


@signed_in(*READERS, why=WHY)
@require_safe
def packet_zip(request: HttpRequest, number: str) -> FileResponse:
    """The packet as an archive: every file by itself, and the proof that none was changed."""
    file = written(packet_or_404(request, number).write_zip)
    return FileResponse(file, as_attachment=True, filename=f"{number}-packet.zip", content_type="application/zip")


def packet_or_404(request: HttpRequest, number: str) -> Packet:
    """The packet of the objection that `?opened=` names by its event's position, else of the last one."""
    found = referral_or_404(request, number)
    opened = request.GET.get("opened", "")
    try:
        position = int(opened) if opened.isascii() and opened.isdigit() else None
        return packet_of(found, dispute_of(found, position), now_of(request))
    except Refused as refused:
        raise Http404(refused.sentence) from None


def written(write: Callable[[BinaryIO], object]) -> BinaryIO:
    """A file without a name that was written to, ready to be sent. It is gone when it is closed."""
    file = TemporaryFile()  # noqa: SIM115
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
