"""Who may hand out what: rights as patterns, and the rule that nobody gives more than they have."""

import re
from collections.abc import Iterable
from itertools import product

from identity.errors import ExceedsGrantorError, OAuthError
from pentarch.identity.model import Caller, Principal
from pentarch.identity.roles import ROLES, permits

SCOPE_FORM = re.compile(r"(\*|[a-z][a-z_-]{0,39}):(\*|read|write|invoke|admin)")


def rights(roles: Iterable[str], scopes: tuple[str, ...]) -> frozenset[str]:
    """What a credential may do, as scope patterns: all that its roles and its own scopes have in common."""
    granted = [right for role in roles for right in ROLES.get(role, ())]
    if not scopes:
        return frozenset(granted)
    common = (_intersection(right, scope) for right, scope in product(granted, scopes))
    return frozenset(right for right in common if right is not None)


def check_grant(grantor: Caller, roles: tuple[str, ...], scopes: tuple[str, ...]) -> None:
    """Raise if a credential with these roles and scopes could do anything that its maker cannot."""
    for right in sorted(rights(roles, scopes)):
        if not permits(grantor.roles, grantor.scopes, right):
            raise ExceedsGrantorError(right)


def narrowed(client: Principal, requested: str) -> tuple[str, ...]:
    """The scopes of a token: those that the client asks for, or with Azure's `api://.../.default` all of its own."""
    wanted = tuple(dict.fromkeys(requested.split()))
    if not wanted or any(scope.endswith("/.default") for scope in wanted):
        return client.scopes
    for scope in wanted:
        if SCOPE_FORM.fullmatch(scope) is None or not permits(client.roles, client.scopes, scope):
            code = "invalid_scope"
            msg = "the client does not have every requested scope"
            raise OAuthError(code, msg)
    return wanted


def _intersection(one: str, other: str) -> str | None:
    parts = [_common(*pair) for pair in zip(one.split(":"), other.split(":"), strict=True)]
    return None if None in parts else ":".join(str(part) for part in parts)


def _common(one: str, other: str) -> str | None:
    if "*" in (one, other):
        return other if one == "*" else one
    return one if one == other else None
