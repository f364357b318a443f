"""Gives access tokens a new signing key, in an order that logs nobody out wherever it is stopped.

1. What is published is settled: the key that signs is there, others retire. 2. The new public key is published, so
every function can verify with it. 3. The secret says that the new private key signs. 4. What is published is settled
again. A run that ends after 2 leaves a public key that nobody uses, one that ends after 3 leaves a former key without
its date; the next run's first step settles both. Of two runs at once the last to write the secret gives the key, and
the other's key retires unused.
"""

import os
from datetime import datetime
from typing import Any

from identity import keyset, published
from identity.facts import SYSTEM, did
from identity.keyset import Published, SigningKey
from identity.settings import Settings
from identity.signing import Keyset, read_keyset
from pentarch.events.actor import Actor
from pentarch.events.model import Event
from pentarch.platform import clients, clock

ROTATION = Actor(SYSTEM, "system:rotation")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Run by the schedule; `{"force": true}` rotates a young key too.

    After a leak, `{"compromised": true}` also drops the former keys at once, which ends every token that they signed;
    users stay logged in by their refresh tokens.
    """
    settings = Settings.read(os.environ)
    compromised = bool(event.get("compromised"))
    forced = compromised or bool(event.get("force"))
    return rotate(settings.signing_keys_secret, clock.now(), force=forced, compromised=compromised)


def rotate(secret: str, at: datetime, *, force: bool = False, compromised: bool = False) -> dict[str, Any]:
    """Rotate if it is time, and in any case put in order what an earlier run may have left."""
    present = read_keyset(secret)
    _settle(present, at)
    if not force and not keyset.is_due(present.current_since, at):
        return {"current": present.current, "rotated": False}
    new = keyset.new_key(at)
    _publish(new, at)
    if read_keyset(secret).current == present.current:
        _let_sign(new, secret)
    current = read_keyset(secret)
    _settle(current, at, keep_former=not compromised)
    return {"current": current.current, "rotated": current.current == new.id}


def _publish(new: SigningKey, at: datetime) -> None:
    def tell(_: Published, __: Published) -> Event:
        return did(ROTATION, "signing_key.published", f"signing_key:{new.id}", at)

    published.change(lambda before: before.with_key(new.id, new.public_pem), tell)


def _let_sign(new: SigningKey, secret: str) -> None:
    """The former private key is not kept: a key that signs no more need not exist."""
    text = str(Keyset(new.id, {new.id: {"pem": new.private_pem, "created_at": clock.iso(new.created_at)}}))
    # The key's id as the version's makes the SDK's own retries write one version.
    clients.secretsmanager().put_secret_value(SecretId=secret, SecretString=text, ClientRequestToken=new.id)


def _settle(present: Keyset, at: datetime, *, keep_former: bool = True) -> None:
    if present.current is None or present.current_pem is None:
        return
    current, public_pem = present.current, keyset.public_half(present.current_pem)

    def tell(before: Published, after: Published) -> Event:
        dropped = sorted(set(before.keys) - set(after.keys))
        retiring = sorted(after.retire_at)
        return did(ROTATION, "signing_keys.settled", f"signing_key:{current}", at, retiring=retiring, dropped=dropped)

    def rule(before: Published) -> Published:
        return before.settled(current, public_pem, at) if keep_former else before.only(current, public_pem)

    published.change(rule, tell)
