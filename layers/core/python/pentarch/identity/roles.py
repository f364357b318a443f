"""Roles and the scopes that they stand for.

A scope is `group:act`; the acts are `read`, `write`, `invoke` (calls that cost money) and `admin`. A granted scope may
hold `*` on either side. A credential may narrow its roles by scopes of its own, and never widen them.
"""

from collections.abc import Iterable, Mapping

ADMIN = "admin"

ROLES: Mapping[str, tuple[str, ...]] = {
    ADMIN: ("*:*",),
    "operator": ("*:read", "*:write", "*:invoke"),
    "developer": (
        "*:read",
        "*:invoke",
        "agents:write",
        "approvals:write",
        "configurations:write",
        "jobs:write",
        "models:write",
        "registry:write",
        "sessions:write",
        "skills:write",
        "specialists:write",
        "tools:write",
        "webhooks:write",
        "workflows:write",
        "workspace:write",
    ),
    "auditor": ("*:read", "compliance:write"),
    "viewer": ("*:read",),
}


def covers(granted: str, scope: str) -> bool:
    """Whether one granted scope includes another."""
    group, _, act = granted.partition(":")
    wanted_group, _, wanted_act = scope.partition(":")
    return group in ("*", wanted_group) and act in ("*", wanted_act)


def permits(roles: Iterable[str], narrowed_to: tuple[str, ...], scope: str) -> bool:
    """Whether roles, narrowed by a credential's own scopes, include a scope. Unknown roles include nothing."""
    by_role = any(covers(granted, scope) for role in roles for granted in ROLES.get(role, ()))
    return by_role and (not narrowed_to or any(covers(granted, scope) for granted in narrowed_to))
