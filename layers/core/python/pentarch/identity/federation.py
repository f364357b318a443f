"""Tokens of an external OpenID Connect issuer (Azure AD and others), verified with its published keys."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from pentarch.identity.errors import AuthenticationError
from pentarch.identity.model import Kind
from pentarch.platform.errors import UnavailableError

if TYPE_CHECKING:
    from jwt import PyJWKClient

_ALGORITHMS = ["RS256", "ES256", "PS256"]
_FETCH_TIMEOUT_S = 3
_KEYS_LIFETIME_S = 300


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer that a deployment trusts, and how its claims become a tenant and roles."""

    issuer: str
    audience: str
    jwks_uri: str
    tenant: str
    """The Pentarch tenant of all its tokens."""
    roles_claim: str = "roles"
    roles: Mapping[str, str] = field(default_factory=dict)
    """Pentarch's role by the issuer's role; others are ignored."""
    default_role: str | None = None

    def __hash__(self) -> int:
        return hash((self.issuer, self.jwks_uri))


@dataclass(frozen=True, slots=True)
class FederatedIdentity:
    tenant: str
    subject: str
    roles: tuple[str, ...]


def subject(issuer: Issuer, identity: FederatedIdentity) -> str:
    """What events call a federated caller: an issuer's subject may be an e-mail address, so it is written nowhere."""
    given = json.dumps([issuer.issuer, identity.subject])
    return f"{Kind.FEDERATED}:{hashlib.sha256(given.encode()).hexdigest()[:32]}"


def read_issuers(text: str) -> tuple[Issuer, ...]:
    """Issuers from the deployment's parameter: a JSON list of objects with `Issuer`'s fields."""
    return tuple(Issuer(**entry) for entry in json.loads(text or "[]"))


def verify(token: str, issuer: Issuer) -> FederatedIdentity:
    import jwt

    try:
        key = _keys_of(issuer.jwks_uri).get_signing_key_from_jwt(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=_ALGORITHMS,
            audience=issuer.audience,
            issuer=issuer.issuer,
            leeway=30,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.PyJWKClientConnectionError as error:
        msg = "the token's issuer does not publish its keys at the moment"
        raise UnavailableError(msg, retry_after=5) from error
    except ValueError as error:  # what the issuer publishes is no JSON
        msg = "the token's issuer publishes keys that cannot be read"
        raise UnavailableError(msg, retry_after=5) from error
    except jwt.PyJWTError as error:
        raise AuthenticationError from error
    given = claims.get(issuer.roles_claim)
    names = given.split() if isinstance(given, str) else given if isinstance(given, list) else []
    roles = [issuer.roles[name] for name in names if isinstance(name, str) and name in issuer.roles]
    if not roles and issuer.default_role:
        roles = [issuer.default_role]
    return FederatedIdentity(issuer.tenant, str(claims["sub"]), tuple(roles))


@cache
def _keys_of(jwks_uri: str) -> "PyJWKClient":
    import jwt

    return jwt.PyJWKClient(jwks_uri, cache_jwk_set=True, lifespan=_KEYS_LIFETIME_S, timeout=_FETCH_TIMEOUT_S)
