"""OpenID providers in processes of their own: one that somebody else wrote, and one that lies as it is told to."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "second-opinion", "a secret of the two"
STARTED_WITHIN = 30.0  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def real_provider() -> Iterator[str]:
    """The package's provider, started as a process. Gives its issuer."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{issuer}/.well-known/openid-configuration", process)
        yield str(read_json(f"{issuer}/.well-known/openid-configuration")["issuer"])
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < give_up:
        assert process.poll() is None, "the provider stopped by itself"
        try:
            read_json(address)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not start in time")


def read_json(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=5) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found


def agree(address: str, subject: str) -> str:
    """Say at the real provider who one is, and agree; gives the query it sends the browser back with."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any, **kwargs: Any) -> None:
            return None

    form = urlencode({"sub": subject, "action": "authorize"}).encode()
    try:
        urllib.request.build_opener(Stay).open(address, form, timeout=10)
    except urllib.error.HTTPError as turned:
        with turned:
            return urlsplit(turned.headers["Location"]).query
    raise AssertionError("the provider did not send the browser back")


class Liar:
    """A provider whose every word the test can bend: `claims`, `key` and `sign` are what it answers with."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.now = now
        self.claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.sign: Callable[[dict[str, Any]], str] = self.honest
        self.description: dict[str, Any] = {}
        self.nonce = ""
        self.asked: list[dict[str, list[str]]] = []
        liar = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                where = urlsplit(self.path).path
                if where == "/.well-known/openid-configuration":
                    self._say(liar.described())
                elif where == "/keys":
                    self._say({"keys": [liar.key.as_dict(private=False)]})
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                liar.asked.append(parse_qs(self.rfile.read(length).decode()))
                self._say({"access_token": "x", "token_type": "Bearer", "id_token": liar.sign(liar.told())})

            def _say(self, words: Mapping[str, Any]) -> None:
                body = json.dumps(words).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def described(self) -> dict[str, Any]:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return {**said, **self.description}

    def told(self) -> dict[str, Any]:
        at = int(self.now().timestamp())
        honest = {"iss": self.issuer, "sub": "n-1", "aud": CLIENT_ID, "iat": at, "exp": at + 300, "nonce": self.nonce}
        return self.claims(honest)

    def honest(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says `alg: none` and bears no signature."""
    key = OctKey.import_key("of no use, but as long as one has to be")
    return jws.serialize_compact({"alg": "none"}, json.dumps(claims).encode(), key, algorithms=["none"])


def signed_with_the_public_key(key: RSAKey, claims: dict[str, Any]) -> str:
    """A token whose HMAC is keyed with what everybody can read: the provider's public key."""
    public = key.as_pem(private=False)
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(public), algorithms=["HS256"])


def set_up(folder: Path, *rows: Mapping[str, str]) -> str:
    """The file of providers, as an operator writes it; gives its path."""
    path = folder / "providers.toml"
    lines = []
    for row in rows:
        filled = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "words": f"Sign in by {row['key']}", **row}
        lines += ["[[provider]]", *(f"{name} = {_toml(said)}" for name, said in filled.items()), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def _toml(said: str) -> str:
    return said if said in {"true", "false"} else json.dumps(said)
