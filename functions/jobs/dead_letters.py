"""Messages that were given up: a tenant's own are seen where they lie, and sent back to the queue that they came from.

The dead-letter queue keeps them, so that nothing is lost and the alarm on it stays true. SQS cannot be asked for a
tenant's messages: all are looked at, up to a bound, and hidden from others for that moment.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.services import QUEUES
from pentarch.events.actor import Actor
from pentarch.identity.model import Caller
from pentarch.platform import clients
from pentarch.platform.clock import from_epoch_ms
from pentarch.work import dead_letters, facts, jobs

MAX_LOOKED_AT = 1_000
"""In a request: some 5 s."""
WAIT_S = 1
"""Long enough that SQS asks all of its servers before it says that there is nothing more."""
_HIDDEN_S = 30
_BATCH = 10


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: str
    queue: str
    """That it came from."""
    body: Mapping[str, Any]
    sent_at: datetime
    receives: int
    receipt: str

    @property
    def tenant(self) -> object:
        return self.body.get("tenant")


@dataclass(frozen=True, slots=True)
class Redriven:
    ids: tuple[str, ...]
    not_found: tuple[str, ...]
    is_whole: bool
    """Whether all messages were looked at."""


def found(tenant: str) -> tuple[list[tuple[DeadLetter, str | None]], bool]:
    """A tenant's messages with why they were given up, the oldest first; and whether all were looked at."""
    looked_at, is_whole = _look()
    mine = sorted((one for one in looked_at if one.tenant == tenant), key=lambda one: (one.sent_at, one.id))
    _give_back(looked_at)
    why = dead_letters.reasons(tenant, [one.id for one in mine][:100])
    return [(one, why.get(one.id)) for one in mine], is_whole


def redrive(caller: Caller, wanted: frozenset[str] | None, correlation_id: str, at: datetime) -> Redriven:
    """Send messages of the caller's tenant back: those wanted, or all. One that is gone has been sent back before.

    Sent first and taken out then: after a crash in between it comes twice, which every worker stands.
    """
    looked_at, is_whole = _look()
    chosen = [one for one in looked_at if one.tenant == caller.tenant and (wanted is None or one.id in wanted)]
    _give_back([one for one in looked_at if one not in chosen])
    actor = Actor(caller.tenant, caller.subject, correlation_id)
    for one in chosen:
        resource = str(one.body.get("job_id") or one.body.get("recurrence_id") or one.id)
        told = facts.redriven(actor, resource, at, message_id=one.id, queue=one.queue)
        dead_letters.tell_once(caller.tenant, one.id, told, at)
        body = json.dumps(one.body, separators=(",", ":"), sort_keys=True)
        home = f"{_place().rpartition('/')[0]}/{one.queue}"
        clients.sqs().send_message(QueueUrl=home, MessageBody=body, MessageGroupId=caller.tenant)
        clients.sqs().delete_message(QueueUrl=_place(), ReceiptHandle=one.receipt)
    ids = tuple(one.id for one in chosen)
    return Redriven(ids, tuple(sorted((wanted or frozenset()) - {*ids})), is_whole)


def _look() -> tuple[list[DeadLetter], bool]:
    looked_at = list(_received())
    return looked_at, len(looked_at) < MAX_LOOKED_AT


def _received() -> Iterator[DeadLetter]:
    seen: set[str] = set()
    while len(seen) < MAX_LOOKED_AT:
        answer = clients.sqs().receive_message(
            QueueUrl=_place(),
            MaxNumberOfMessages=_BATCH,
            VisibilityTimeout=_HIDDEN_S,
            WaitTimeSeconds=WAIT_S,
            AttributeNames=["All"],
        )
        new = [one for one in answer.get("Messages", []) if one["MessageId"] not in seen]
        if not new:
            return
        for one in new:
            seen.add(one["MessageId"])
            attributes: Mapping[Any, str] = one.get("Attributes", {})
            body = _read(one["Body"])
            yield DeadLetter(
                id=one["MessageId"],
                queue=attributes.get("DeadLetterQueueSourceArn", "").rpartition(":")[2] or _home(body),
                body=body,
                sent_at=from_epoch_ms(int(attributes["SentTimestamp"])),
                receives=int(attributes["ApproximateReceiveCount"]),
                receipt=one["ReceiptHandle"],
            )


def _home(body: Mapping[str, Any]) -> str:
    """The queue that such a message belongs to, for one that was put here by hand."""
    variable = "JOBS_QUEUE_URL"
    if "shard" in body:
        job = jobs.get(str(body.get("tenant")), str(body.get("job_id")))
        variable = QUEUES.get(job.service, variable) if job else variable
    return os.environ[variable].rpartition("/")[2]


def _give_back(some: list[DeadLetter]) -> None:
    """Let others see them again at once; what cannot be given back comes back by itself."""
    for start in range(0, len(some), _BATCH):
        entries: Any = [
            {"Id": str(number), "ReceiptHandle": one.receipt, "VisibilityTimeout": 0}
            for number, one in enumerate(some[start : start + _BATCH])
        ]
        clients.sqs().change_message_visibility_batch(QueueUrl=_place(), Entries=entries)


def _place() -> str:
    return os.environ["JOBS_DEAD_LETTER_QUEUE_URL"]


def _read(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
