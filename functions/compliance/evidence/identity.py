"""Evidence of who may call: principals, sessions, signing keys and trusted issuers; no secret, no hash, no name."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from compliance.evidence.context import Collector, Context
from compliance.evidence.naming import reference
from compliance.model import JsonObject
from pentarch.identity import store
from pentarch.identity.model import Kind, Principal, Session, Status
from pentarch.identity.store import PUBLIC_KEYS, TENANT_KEY, IdentityItem
from pentarch.platform.clock import from_epoch_ms, iso, parse_iso
from pentarch.platform.ids import uuid7_ms
from pentarch.platform.tables import batch_get

MAX_PRINCIPALS = 2_000
"""Of each kind. A part of them would not do: the one bad key may be in the rest."""
MAX_SESSIONS = 5_000
_SECONDS_PER_DAY = 86_400
_ARGON2 = re.compile(r"\$(argon2\w+)\$v=\d+\$m=(\d+),t=(\d+),p=(\d+)\$")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SESSION_PREFIX = "session#"

T = TypeVar("T")


class TooManyToReadError(Exception):
    """There are more than an assessment reads, and a part of them would prove nothing."""


def _principals(context: Context) -> Sequence[JsonObject]:
    return [describe(one, context) for one in principals(context)]


def principals(context: Context) -> tuple[Principal, ...]:
    """All keys, clients and users, whether they are still good or not."""

    def read() -> tuple[Principal, ...]:
        kinds = (Kind.KEY, Kind.CLIENT, Kind.USER)
        return tuple(one for kind in kinds for one in _all(store.principals(context.tenant, kind), MAX_PRINCIPALS))

    return context.once("principals", read)


def _all(found: Iterator[T], bound: int) -> list[T]:
    taken = list(islice(found, bound + 1))
    if len(taken) > bound:
        raise TooManyToReadError
    return taken


def describe(one: Principal, context: Context) -> JsonObject:
    return {
        "name": reference(one.tenant, one.subject),
        "kind": str(one.kind),
        "roles": list(one.roles),
        "scopes": list(one.scopes),
        "is_usable": one.is_usable(context.at),
        "created_at": iso(one.created_at),
        "age_days": _days(one.created_at, context.at),
        "secret_age_days": _days(one.rotated_at or one.created_at, context.at),
        "lifetime_days": None if one.expires_at is None else _days(one.created_at, one.expires_at),
        "secret": _kept_as(one.secret_hash),
        "has_generic_name": one.kind is Kind.USER and _is_generic(one.name),
    }


def _days(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds() / _SECONDS_PER_DAY, 2)


def _kept_as(secret_hash: str) -> JsonObject:
    """How a secret is kept: what the stored text says of itself, without any of the digest."""
    argon2 = _ARGON2.match(secret_hash)
    if argon2 is not None:
        memory, passes, lanes = map(int, argon2.groups()[1:])
        return {"algorithm": argon2[1], "memory_kib": memory, "passes": passes, "lanes": lanes}
    return {"algorithm": "sha256" if _SHA256.fullmatch(secret_hash) else "unknown"}


_GENERIC = re.compile(
    r"(admin|administrator|root|superuser|sysadmin|operator|support|helpdesk|service|shared|team|office|info|test"
    r"|tester|testuser|demo|guest|user|default|temp|training)[0-9._-]*"
)
"""Names of nobody in particular; digits at the end do not make them somebody's."""


def _is_generic(name: str) -> bool:
    return _GENERIC.fullmatch(name) is not None


def _sessions(context: Context) -> Sequence[JsonObject]:
    found = IdentityItem.query(context.tenant, IdentityItem.key.startswith(_SESSION_PREFIX))
    sessions = _all((store.to_session(item) for item in found), MAX_SESSIONS)
    users = {one.name: one for one in principals(context) if one.kind is Kind.USER}
    return [_session(one, users.get(one.username), context) for one in sessions if one.expires_at > context.at]


def _session(one: Session, user: Principal | None, context: Context) -> JsonObject:
    """`is_open` as the authenticator decides it: also by the version that ends all of a user's sessions at once."""
    is_current = user is not None and one.version == user.session_version
    return {
        "name": f"session:{one.id}",
        "is_open": one.status is Status.ACTIVE and (is_current or user is None),
        "days_left": _days(context.at, one.expires_at),
        "user": reference(one.tenant, one.subject),
        "user_is_usable": user is not None and user.is_usable(context.at),
        "secret": _kept_as(one.refresh_hash),
    }


def _signing_keys(context: Context) -> Sequence[JsonObject]:
    """The published keys. Their ids are UUIDs of version 7, which say when each was made."""
    [item] = batch_get([(IdentityItem, *PUBLIC_KEYS)], consistent=True)
    if item is None:
        return []
    retire_at = {key_id: parse_iso(end) for key_id, end in (item.retire_at or {}).items()}
    return [
        {
            "name": f"signing_key:{key_id}",
            "age_days": _days(from_epoch_ms(uuid7_ms(key_id)), context.at),
            "signs": key_id not in retire_at,
            "days_overdue": _days(retire_at[key_id], context.at) if key_id in retire_at else None,
        }
        for key_id in sorted(item.public_keys or {})
    ]


def _issuers(context: Context) -> Sequence[JsonObject]:
    """The external issuers whose tokens become callers of this tenant."""
    from pentarch.identity.federation import read_issuers

    return [
        {
            "name": one.issuer,
            "jwks_uri": one.jwks_uri,
            "has_audience": bool(one.audience),
            "default_role": one.default_role,
        }
        for one in read_issuers(os.environ["OIDC_ISSUERS"])
        if one.tenant == context.tenant
    ]


def _tenant(context: Context) -> Sequence[JsonObject]:
    [item] = batch_get([(IdentityItem, context.tenant, TENANT_KEY)])
    if item is None:
        return []
    found = store.to_tenant(item)
    return [
        {
            "name": f"tenant:{found.id}",
            "tier": str(found.tier),
            "requests_per_hour": found.requests_per_hour,
            "has_budget": found.monthly_budget_nano_usd is not None,
        }
    ]


COLLECTORS: Mapping[str, Collector] = {
    "principals": _principals,
    "sessions": _sessions,
    "signing_keys": _signing_keys,
    "token_issuers": _issuers,
    "tenant": _tenant,
}
