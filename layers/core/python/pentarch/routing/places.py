"""Where a service is: inside or outside, and whether the way there is encrypted. Judged by its address alone."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

_ENCRYPTED_SCHEMES = frozenset({"https", "wss", "grpcs"})
_IN_PROCESS = "internal"
"""The scheme of what runs inside Pentarch itself: there is no way on which anybody could listen."""
_REMEMBERED = 16_384
"""More than the candidates of one decision, or none of them would be found again."""
_INSIDE_SUFFIXES = (".internal", ".local", ".localhost", ".test")


@lru_cache(maxsize=_REMEMBERED)
def is_encrypted(base_url: str) -> bool:
    return urlsplit(base_url).scheme in _ENCRYPTED_SCHEMES | {_IN_PROCESS}


@lru_cache(maxsize=_REMEMBERED)
def is_internal(base_url: str) -> bool:
    """Whether an address lies in the process, on the machine or in a private network. Other names are outside."""
    parts = urlsplit(base_url)
    if parts.scheme == _IN_PROCESS:
        return True
    host = (parts.hostname or "").lower().rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(_INSIDE_SUFFIXES)
    return address.is_private or address.is_loopback
