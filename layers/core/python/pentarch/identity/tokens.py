"""Access tokens: JWTs signed with ES256, verified with public keys that every function may read.

Only the identity functions can read the private key (Secrets Manager). Each token names its key (`kid`), and the set
of public keys holds the next, the current and the former ones, so a rotation logs nobody out.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pentarch.identity.errors import AuthenticationError
from pentarch.identity.model import Kind
from pentarch.platform.ids import uuid7

ALGORITHM = "ES256"
ISSUER = "pentarch"
CLOCK_SKEW = timedelta(seconds=30)


class Claims(NamedTuple):
    tenant: str
    kind: Kind
    name: str
    session: str | None = None
    scopes: tuple[str, ...] = ()


def sign(claims: Claims, *, key_id: str, private_pem: str, at: datetime, lifetime: timedelta) -> str:
    import jwt

    payload: dict[str, Any] = {
        "iss": ISSUER,
        "sub": f"{claims.kind}:{claims.name}",
        "tid": claims.tenant,
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
        "jti": uuid7(),
    }
    if claims.session is not None:
        payload["sid"] = claims.session
    if claims.scopes:
        payload["scope"] = " ".join(claims.scopes)
    return jwt.encode(payload, private_pem, ALGORITHM, headers={"kid": key_id, "typ": "at+jwt"})


def unverified(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims as they are written: good for choosing a key, and for nothing else."""
    import jwt

    try:
        return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise AuthenticationError from error


def verify(token: str, public_keys: Mapping[str, str], *, at: datetime) -> Claims:
    """The claims of a token of ours; `public_keys` are PEM texts by key id."""
    import jwt

    header, _ = unverified(token)
    key = public_keys.get(str(header.get("kid")))
    if key is None:
        raise AuthenticationError
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "tid"], "verify_exp": False, "verify_iat": False},
        )
        kind, _, name = claims["sub"].partition(":")
        expired = at - CLOCK_SKEW >= datetime.fromtimestamp(int(claims["exp"]), at.tzinfo)
        found = Claims(
            str(claims["tid"]), Kind(kind), name, claims.get("sid"), tuple(str(claims.get("scope", "")).split())
        )
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise AuthenticationError from error
    if expired:
        raise AuthenticationError
    return found
