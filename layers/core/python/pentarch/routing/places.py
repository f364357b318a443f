"""Where a service is: inside or outside, and whether the way there is encrypted. Judged by its address alone."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from .model import Candidate

PATHS = {
    "chat_completion": "/chat/completions",
    "llm.chat": "/chat/completions",
    "completion": "/completions",
    "llm.completion": "/completions",
    "text_completion": "/completions",
    "embedding": "/embeddings",
    "embeddings": "/embeddings",
    "llm.embeddings": "/embeddings",
}
"""Where a service answers a capability, below its `/v1`, as OpenAI's API has it; any other is asked at its base_url."""
OPENAI = "openai"
"""The protocol that the gateway speaks with services that a tenant registered."""
REFERENCE = "ref:"
_ENCRYPTED_SCHEMES = frozenset({"https", "wss", "grpcs"})
_IN_PROCESS = "internal"
"""The scheme of what runs inside Pentarch itself: there is no way on which anybody could listen."""
_REMEMBERED = 16_384
"""More than the candidates of one decision, or none of them would be found again."""
_INSIDE_SUFFIXES = (".internal", ".local", ".localhost", ".test")


def asked_at(candidate: Candidate, capability: str) -> str:
    """The address to send a request to. A model that the operator configured is asked through the gateway."""
    address, path = candidate["base_url"], PATHS.get(capability)
    if path is None or urlsplit(address).scheme == _IN_PROCESS or candidate.get("vouched", False):
        return address
    return versioned(address) + path


def versioned(base_url: str) -> str:
    """The beginning of OpenAI's paths, whether or not a base_url ends with their `/v1`."""
    address = base_url.rstrip("/")
    return address if address.endswith("/v1") else f"{address}/v1"


def reference(candidate: Candidate) -> dict[str, str]:
    """The headers of a request to it: the credential's name stands where the gateway puts its value."""
    name = candidate.get("credential_ref")
    return {} if name is None else {"Authorization": f"{REFERENCE}{name}"}


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
