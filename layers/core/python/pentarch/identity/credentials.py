"""API keys and refresh tokens: how they are written, and how they are compared.

Both name their tenant and their record, so that one read by key finds them, and end in 256 random bits, of which only
a SHA-256 is stored. (A slow hash is for passwords, which people choose; a random secret cannot be guessed.)
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from pentarch.platform.ids import short_id

_FORM = re.compile(r"(pk|rt)_([a-z0-9-]{1,40})_([0-9a-z]{8,32})_([A-Za-z0-9-]{20,64})")
TENANT_FORM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Credential:
    """An API key ("pk") or a refresh token ("rt"), taken apart."""

    prefix: str
    tenant: str
    record: str
    secret: str

    @classmethod
    def new(cls, prefix: str, tenant: str, record: str | None = None) -> "Credential":
        name = record or short_id("x").removeprefix("x_")
        return cls(prefix, tenant, name, secrets.token_hex(32))

    @classmethod
    def parse(cls, text: str, prefix: str) -> "Credential | None":
        found = _FORM.fullmatch(text)
        return cls(*found.groups()) if found and found[1] == prefix else None

    def __str__(self) -> str:
        return f"{self.prefix}_{self.tenant}_{self.record}_{self.secret}"

    def __repr__(self) -> str:
        return f"Credential({self.prefix}_{self.tenant}_{self.record}_...)"

    @property
    def hash(self) -> str:
        return hash_secret(self.secret)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored_hash: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(hash_secret(secret), stored_hash)
