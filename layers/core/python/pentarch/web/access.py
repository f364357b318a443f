"""What a route says of who may call it. A route that says nothing cannot be made: forgetting fails closed."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from pentarch.limits.model import Bucket

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
_ATTRIBUTE = "__pentarch_access__"

SELF = "self"
"""In place of a scope: every caller is let in, and the service looks at whose thing it is."""


class Access(NamedTuple):
    """`scope` None: public, no credential is read. `spends`: the tenant's budget is checked first."""

    scope: str | None
    bucket: Bucket | None = None
    spends: bool = False
    idempotent: bool = False
    """Whether an `Idempotency-Key` is honoured: on every POST that makes something."""
    confidential: bool = False
    """Whether the answer shows a secret: what is kept of it for replays is then encrypted under the client's key."""


def access(
    scope: str,
    *,
    bucket: Bucket | None = None,
    spends: bool = False,
    idempotent: bool = False,
    confidential: bool = False,
) -> Callable[[Endpoint], Endpoint]:
    """Let callers with a scope in; written under the route's own decorator."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _ATTRIBUTE, Access(scope, bucket, spends, idempotent, confidential))
        return endpoint

    return mark


def public(endpoint: Endpoint) -> Endpoint:
    """Let everybody in, without a credential and without a count."""
    setattr(endpoint, _ATTRIBUTE, Access(None))
    return endpoint


def access_of(endpoint: Callable[..., object]) -> Access:
    found = getattr(endpoint, _ATTRIBUTE, None)
    if not isinstance(found, Access):
        name = getattr(endpoint, "__qualname__", repr(endpoint))
        msg = f"{name} says neither @access(...) nor @public"
        raise TypeError(msg)
    return found
