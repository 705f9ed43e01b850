"""Drafts and approved wordings: whether a letter may leave in the words in which it is written here.

A wording is what a kind of letter says in a language: its template, what the template imports, and the set phrases of
the language. It is a draft until one person has proposed it and another has approved it, and a draft again as soon as
any of those files changes. Where real Members are, a draft does not leave.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from secondopinion.letters.kinds import KINDS, TEMPLATES, kind_named
from secondopinion.letters.languages import ENGLISH, LANGUAGES, PHRASES
from secondopinion.letters.models_approving import WordingApproval
from secondopinion.letters.refusal import KeptBack
from secondopinion.people.person import Person

IMPORTS: Final = re.compile(r'#(?:import|include)\s+"([^"]+\.typ)"')
SHORTEST: Final = 4  # characters of a reason
WHO: Final = "The wording of letters is the plan’s. Ask the plan’s appeals coordinator or Medical Director."


class NotSo(ValueError):
    """A wording cannot be proposed, approved or withdrawn so. Carries a sentence."""


class Standing(StrEnum):
    """Where a wording stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Wording:
    """A kind of letter in a language as it is written today, and who said what about it."""

    kind: str
    language: str
    sha256: str
    approval: WordingApproval | None = None
    was_approved: bool = False  # in other words than today's

    @property
    def standing(self) -> Standing:
        """Draft, proposed or approved."""
        if self.approval is None:
            return Standing.DRAFT
        return Standing.PROPOSED if self.approval.approved_at is None else Standing.APPROVED

    @property
    def key(self) -> str:
        """The wording as a form names it, seal and all, so that nobody approves what was not on the page."""
        return f"{self.kind}:{self.language}:{self.sha256}"


def wording_sha256(kind: str, language: str) -> str:
    """What a letter's words are made of, read from the disk now: template, all that it imports, and the set phrases.

    Fonts and the typesetter are not part of it (`kinds.template_sha256` is for those): they change no words.
    """
    digest = hashlib.sha256()
    for path in _files(kind_named(kind).template(language)):
        digest.update(f"{path.relative_to(TEMPLATES)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    phrases = PHRASES / f"{language}.toml"
    if language != ENGLISH and phrases.is_file():
        digest.update(b"phrases\n" + hashlib.sha256(phrases.read_bytes()).digest())
    return digest.hexdigest()


def drafts_stay() -> bool:
    """Does a draft stay here? Yes, unless this is for trying out with made-up people."""
    return bool(getattr(settings, "LETTERS_APPROVED_ONLY", True))


def keep_back_a_draft(kind: str, language: str) -> str:
    """The seal of the wording in which a letter may leave now. Raises KeptBack where a draft may not."""
    sha256 = wording_sha256(kind, language)
    if drafts_stay() and not _approved().filter(kind=kind, language=language, wording_sha256=sha256).exists():
        raise KeptBack(
            f"The letter “{kind.replace('_', ' ')}” in {_name(language)} is a draft: nobody has approved these words. "
            "Approve them under “Wording of letters”; the letter then leaves by itself, and its clock runs meanwhile."
        )
    return sha256


def wordings() -> list[Wording]:
    """Every kind in every language in which it is drawn, as it stands today, in the order of the kinds."""
    said: dict[tuple[str, str, str], WordingApproval] = {}
    approved: set[tuple[str, str]] = set()
    for each in WordingApproval.objects.filter(withdrawn_at__isnull=True):
        said[each.kind, each.language, each.wording_sha256] = each
        if each.approved_at is not None:
            approved.add((each.kind, each.language))
    found = []
    for kind in KINDS.values():
        for language in sorted(kind.languages, key=_order):
            sha256 = wording_sha256(kind.name, language)
            row = said.get((kind.name, language, sha256))
            found.append(Wording(kind.name, language, sha256, row, row is None and (kind.name, language) in approved))
    return found


def standing_of(kind: str, language: str) -> Standing:
    """Where one letter's wording stands today."""
    sha256 = wording_sha256(kind, language)
    rows = WordingApproval.objects.filter(withdrawn_at__isnull=True, kind=kind, language=language)
    return Wording(kind, language, sha256, rows.filter(wording_sha256=sha256).first()).standing


def propose(keys: Iterable[str], person: Person, now: datetime) -> list[Wording]:
    """Propose drafts for approval, all or none. Raises NotSo."""
    with transaction.atomic():
        chosen, staff = _chosen(keys, person)
        for each in chosen:
            if each.standing is not Standing.DRAFT:
                raise NotSo(f"{_called(each)} is proposed or approved already. Open the page again to see by whom.")
            WordingApproval.objects.create(
                kind=each.kind, language=each.language, wording_sha256=each.sha256, proposed_by=person.name,
                proposed_role=person.title, proposed_staff=staff, proposed_at=now,
            )  # fmt: skip
    return chosen


def approve(keys: Iterable[str], person: Person, now: datetime) -> list[Wording]:
    """Approve wordings that somebody else has proposed, all or none. Raises NotSo."""
    with transaction.atomic():
        chosen, staff = _chosen(keys, person)
        for each in chosen:
            if each.approval is None or each.standing is not Standing.PROPOSED:
                raise NotSo(f"{_called(each)} waits for no approval. Open the page again to see how it stands.")
            if each.approval.proposed_staff == staff:
                raise NotSo(f"You proposed {_called(each)} yourself. Somebody else has to read and approve it.")
            waits = WordingApproval.objects.filter(
                pk=each.approval.pk, approved_at__isnull=True, withdrawn_at__isnull=True
            )
            if not waits.update(
                approved_by=person.name, approved_role=person.title, approved_staff=staff, approved_at=now
            ):
                raise NotSo(f"{_called(each)} was approved or withdrawn in this moment. Open the page again.")
    return chosen


def withdraw(key: str, why: str, person: Person, now: datetime) -> Wording:
    """Take a proposal or an approval back: the wording is a draft again. Raises NotSo."""
    with transaction.atomic():
        (each,), _ = _chosen([key], person)
        if len(why.strip()) < SHORTEST:
            raise NotSo("Say why: for example “the second paragraph says the wrong number of days”.")
        rows = WordingApproval.objects.filter(pk=each.approval.pk if each.approval else 0, withdrawn_at__isnull=True)
        if not rows.update(withdrawn_by=person.name, withdrawn_at=now, why=why.strip()[:300]):
            raise NotSo(f"{_called(each)} is a draft: there is nothing to take back.")
    return each


def _chosen(keys: Iterable[str], person: Person) -> tuple[list[Wording], int]:
    """The wordings that a form names, if they are still today's, and which person of the staff names them."""
    if person.network is not None or person.staff_id is None:
        raise NotSo(WHO)
    today: Mapping[str, Wording] = {each.key: each for each in wordings()}
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        raise NotSo("Tick at least one letter.")
    for key in wanted:
        if key not in today:
            raise NotSo("One of these letters has other words now than on the page you had open. Open the page again.")
    return [today[key] for key in wanted], person.staff_id


def _approved() -> QuerySet[WordingApproval]:
    return WordingApproval.objects.filter(approved_at__isnull=False, withdrawn_at__isnull=True)


def _files(template: Path) -> list[Path]:
    """A template and everything that it imports, each once, sorted."""
    found: set[Path] = set()
    ahead = [template]
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        found.add(path)
        for named in IMPORTS.findall(path.read_text(encoding="utf-8")):
            ahead.append((TEMPLATES / named[1:] if named.startswith("/") else path.parent / named).resolve())
    return sorted(found)


def _order(language: str) -> int:
    return list(LANGUAGES).index(language)


def _name(language: str) -> str:
    return LANGUAGES[language].name if language in LANGUAGES else language


def _called(wording: Wording) -> str:
    return f"“{wording.kind.replace('_', ' ')}” in {_name(wording.language)}"
