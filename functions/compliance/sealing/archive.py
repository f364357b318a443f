"""The bucket with Object Lock: each batch as one document, written once, that nobody can change before its time."""

import os
from collections.abc import Callable, Sequence

from botocore.exceptions import ClientError

from compliance.sealing import signing, store
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform import clients
from pentarch.platform.observability import logger
from pentarch.platform.passing import is_passing
from pentarch.sealing.leaves import leaf_of
from pentarch.sealing.trail import Batch, archived

_THERE_ALREADY = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_DIGITS = 12


def place(tenant: str, number: int) -> str:
    """The key of a batch's document."""
    return f"{tenant}/{number:0{_DIGITS}}.json"


def keep(batch: Batch, told: Sequence[Event | None]) -> bool:
    """Whether the batch is in the bucket now. If not, it stays pending, and the sweep writes it: sealing goes on."""
    try:
        _write(batch, told)
    except Exception as error:
        if not is_passing(error):
            raise
        logger().exception("a sealed batch could not be archived yet", batch=batch.head.batch)
        return False
    return True


def keep_pending(tenant: str, has_time: Callable[[], bool]) -> int:
    """Write what is pending, as far as there is time; how many batches that was."""
    kept = 0
    while has_time() and (numbers := store.pending(tenant)):
        for number in numbers:
            batch = store.batch(tenant, number)
            if batch is None:
                msg = f"batch {number} is pending, and is not there"
                raise LookupError(msg)
            _write(batch, events.get_many(tenant, [event_id for event_id, _ in batch.leaves]))
            kept += 1
    return kept


def _write(batch: Batch, told: Sequence[Event | None]) -> None:
    """Written by condition, so the first document stays what it was, and a repetition changes nothing."""
    head = batch.head
    own = signing.public_key()
    pem = own.pem if head.key_id == own.id else store.keys()[head.key_id]
    shown = [_as_sealed(event, leaf) for event, (_, leaf) in zip(told, batch.leaves, strict=True)]
    body = archived(batch, shown, {head.key_id: pem})
    try:
        clients.s3().put_object(
            Bucket=os.environ["SEALS_BUCKET"],
            Key=place(head.tenant, head.batch),
            Body=body.encode(),
            ContentType="application/json",
            IfNoneMatch="*",
        )
    except ClientError as error:
        if error.response["Error"].get("Code") not in _THERE_ALREADY:
            raise
    store.forget_pending(head.tenant, head.batch)


def _as_sealed(event: Event | None, leaf: str) -> dict[str, object] | None:
    """The event, unless it was changed or lost after it was sealed: what is archived must be what was sealed."""
    told = None if event is None else event.as_json()
    if told is None or leaf_of(told).hex() != leaf:
        logger().error("an event is not what was sealed", event_id=event.id if event else None)
        return None
    return told
