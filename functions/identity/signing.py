"""The signing side of access tokens: the private key, read from Secrets Manager and kept for a minute."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pentarch.identity import tokens
from pentarch.identity.tokens import Claims
from pentarch.platform import clients
from pentarch.platform.clock import parse_iso
from pentarch.platform.errors import UnavailableError

CACHE_S = 60
"""A rotated-out key signs for this long at most; `rotate.GRACE` is much longer."""


@dataclass(frozen=True, slots=True)
class Keyset:
    """The content of the secret: the private keys in PEM by key id, and which of them signs."""

    current: str | None = None
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Keyset":
        content: dict[str, Any] = json.loads(text or "{}")
        return cls(content.get("current"), content.get("keys", {}))

    def __str__(self) -> str:
        return json.dumps({"current": self.current, "keys": self.keys})

    def __repr__(self) -> str:
        return f"Keyset(current={self.current!r}, keys={sorted(self.keys)})"

    @property
    def current_pem(self) -> str | None:
        return self.keys[self.current]["pem"] if self.current is not None else None

    @property
    def current_since(self) -> datetime | None:
        return parse_iso(self.keys[self.current]["created_at"]) if self.current is not None else None


def read_keyset(secret: str) -> Keyset:
    return Keyset.parse(clients.secretsmanager().get_secret_value(SecretId=secret)["SecretString"])


@dataclass(slots=True)
class Signer:
    """One per process."""

    _keyset: Keyset | None = None
    _read_at: float = 0.0

    def sign(self, claims: Claims, *, secret: str, at: datetime, lifetime: timedelta) -> str:
        """`secret` names the Secrets Manager secret with the keys."""
        if self._keyset is None or not 0 <= at.timestamp() - self._read_at < CACHE_S:
            self._keyset, self._read_at = read_keyset(secret), at.timestamp()
        if self._keyset.current is None or self._keyset.current_pem is None:
            self._keyset = None  # it may exist in a moment
            msg = "there is no signing key yet; the rotation makes the first one"
            raise UnavailableError(msg, retry_after=5)
        key_id, pem = self._keyset.current, self._keyset.current_pem
        return tokens.sign(claims, key_id=key_id, private_pem=pem, at=at, lifetime=lifetime)
