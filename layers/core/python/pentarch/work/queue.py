"""Sending messages: every queue is a standard one, and a tenant's messages are one of its groups (SQS fair queues).

A tenant with many waiting messages then delays its own, not the others'. The order is nobody's to rely on.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pentarch.platform import clients
from pentarch.platform.errors import UnavailableError
from pentarch.work.model import Priority

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_SUFFIX = "_QUEUE_URL"
_BATCH = 10
"""What SQS takes in one call."""


def at_priority(variable: str, priority: Priority) -> str:
    """The variable of a service's queue for a priority: that of its normal one, where it has no other."""
    other = f"{variable.removesuffix(_SUFFIX)}_{priority.upper()}{_SUFFIX}"
    return other if other in os.environ else variable


def send(variable: str, body: Mapping[str, Any], *, tenant: str, delay_s: int = 0) -> None:
    """Send one message to the queue whose address the environment holds in `variable`."""
    send_all(variable, [body], tenant=tenant, delay_s=delay_s)


def send_all(variable: str, bodies: Sequence[Mapping[str, Any]], *, tenant: str, delay_s: int = 0) -> None:
    address = os.environ[variable]
    for start in range(0, len(bodies), _BATCH):
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": json.dumps(body, separators=(",", ":"), sort_keys=True),
                "MessageGroupId": tenant,
                "DelaySeconds": delay_s,
            }
            for number, body in enumerate(bodies[start : start + _BATCH])
        ]
        answer = clients.sqs().send_message_batch(QueueUrl=address, Entries=entries)
        if answer.get("Failed"):
            msg = "the queue did not take every message"
            raise UnavailableError(msg)
