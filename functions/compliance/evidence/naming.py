"""What evidence calls somebody: the id of a key or a client, and of a person never more than a pseudonym."""

import hashlib
import re

_DIGITS = 16
_PERSONAL = ("user", "federated")
_PSEUDONYM = re.compile(r"u_[0-9a-z]{16}|[0-9a-f]{32}")
"""Of a user, and of a federated caller. Who was made before there were pseudonyms is called by name."""


def reference(tenant: str, subject: str) -> str:
    """`key:01a1...` stays; `user:alice` becomes `user:` and a digest, which only who knows the name can find again."""
    kind, colon, name = subject.partition(":")
    if not colon or kind not in _PERSONAL or _PSEUDONYM.fullmatch(name):
        return subject
    digest = hashlib.sha256(f"{tenant}\n{name}".encode()).hexdigest()
    return f"{kind}:{digest[:_DIGITS]}"
