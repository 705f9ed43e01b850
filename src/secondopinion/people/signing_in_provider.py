"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, and the ID token judged to the last claim.

The plan and each Health Network have providers of their own. A provider speaks for the staff of its own place only:
who is known there as somebody can never become staff of another.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS: Final = ("RS256", "PS256", "ES256")  # never `none`, and never one whose key the provider shares with us
TIMEOUT: Final = 10  # seconds
LARGEST: Final = 500_000  # bytes of any answer
LEEWAY: Final = 60  # seconds that two clocks may differ
OLDEST: Final = 600  # seconds since the ID token was made
HERE: Final = ("127.0.0.1", "localhost", "::1")
TWO_FACTORS: Final = frozenset({"mfa"})  # RFC 8176


class NotProven(Exception):
    """The provider does not say, in a form that can be believed, who this is. Says in plain words what was wrong."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One place's OpenID provider, as the operator set it up. `network` is a Health Network's name; empty: the plan.

    `two_factors`: whether its word that somebody showed two factors (`amr` holds `mfa`) is taken for the second proof.
    """

    key: str
    words: str
    network: str
    issuer: str
    client_id: str
    client_secret: str
    two_factors: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """What must be remembered from leaving for the provider to coming back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def by_chance(cls) -> Begun:
        """New ones, which nobody can guess."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the provider knows: its unchanging name for them, and whether they showed it two factors."""

    subject: str
    two_factors: bool


def leave_for(provider: Provider, begun: Begun, back: str) -> str:
    """The address of the provider to send the browser to; `back` is where it returns. Raises NotProven."""
    where = _discover(provider)["authorization_endpoint"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=")
    asked = {
        "response_type": "code", "scope": "openid", "client_id": provider.client_id, "redirect_uri": back,
        "state": begun.state, "nonce": begun.nonce,
        "code_challenge": challenge.decode(), "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"


def back_from(provider: Provider, begun: Begun, back: str, answer: Mapping[str, str], now: datetime) -> Known:
    """Whom the provider says it is, from the query it sent the browser back with. Raises NotProven."""
    if not secrets.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
        raise NotProven("The answer belongs to another sign-in, or to one that is over.")
    if "iss" in answer and answer["iss"] != provider.issuer:  # RFC 9207: no answer of one provider passes for another's
        raise NotProven("The answer comes from another provider.")
    if "error" in answer or not answer.get("code"):
        raise NotProven("The provider did not sign you in.")
    found = _discover(provider)
    given = {
        "grant_type": "authorization_code", "code": answer["code"], "redirect_uri": back,
        "client_id": provider.client_id, "code_verifier": begun.verifier,
    }  # fmt: skip
    token = _asked(found["token_endpoint"], urlencode(given).encode(), _basic(provider)).get("id_token")
    if not isinstance(token, str):
        raise NotProven("The provider sent no ID token.")
    return judge(provider, token, _asked(found["jwks_uri"]), begun.nonce, now)


def judge(provider: Provider, token: str, keys: Mapping[str, Any], nonce: str, now: datetime) -> Known:
    """Whom an ID token names, if everything in it holds (OpenID Connect Core 3.1.3.7). Raises NotProven."""
    at = int(now.timestamp())
    claims_must = jwt.JWTClaimsRegistry(
        now=at, leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
    )  # fmt: skip
    try:
        claims = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=list(ALGORITHMS)).claims  # type: ignore[arg-type]
        claims_must.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as fault:
        raise NotProven("The ID token does not hold.") from fault
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise NotProven("The ID token was made for another program.")
    if claims["iat"] < at - OLDEST:
        raise NotProven("The ID token is too old.")
    methods = claims.get("amr")
    twice = provider.two_factors and isinstance(methods, list) and not TWO_FACTORS.isdisjoint(map(str, methods))
    return Known(str(claims["sub"]), twice)


def _discover(provider: Provider) -> dict[str, str]:
    """The provider's own description of itself, which must be of this very issuer."""
    found = _asked(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise NotProven("The provider describes itself as another one.")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(name), str) for name in needed):
        raise NotProven("The provider does not say where it is to be asked.")
    _refuse_open(found["authorization_endpoint"])
    return {name: found[name] for name in needed}


def _basic(provider: Provider) -> str:
    pair = urlencode({provider.client_id: provider.client_secret}).replace("=", ":", 1)  # RFC 6749 section 2.3.1
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _asked(address: str, form: bytes | None = None, authorization: str = "") -> dict[str, Any]:
    _refuse_open(address)
    headers = {"Accept": "application/json", **({"Authorization": authorization} if authorization else {})}
    request = urllib.request.Request(address, form, headers)  # noqa: S310 - _refuse_open lets http(s) through alone
    try:
        with OPENER.open(request, timeout=TIMEOUT) as answer:
            read = json.loads(answer.read(LARGEST))
    except (urllib.error.URLError, OSError, ValueError) as fault:
        raise NotProven("The provider does not answer as it should.") from fault
    if not isinstance(read, dict):
        raise NotProven("The provider does not answer as it should.")
    return read


def _refuse_open(address: str) -> None:
    """Only by TLS, but for a provider on this very machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
        raise NotProven("The provider is not asked without encryption.")


class _NoTurnings(urllib.request.HTTPRedirectHandler):
    """A provider answers where it was asked: a turn to another address is not followed."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


OPENER: Final = urllib.request.build_opener(_NoTurnings)
