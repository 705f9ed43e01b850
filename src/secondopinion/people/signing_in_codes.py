"""Codes that prove something more than a password: those an authenticator app shows, and those kept on paper."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User

from secondopinion.people.models_signing_in import AuthenticatorApp, RecoveryCode
from secondopinion.people.sealing import Unsealed, digest, made_code, seal, unseal

ISSUER: Final = "Second Opinion"
STEP: Final = 30  # seconds that a code is shown
DIGITS: Final = 6
SECRET_BYTES: Final = 20  # as RFC 4226 recommends for HMAC-SHA-1
DRIFT: Final = (-1, 0, 1)  # steps by which a phone's clock may differ; RFC 6238 section 5.2
RECOVERY_CODES: Final = 10


@dataclass(frozen=True, slots=True)
class AppSecret:
    """A secret that no app has yet: as text to type in, and as the address that a square code holds."""

    secret: bytes
    account: str

    @property
    def uri(self) -> str:
        """The `otpauth:` address, which apps read from the square code."""
        return _totp(self.secret).get_provisioning_uri(self.account, ISSUER)

    @property
    def text(self) -> str:
        """The secret in base 32, in groups of four, for whoever types it in."""
        plain = self.uri.partition("secret=")[2].partition("&")[0]
        return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def made_secret(account: User) -> AppSecret:
    """A new secret by chance, for an app that is to be added."""
    return AppSecret(secrets.token_bytes(SECRET_BYTES), account.get_username())


def add_app(account: User, name: str, secret: bytes, code: str, now: datetime) -> AuthenticatorApp | None:
    """Add the app if its code proves that it holds the secret; None if not. The code proves nothing a second time."""
    step = _step_of(secret, code, now, after=0)
    if step is None:
        return None
    return AuthenticatorApp.objects.create(
        account=account, name=name, sealed=seal(secret), added_at=now, last_step=step
    )


def take_code(account: User, code: str, now: datetime, *, made_up: bool) -> bool:
    """Does an app of the account show this code now, one that was not taken before? Then it is taken.

    `made_up`: whether apps of the made-up county count, which is so only where nobody is real.
    """
    apps = AuthenticatorApp.objects.select_for_update().filter(account=account, removed_at__isnull=True)
    for app in apps if made_up else apps.filter(made_up=False):
        try:
            step = _step_of(unseal(app.sealed), code, now, after=app.last_step)
        except Unsealed:
            continue  # the house has another key today: this app proves nothing, another may
        if step is not None:
            app.last_step = step
            app.save(update_fields=["last_step"])
            return True
    return False


def shown_code(account: User, now: datetime) -> str:
    """What the app of a made-up account shows now: the first code not taken yet. Empty: none, or a real app."""
    app = AuthenticatorApp.objects.filter(account=account, made_up=True, removed_at__isnull=True).first()
    if app is None:
        return ""
    here = int(now.timestamp()) // STEP
    step = next((here + drift for drift in DRIFT if here + drift > app.last_step), None)
    return "" if step is None else _totp(unseal(app.sealed)).generate(step * STEP).decode()


def make_recovery_codes(account: User, now: datetime) -> tuple[str, ...]:
    """Ten codes for paper, shown once. Those made before open nothing any more."""
    RecoveryCode.objects.filter(account=account, used_at=None, replaced_at=None).update(replaced_at=now)
    codes = tuple(made_code() for _ in range(RECOVERY_CODES))
    RecoveryCode.objects.bulk_create([RecoveryCode(account=account, sha256=digest(c), made_at=now) for c in codes])
    return codes


def take_recovery_code(account: User, code: str, now: datetime) -> bool:
    """Is it one of the account's codes on paper, not used and not replaced? Then it is used."""
    unused = RecoveryCode.objects.filter(account=account, sha256=digest(code), used_at=None, replaced_at=None)
    return unused.update(used_at=now) == 1


def codes_left(account: User) -> int:
    """How many codes on paper are still good."""
    return RecoveryCode.objects.filter(account=account, used_at=None, replaced_at=None).count()


def _step_of(secret: bytes, code: str, now: datetime, *, after: int) -> int | None:
    """The step later than `after` whose code this is; None if it is none of those a drifting clock may show."""
    typed = "".join(sign for sign in code if sign.isdecimal() and sign.isascii())
    here = int(now.timestamp()) // STEP
    for step in (here + drift for drift in DRIFT):
        shown = _totp(secret).generate(step * STEP).decode()
        if step > after and len(typed) == DIGITS and secrets.compare_digest(shown, typed):
            return step
    return None


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what every app computes; as an HMAC with a key of its own it is not weak (RFC 6238, RFC 6151).
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303
