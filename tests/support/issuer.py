"""An OpenID Connect issuer of our own: signs with RSA, and publishes its keys over HTTP on this machine."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://login.example/tenant/v2.0"
AUDIENCE = "api://agentstudio"


@dataclass
class Issuer:
    url: str = ""
    published: str = ""
    """What it answers with; anything, for tests of what is no key set."""
    fetches: int = 0
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)

    def new_key(self, key_id: str) -> None:
        self.keys[key_id] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        entries = [
            RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": name, "use": "sig", "alg": "RS256"}
            for name, key in self.keys.items()
        ]
        self.published = json.dumps({"keys": entries})

    def token(self, key_id: str, **claims: Any) -> str:
        now = int(time.time())
        written = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "42",
            "iat": now,
            "exp": now + 600,
            "roles": ["Editor"],
        } | claims
        present = {name: value for name, value in written.items() if value is not None}
        return jwt.encode(present, self.keys[key_id], "RS256", headers={"kid": key_id})

    def trusted(self, tenant: str, **options: Any) -> str:
        """The deployment's parameter that trusts this issuer."""
        entry = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": self.url, "tenant": tenant}
        return json.dumps([entry | {"roles": {"Editor": "developer", "Boss": "admin"}} | options])


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.fetches += 1
            body = issuer.published.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    issuer.url = f"http://127.0.0.1:{server.server_port}/keys"
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
