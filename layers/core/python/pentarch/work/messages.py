"""Taking messages: the Lambda handler around a worker, where one failure is one message's and not the batch's."""

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import BotoCoreError, ClientError

from pentarch.platform import clients, clock
from pentarch.platform.observability import logger
from pentarch.work.errors import LeaseLostError

MAX_RECEIVES = 6
"""The queues' `maxReceiveCount`: after so many a message goes to the dead-letter queue."""
_FIRST_BACKOFF_S = 10
_BACKOFF_FACTOR = 3
_MAX_BACKOFF_S = 900
_GRACE = timedelta(seconds=5)
"""Between the moment when Lambda ends a run and the end of the leases that it holds."""


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation's message: what it says, and how long there is to work on it."""

    body: Mapping[str, Any]
    id: str
    """Nobody else's: the invocation's id and the message's."""
    receives: int
    """How often the message was received, this time included."""
    remaining_s: Callable[[], float]
    message_id: str = ""
    """The same however often the message is received; so is the time when it was sent."""
    sent_ms: int = 0

    @property
    def is_last(self) -> bool:
        return self.receives >= MAX_RECEIVES

    def lease_end(self) -> datetime:
        return clock.now() + timedelta(seconds=self.remaining_s()) + _GRACE


Handler = Callable[[dict[str, Any], Any], Any]


def consumer(
    variable: str,
    work: Callable[[Run], None],
    *,
    threads: int = 1,
    given_up: Callable[[Run, Exception], None] | None = None,
) -> Handler:
    """A handler for the queue whose address the environment holds in `variable`.

    `given_up` is told when the last try fails, before the message goes to the dead-letter queue.

    Whatever `work` raises leaves the message in the queue, hidden for a while that grows with every try. With more
    threads than one, a batch's messages are worked on side by side: for work that waits for others.
    """

    def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 (Lambda's context)
        if not event["Records"]:  # SQS sends none such: a roll-out asks whether a new version starts
            return {"batchItemFailures": []}

        def handle(record: SQSRecord) -> None:
            run = Run(
                json.loads(record.body),
                f"{context.aws_request_id}/{record.message_id}",
                int(record.attributes.approximate_receive_count),
                lambda: context.get_remaining_time_in_millis() / 1000,
                str(record.message_id),
                int(record.attributes.sent_timestamp),
            )
            try:
                work(run)
            except LeaseLostError:
                # Whoever took the shard over may be working on this very message: it is theirs to hide or delete.
                logger().warning("lost the lease", body=run.body)
                raise
            except Exception as error:
                logger().exception("message failed", body=run.body)
                if run.is_last and given_up is not None:
                    given_up(run, error)
                _hide(_address(variable, record.event_source_arn), record.receipt_handle, run.receives)
                raise

        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        if threads == 1:
            return process_partial_response(event, handle, processor, context)
        with ThreadPoolExecutor(threads) as pool:
            begun = {one["messageId"]: pool.submit(handle, SQSRecord(one)) for one in event["Records"]}

            def outcome(record: SQSRecord) -> None:
                begun[record.message_id].result()

            return process_partial_response(event, outcome, processor, context)

    return handler


def backoff_s(receives: int) -> int:
    return int(min(_MAX_BACKOFF_S, _FIRST_BACKOFF_S * _BACKOFF_FACTOR ** (receives - 1)))


def _address(variable: str, arn: str) -> str:
    """Of the queue that a message came from: a service's queues for other priorities lie beside its normal one."""
    prefix, _, name = os.environ[variable].rpartition("/")
    return f"{prefix}/{arn.rpartition(':')[2] or name}"


def _hide(address: str, receipt: str, receives: int) -> None:
    try:
        clients.sqs().change_message_visibility(
            QueueUrl=address,
            ReceiptHandle=receipt,
            VisibilityTimeout=backoff_s(receives),
        )
    except (BotoCoreError, ClientError):
        logger().warning("the message comes back by the queue's own time")
