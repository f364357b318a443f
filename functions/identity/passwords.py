"""Passwords: which are accepted, and how they are kept.

argon2id with 46 MiB, one pass and one lane is the first of OWASP's equally strong settings (Password Storage Cheat
Sheet). It takes 49 ms of a whole core, so about 85 ms of the 0.58 cores that Lambda gives a function of 1024 MB; more
passes would make a login slow, less memory would make guessing on graphics cards cheap.
"""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from identity.errors import WeakPasswordError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH = 12
MAX_LENGTH = 128
MEMORY_KIB = 47_104
PASSES = 1
LANES = 1

NO_PASSWORD = "$argon2id$v=19$m=47104,t=1,p=1$duDjqDrX87XxIj8RxWVFXg$bkDLwgtNIqft6C61kDDHXB92U8o395Oq9fwU1XUdLtg"  # noqa: S105 (the point is that it fits nothing)
"""Nobody's hash: checking a password against it fails after the same work as against a real one."""


def check_policy(password: str, username: str) -> None:
    """Length is what makes a password strong (NIST SP 800-63B); classes of characters are not asked for."""
    if len(password) < MIN_LENGTH:
        msg = f"a password has at least {MIN_LENGTH} characters"
        raise WeakPasswordError(msg)
    if len(password) > MAX_LENGTH:
        msg = f"a password has at most {MAX_LENGTH} characters"
        raise WeakPasswordError(msg)
    if password.strip().casefold() == username.casefold():
        msg = "a password differs from the user name"
        raise WeakPasswordError(msg)


def hash_password(password: str) -> str:
    return _hasher().hash(_canonical(password))


def is_password(password: str, stored_hash: str | None) -> bool:
    """Whether the password is the one of a hash; None, for no such user, costs the same and is never right."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        fits = _hasher().verify(stored_hash or NO_PASSWORD, _canonical(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored_hash is not None


def is_outdated(stored_hash: str) -> bool:
    """Whether a hash was made with other parameters than the present ones."""
    return _hasher().check_needs_rehash(stored_hash)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def _canonical(password: str) -> str:
    """The same text however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)
