"""Passkeys: a key pair on a person's own device, bound to this address, so that no other site can ask for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from secondopinion.people.models_signing_in import Passkey

NAME: Final = "Second Opinion"
LONGEST: Final = 20_000  # characters of an answer: a key with its attestation takes a few thousand


class Unproven(Exception):
    """The device's answer proves nothing: wrong site, wrong question, wrong key, or no answer at all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser is asked, and what must be remembered to judge its answer."""

    options: dict[str, Any]
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the browser is: `https://desk.example.org`. Keys are bound to the name without its port."""

    origin: str

    @property
    def server(self) -> Fido2Server:
        """The judge of answers given at this very origin."""
        entity = PublicKeyCredentialRpEntity(name=NAME, id=urlsplit(self.origin).hostname)
        return Fido2Server(entity, verify_origin=lambda origin: origin == self.origin)


def ask_to_add(site: Site, account: User) -> Asked:
    """Ask the browser to make a key for an account; a device that has one already is not asked."""
    user = PublicKeyCredentialUserEntity(
        name=account.get_username(), id=handle_of(account), display_name=account.get_username()
    )
    options, state = site.server.register_begin(
        user,
        _credentials(account),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return Asked(_plain(options), _plain(state))


def add(site: Site, state: Mapping[str, Any], answer: str, account: User, name: str, now: datetime) -> Passkey:
    """Keep the public half of the key that the device made. Raises Unproven."""
    try:
        made = site.server.register_complete(state, _read(answer))
    except (ValueError, KeyError, TypeError) as fault:
        raise Unproven(str(fault)) from fault
    credential = made.credential_data
    if credential is None or Passkey.objects.filter(credential_id=credential.credential_id).exists():
        raise Unproven("The key is known here already.")
    return Passkey.objects.create(
        account=account,
        name=name,
        credential_id=credential.credential_id,
        credential=bytes(credential),
        sign_count=made.counter,
        added_at=now,
    )


def ask_to_prove(site: Site, account: User | None = None) -> Asked:
    """Ask the browser to prove a key: of one account after its password, or of whoever has one here.

    Where the key is all that is asked for, the device must know its owner, by a finger, a face or a PIN.
    """
    required = UserVerificationRequirement.PREFERRED if account else UserVerificationRequirement.REQUIRED
    options, state = site.server.authenticate_begin(
        _credentials(account) if account else None, user_verification=required
    )
    return Asked(_plain(options), _plain(state))


def prove(site: Site, state: Mapping[str, Any], answer: str, now: datetime, account: User | None = None) -> Passkey:
    """The key that the answer proves, with its count brought up to date. Raises Unproven."""
    try:
        read = AuthenticationResponse.from_dict(_read(answer))
        keys = Passkey.objects.select_for_update().filter(removed_at__isnull=True, account__is_active=True)
        key = (keys.filter(account=account) if account else keys).filter(credential_id=read.raw_id).first()
        known = [AttestedCredentialData(bytes(key.credential))] if key else []
        site.server.authenticate_complete(state, known, read)
    except (ValueError, KeyError, TypeError) as fault:
        raise Unproven(str(fault)) from fault
    assert key is not None, "an answer that proves a key has found it"
    whose = read.response.user_handle
    if account is None and whose is not None and bytes(whose) != handle_of(key.account):
        raise Unproven("The key is another account's.")
    count = read.response.authenticator_data.counter
    if (count or key.sign_count) and count <= key.sign_count:
        raise Unproven("The device counts less than before: the key may have been copied.")
    key.sign_count, key.used_at = count, now
    key.save(update_fields=["sign_count", "used_at"])
    return key


def handle_of(account: User) -> bytes:
    """What a device keeps to know the account again: it says nothing of who it is (WebAuthn 14.6.1)."""
    return hashlib.sha256(f"passkey {settings.SECRET_KEY} {account.pk}".encode()).digest()


def _credentials(account: User) -> list[AttestedCredentialData]:
    keys = Passkey.objects.filter(account=account, removed_at__isnull=True)
    return [AttestedCredentialData(bytes(key.credential)) for key in keys]


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST:
        raise ValueError("The answer is too long to be one.")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("The answer is no object.")
    return read


def _plain(given: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(given), default=dict))
    return plain
