"""Does a setting hold a secret? Told by its name and the value's shape; the value itself goes nowhere."""

import math
import re
from collections import Counter
from collections.abc import Collection

_SHAPES = {
    "an access key of AWS": r"\b(AKIA|ASIA)[A-Z0-9]{16}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a provider's API key": r"\b(sk|pk|rk)[-_](live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{16,}",
    "an access token": r"\b(gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|ya29\.)[A-Za-z0-9_-]{10,}",
    "an API key of Google": r"\bAIza[A-Za-z0-9_-]{30,}",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.",
    "a password in an address": r"[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s:@]+@",
}
_SECRET_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|SECRETS|TOKEN|CREDENTIALS?|(API|ACCESS|PRIVATE|SECRET|AUTH)_?KEY)$"
)
"""What the name ends in says what the value is: TOKEN_TTL is a time, ADMIN_TOKEN is a token."""
_PLAIN_NAME = re.compile(r"(^|_)(COMMIT|SHA|HASH|DIGEST|CHECKSUM|FINGERPRINT|VERSION)(_|$)")
"""Values that look random and are public."""
_REFERENCE = re.compile(r"^(arn:|https?://|s3://|/|\{\{resolve:)")
_MADE_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*-[A-Z0-9]{12,13}$")
"""How CloudFormation names what it makes: stack, resource, and characters of its own."""
_RANDOM = re.compile(r"^[A-Za-z0-9+/_=-]+$")
_HEX = re.compile(r"^[0-9a-fA-F]+$")
MIN_RANDOM_CHARACTERS = 24
MIN_HEX_CHARACTERS = 32
MIN_BITS = 4.0
"""Bits per character: random base64 of 32 characters has 4.4 and more, identifiers made of words less than 3.8."""
MIN_HEX_BITS = 3.0


def reason(name: str, value: str, references: Collection[str] = ()) -> str | None:
    """Why the value is taken for a secret, or None. `references` are the names of resources."""
    for what, shape in _SHAPES.items():
        if re.search(shape, value):
            return f"it has the form of {what}"
    if not value or value in references or _REFERENCE.match(value):
        return None
    if _SECRET_NAME.search(name.upper()):
        return "its name says that it is a secret, and its value refers to none"
    if not _PLAIN_NAME.search(name.upper()) and _looks_random(value):
        return "it looks like a random key"
    return None


def _looks_random(value: str) -> bool:
    if _HEX.match(value):
        return len(value) >= MIN_HEX_CHARACTERS and _bits(value) >= MIN_HEX_BITS
    mixed = any(c.isdigit() for c in value) and any(c.isupper() for c in value) and any(c.islower() for c in value)
    named = _MADE_NAME.match(value) or not _RANDOM.match(value)
    return len(value) >= MIN_RANDOM_CHARACTERS and mixed and not named and _bits(value) >= MIN_BITS


def _bits(text: str) -> float:
    """Shannon's entropy of one character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
