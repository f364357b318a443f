"""What administrators do with credentials: store, replace, list, remove. A value goes in and never comes out.

A value is written before the transaction that lets it count, and removed before the transaction that says so: whatever
dies in between, doing it again ends well.
"""

import hashlib
from datetime import datetime
from functools import partial

from botocore.exceptions import ClientError
from pynamodb.expressions.condition import Condition

from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import UnavailableError
from pentarch.platform.ids import uuid7
from pentarch.platform.tables import Transaction
from pentarch.services import credentials
from pentarch.services.credentials import Credential
from pentarch.services.table import CREDENTIAL, CredentialItem, credential_key
from registry import facts
from registry.errors import ChangedMeanwhileError, CredentialNotFoundError

_ATTEMPTS = 5
"""Of a change that others overtake."""
_FINGERPRINT_DIGITS = 12


class _MovedError(Exception):
    """The item is no longer as it was read."""


def put(actor: Actor, name: str, value: str, at: datetime) -> Credential:
    """Store a value, in place of a former one."""
    for _ in range(_ATTEMPTS):
        before = credentials.get(actor.tenant, name)
        revision = 1 if before is None else before.revision + 1
        version = _write(credentials.secret_name(actor.tenant, name), value, is_new=before is None)
        after = Credential(actor.tenant, name, fingerprint(value), version, revision, at, actor.subject)
        kind = facts.CREDENTIAL_STORED if before is None else facts.CREDENTIAL_REPLACED
        transaction = Transaction()
        transaction.put(_item(after), condition=_as_read(before), otherwise=_MovedError())
        events.record(transaction, facts.did(actor, kind, name, at, fingerprint=after.fingerprint, revision=revision))
        try:
            transaction.commit()
        except _MovedError:
            continue
        return after
    raise ChangedMeanwhileError


def remove(actor: Actor, name: str, at: datetime) -> None:
    """From then on services that refer to it are not chosen; a process that read the value forgets it in a minute."""
    for _ in range(_ATTEMPTS):
        before = credentials.get(actor.tenant, name)
        if before is None:
            raise CredentialNotFoundError(name)
        _delete(credentials.secret_name(actor.tenant, name))
        transaction = Transaction()
        transaction.delete(_item(before), condition=_as_read(before), otherwise=_MovedError())
        events.record(transaction, facts.did(actor, facts.CREDENTIAL_REMOVED, name, at, fingerprint=before.fingerprint))
        try:
            transaction.commit()
        except _MovedError:
            continue
        return
    raise ChangedMeanwhileError


def page(tenant: str, *, limit: int, cursor: str | None) -> tuple[list[Credential], str | None]:
    """By name; the cursor is the last name of the page before."""
    start = None if cursor is None else {"tenant": {"S": tenant}, "key": {"S": credential_key(cursor)}}
    rows = list(
        CredentialItem.query(
            tenant,
            CredentialItem.key.startswith(CREDENTIAL),
            consistent_read=True,
            limit=limit + 1,
            page_size=limit + 1,
            last_evaluated_key=start,
        )
    )
    shown = [credentials.to_credential(row) for row in rows[:limit]]
    return shown, shown[-1].name if len(rows) > limit else None


def fingerprint(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:_FINGERPRINT_DIGITS]


def _write(secret: str, value: str, *, is_new: bool) -> str:
    """The new version's id. A secret may be there without its item, and an item without its secret."""
    client = clients.secretsmanager()
    # The token makes a resend harmless when only the answer was lost.
    create = partial(client.create_secret, Name=secret, SecretString=value, ClientRequestToken=uuid7())
    change = partial(client.put_secret_value, SecretId=secret, SecretString=value, ClientRequestToken=uuid7())
    try:
        if is_new:
            try:
                return create()["VersionId"]
            except client.exceptions.ResourceExistsException:
                return change()["VersionId"]
        try:
            return change()["VersionId"]
        except client.exceptions.ResourceNotFoundException:
            return create()["VersionId"]
    except ClientError as error:
        raise _unavailable(error) from error


def _delete(secret: str) -> None:
    client = clients.secretsmanager()
    try:
        client.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    except client.exceptions.ResourceNotFoundException:
        return
    except ClientError as error:
        raise _unavailable(error) from error


def _unavailable(error: ClientError) -> UnavailableError:
    """Secrets Manager may need a moment, after a removal for one, before a name is free again."""
    reason = error.response.get("Error", {}).get("Code", "unknown")
    return UnavailableError(f"the credential cannot be kept at present ({reason}); try again", retry_after=5)


def _as_read(before: Credential | None) -> Condition:
    if before is None:
        return CredentialItem.key.does_not_exist()
    return CredentialItem.revision == before.revision


def _item(one: Credential) -> CredentialItem:
    return CredentialItem(
        one.tenant,
        credential_key(one.name),
        fingerprint=one.fingerprint,
        version=one.version,
        revision=one.revision,
        updated_at=epoch_ms(one.updated_at),
        updated_by=one.updated_by,
    )
