"""Where the public keys lie: one item that every function reads, changed only from the revision that was read."""

from collections.abc import Callable

from identity.errors import ChangedMeanwhileError
from identity.keyset import Published, jwk
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.identity.store import PUBLIC_KEYS, IdentityItem
from pentarch.platform.clock import iso, parse_iso
from pentarch.platform.tables import Transaction, batch_get

_ATTEMPTS = 5


def read() -> Published:
    [item] = batch_get([(IdentityItem, *PUBLIC_KEYS)], consistent=True)
    if item is None:
        return Published()
    retire_at = {key_id: parse_iso(end) for key_id, end in (item.retire_at or {}).items()}
    return Published(item.public_keys or {}, retire_at, int(item.revision or 0))


def change(rule: Callable[[Published], Published], tell: Callable[[Published, Published], Event]) -> Published:
    """Apply a rule to what is published, with its event, again if others change it meanwhile; no change, no write."""
    for attempts_left in reversed(range(_ATTEMPTS)):
        before = read()
        after = rule(before)
        if after == before:
            break
        try:
            _write(after, tell(before, after))
        except ChangedMeanwhileError:
            if not attempts_left:
                raise
        else:
            break
    return after


def jwks() -> list[dict[str, str]]:
    return [jwk(key_id, pem) for key_id, pem in sorted(read().keys.items())]


def _write(published: Published, event: Event) -> None:
    item = IdentityItem(
        *PUBLIC_KEYS,
        public_keys=dict(published.keys),
        retire_at={key_id: iso(end) for key_id, end in published.retire_at.items()},
        revision=published.revision + 1,
    )
    known = IdentityItem.revision == published.revision
    unchanged = known if published.revision else IdentityItem.key.does_not_exist()
    transaction = Transaction()
    transaction.put(item, condition=unchanged, otherwise=ChangedMeanwhileError("the public keys were changed"))
    events.record(transaction, event)
    transaction.commit()
