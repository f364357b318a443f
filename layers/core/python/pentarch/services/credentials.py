"""Credentials that a tenant's services ask for: what a reference names, and the value behind it.

The value is a secret of Secrets Manager under the tenant's prefix. That it is there, and which version of it counts, is
an item of the services table: a decision looks there and never asks Secrets Manager, and a value that was written
without its item (a process died between the two) does not count.
"""

import os
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from pentarch.platform import clients, clock
from pentarch.platform.clock import from_epoch_ms
from pentarch.platform.tables import batch_get
from pentarch.services.table import CredentialItem, credential_key

KEPT_FOR_S = 60
"""How long a process uses a value without looking again; one that is refused is looked up at once."""
_KEPT_AT_ONCE = 500
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9-]* +\S")


@dataclass(frozen=True, slots=True)
class Credential:
    """What may be told of a stored credential."""

    tenant: str
    name: str
    fingerprint: str
    """The beginning of a SHA-256: enough to see whether two places hold the same value."""
    version: str
    """Of the secret, as Secrets Manager names it."""
    revision: int
    updated_at: datetime
    updated_by: str


class CredentialUnreadableError(Exception):
    """Nothing is stored by the name, or it cannot be read now; tells nothing of the value."""


class _Kept(NamedTuple):
    read_at: float
    """Unix time: a monotonic clock may stand still while Lambda keeps the process frozen."""
    authorization: str


@dataclass(slots=True)
class _Values:
    kept: OrderedDict[tuple[str, str], _Kept] = field(default_factory=OrderedDict, repr=False)


class Reference(NamedTuple):
    """What stands in a decision's headers in place of a value."""

    tenant: str
    name: str

    def authorization(self, *, refused: str | None = None) -> str:
        """The value for an Authorization header, at most a minute old, and none that was `refused` without a new look.

        Raises CredentialUnreadableError.
        """
        values, now = _of_the_process().kept, clock.now().timestamp()
        known = values.get(self)
        if known is not None and known.authorization != refused and 0 <= now - known.read_at < KEPT_FOR_S:
            return known.authorization
        values.pop(self, None)
        values[self] = found = _Kept(now, header(_value(self)))
        while len(values) > _KEPT_AT_ONCE:
            values.popitem(last=False)
        return found.authorization


def header(value: str) -> str:
    """A value as the Authorization header has it: with the scheme that stands before it, else as a bearer token."""
    return value if _SCHEME.match(value) else f"Bearer {value}"


def secret_name(tenant: str, name: str) -> str:
    """Neither part holds a slash, so no tenant can name another's."""
    return f"{os.environ['CREDENTIALS_PREFIX']}/{tenant}/{name}"


def get(tenant: str, name: str) -> Credential | None:
    [item] = batch_get([(CredentialItem, tenant, credential_key(name))], consistent=True)
    return None if item is None else to_credential(item)


def to_credential(item: CredentialItem) -> Credential:
    return Credential(
        tenant=item.tenant,
        name=str(item.key).partition("#")[2],
        fingerprint=item.fingerprint,
        version=item.version,
        revision=int(item.revision),
        updated_at=from_epoch_ms(int(item.updated_at)),
        updated_by=item.updated_by,
    )


def forget() -> None:
    """Read again at the next use: for tests."""
    _of_the_process.cache_clear()


@cache
def _of_the_process() -> _Values:
    return _Values()


def _value(reference: Reference) -> str:
    try:
        stored = get(*reference)
        if stored is not None:
            answer = clients.secretsmanager().get_secret_value(
                SecretId=secret_name(*reference), VersionId=stored.version
            )
            return answer["SecretString"]
    except (BotoCoreError, ClientError, PynamoDBException) as error:
        msg = f"the credential cannot be read ({type(error).__name__})"
        raise CredentialUnreadableError(msg) from error
    msg = "no credential is stored by this name"
    raise CredentialUnreadableError(msg)
