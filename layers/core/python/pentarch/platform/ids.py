"""Identifiers: time-ordered UUIDs, and short random names."""

import hashlib
import secrets
import time
import uuid

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter is taken for a digit."""
_LETTERS = (_ALPHABET * 8).encode()
"""A letter for each byte, each letter for as many bytes."""


def uuid7(at_ms: int | None = None) -> str:
    """A UUID of version 7 (RFC 9562), whose text sorts by its time; `at_ms` is Unix time in milliseconds."""
    stamp = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    value = (stamp & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def uuid7_named(at_ms: int, name: str) -> str:
    """The one UUID of version 7 of a millisecond and a name: for what may be made twice and shall be one."""
    value = (at_ms & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(hashlib.sha256(name.encode()).digest()[:10])
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def uuid7_floor(at_ms: int) -> str:
    """The lowest UUID of version 7 of a millisecond: a bound for key ranges."""
    return str(uuid.UUID(int=(at_ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | 0x2 << 62))


def uuid_before(identifier: str) -> str:
    """The identifier before one in the order of their texts: makes an exclusive bound of an inclusive one."""
    return str(uuid.UUID(int=uuid.UUID(identifier).int - 1))


def uuid7_ms(identifier: str) -> int:
    """The Unix time in milliseconds that a version 7 UUID carries; ValueError when it is none."""
    value = uuid.UUID(identifier)
    if value.version != 7:  # noqa: PLR2004 (the version's number is its name)
        msg = f"{identifier!r} is not a UUID of version 7"
        raise ValueError(msg)
    return value.int >> 80


def short_id(prefix: str, length: int = 16) -> str:
    """A random name like `job_4k2m...`; 16 letters carry 80 bits."""
    return f"{prefix}_{secrets.token_bytes(length).translate(_LETTERS).decode()}"
