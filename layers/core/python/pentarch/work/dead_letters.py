"""Why messages about jobs were given up: noted by the worker that gave up, shown beside the dead-letter queue."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.update import Action

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import PentarchError
from pentarch.platform.observability import logger
from pentarch.platform.tables import Transaction, batch_get
from pentarch.work.table import DeadLetterItem, dead_letter_key

if TYPE_CHECKING:
    from pentarch.work.messages import Run

KEPT_FOR = timedelta(days=15)
"""A day longer than the dead-letter queues keep the messages."""


class _ToldError(Exception):
    """The event of this message's way back is in the log."""


def note(run: "Run", error: Exception) -> None:
    """Keep why the last try failed. No words of an input: an error of the program is told by its name alone."""
    tenant = run.body.get("tenant")
    if not isinstance(tenant, str):
        return
    name = type(error).__name__
    reason = f"{name}: {error.message}" if isinstance(error, PentarchError) else name
    at = clock.now()
    item = DeadLetterItem(tenant, dead_letter_key(run.message_id))
    ttl = int((at + KEPT_FOR).timestamp())
    actions: list[Action] = [
        DeadLetterItem.reason.set(reason),
        DeadLetterItem.at.set(epoch_ms(at)),
        DeadLetterItem.ttl.set(ttl),
    ]
    try:
        item.update(actions=actions)
    except (BotoCoreError, ClientError, PynamoDBException):
        logger().warning("why the message was given up is in the log alone", message_id=run.message_id)


def reasons(tenant: str, message_ids: list[str]) -> dict[str, str]:
    """By message, as far as they are known: a worker that was killed left none."""
    keys = list(dict.fromkeys(message_ids))
    found = batch_get([(DeadLetterItem, tenant, dead_letter_key(one)) for one in keys]) if keys else []
    return {one: item.reason for one, item in zip(keys, found, strict=True) if item is not None and item.reason}


def tell_once(tenant: str, message_id: str, event: Event, at: datetime) -> None:
    """Record that a message goes back, however often it is tried."""
    transaction = Transaction()
    transaction.update(
        DeadLetterItem(tenant, dead_letter_key(message_id)),
        [DeadLetterItem.redriven_at.set(epoch_ms(at)), DeadLetterItem.ttl.set(int((at + KEPT_FOR).timestamp()))],
        condition=DeadLetterItem.redriven_at.does_not_exist(),
        otherwise=_ToldError(),
    )
    events.record(transaction, event)
    try:
        transaction.commit()
    except _ToldError:
        return
