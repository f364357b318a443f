"""What carries events and messages between the functions of the stack, here by hand and in one process.

    stack = Stack(monkeypatch, StoppedClock(monkeypatch))
    stack.reads_stream("fanout", fanout.stream.handler)
    stack.reads_queue("jobs", "JOBS_QUEUE_URL", jobs.worker.handler)
    ...                                   # call an API that writes an event
    stack.run()                           # until there is nothing left to deliver; waiting moves the clock

Queues are moto's, with the template's visibility time-outs and dead-letter queues, on the test's clock. Functions get
events as Lambda makes them. What a function does not finish is delivered again: after an exception, after
`kill(name, after=n)`, which ends the function (by a BaseException that nothing may catch) as soon as its nth call to
AWS from now has had its effect. `hurry` lets a function see that its time is nearly up.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.client
import moto.sqs.models
import pytest
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from pentarch.platform.ids import short_id
from support.stopped_clock import StoppedClock
from support.strict_dynamodb import use_strict_dynamodb
from support.template import resources

Handler = Callable[[dict[str, Any], Any], Any]
_ACCOUNT = "123456789012"
_REGION = "us-east-1"
_FUNCTION_MS = 300_000
_NEARLY_UP_MS = 1_000


class Killed(BaseException):
    """The process is gone. No `except Exception` sees it, so nothing is tidied up."""


@dataclass(slots=True)
class Context:
    """What Lambda tells a function about its invocation."""

    function_name: str
    looks: int | None = None
    """How often the function may look at the clock before its time is nearly up; None: as often as it likes."""
    aws_request_id: str = field(default_factory=lambda: short_id("invocation"))
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:test"

    def get_remaining_time_in_millis(self) -> int:
        if self.looks is None:
            return _FUNCTION_MS
        self.looks -= 1
        return _FUNCTION_MS if self.looks >= 0 else _NEARLY_UP_MS


def _die() -> None:
    raise Killed


@dataclass(slots=True)
class Kill:
    """A death to come, or what else happens then; `happened` once it has."""

    calls_left: int
    act: Callable[[], object] = _die
    happened: bool = False
    last_call: str = ""


@dataclass(slots=True)
class _Function:
    name: str
    handler: Handler
    queue: str | None
    batch: int
    kill: Kill | None = None
    looks: int | None = None
    invocations: int = 0


class Stack:
    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        self.clock = clock
        self._functions: dict[str, _Function] = {}
        self._running: _Function | None = None
        self._read = 0
        patch.setattr(moto.sqs.models, "unix_time", lambda *_: clock.at.timestamp())
        patch.setattr(moto.sqs.models, "unix_time_millis", lambda: clock.at.timestamp() * 1000)
        use_strict_dynamodb(patch)
        self._watch_calls(patch)
        self._sqs = boto3.client("sqs")
        self._configure_queues()
        self._stream = self._open_stream(os.environ["EVENTS_TABLE"])

    def reads_queue(self, name: str, variable: str, handler: Handler, *, batch: int = 10) -> None:
        self._functions[name] = _Function(name, handler, os.environ[variable], batch)

    def reads_stream(self, name: str, handler: Handler, *, batch: int = 100) -> None:
        self._functions[name] = _Function(name, handler, None, batch)

    def kill(self, name: str, *, after: int) -> Kill:
        death = Kill(after)
        self._functions[name].kill = death
        return death

    def interrupt(self, name: str, act: Callable[[], object], *, after: int) -> Kill:
        """Let others act while a function is at work, behind one of its calls to AWS."""

        def meanwhile() -> None:
            with self.elsewhere():
                act()

        interruption = Kill(after, meanwhile)
        self._functions[name].kill = interruption
        return interruption

    @contextmanager
    def dying(self, *, after: int) -> Iterator[Kill]:
        """What is done inside ends after so many calls to AWS: for a request, which nobody delivers again."""
        death = Kill(after)
        self._running = _Function("request", _unused, None, 0, kill=death)
        try:
            yield death
        except Killed:
            return
        finally:
            self._running = None

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """What is done inside is done by another function, which the deaths to come do not concern."""
        running, self._running = self._running, None
        try:
            yield
        finally:
            self._running = running

    def hurry(self, name: str, *, looks: int | None) -> None:
        """From now on each invocation sees that its time is nearly up when it looks once more than so often."""
        self._functions[name].looks = looks

    def replay_stream(self) -> None:
        """Let everything that the stream ever delivered come again."""
        self._read = 0

    def invocations(self, name: str) -> int:
        return self._functions[name].invocations

    def run(self, *, deliveries: int = 2_000) -> None:
        """Deliver everything, and wait for what is hidden, until all is quiet."""
        for _ in range(deliveries):
            if not self.step():
                wait = self._seconds_to_wait()
                if wait is None:
                    return
                self.clock.advance(seconds=wait)
        msg = "the functions keep each other busy for ever"
        raise AssertionError(msg)

    def step(self) -> bool:
        """Deliver one batch, of the stream first; whether there was one."""
        return any(self.deliver(name) for name in self._functions)

    def deliver(self, name: str) -> bool:
        function = self._functions[name]
        return self._deliver_stream(function) if function.queue is None else self._deliver_messages(function)

    def messages(self, variable: str) -> list[str]:
        """The bodies of what waits in a queue, seen or not."""
        return [message.body for message in self._queue(os.environ[variable])._messages]

    def send(self, variable: str, body: str) -> None:
        self._sqs.send_message(QueueUrl=os.environ[variable], MessageBody=body)

    def _deliver_stream(self, function: _Function) -> bool:
        start = self._stream.starting_sequence_number + self._read
        records = json.loads(json.dumps(self._stream.get(start, function.batch), default=str))
        if not records:
            return False
        if self._invoke(function, {"Records": records}) is not None:
            self._read += len(records)
        return True

    def _deliver_messages(self, function: _Function) -> bool:
        received = self._sqs.receive_message(
            QueueUrl=function.queue or "",
            MaxNumberOfMessages=function.batch,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not received:
            return False
        answer = self._invoke(function, {"Records": [_record(message, function.queue or "") for message in received]})
        if answer is not None:
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
            for message in received:
                if message["MessageId"] not in failed:
                    self._sqs.delete_message(QueueUrl=function.queue or "", ReceiptHandle=message["ReceiptHandle"])
        return True

    def _invoke(self, function: _Function, event: dict[str, Any]) -> Mapping[str, Any] | None:
        """The function's answer; None when it ended without one."""
        function.invocations += 1
        self._running = function
        try:
            answer: Mapping[str, Any] = function.handler(event, Context(function.name, function.looks))
        except (Killed, SystemExit, Exception):  # noqa: BLE001 (whatever it is, Lambda delivers again)
            return None
        finally:
            self._running = None
        return answer

    def _watch_calls(self, patch: pytest.MonkeyPatch) -> None:
        call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

        def watched(client: Any, operation: str, parameters: Any) -> Any:
            running = self._running
            death = running.kill if running else None
            if death is not None and death.happened:
                death = None
            try:
                return call(client, operation, parameters)
            finally:
                if death is not None:
                    death.calls_left -= 1
                    if death.calls_left == 0:
                        death.happened, death.last_call = True, operation
                        death.act()

        patch.setattr(botocore.client.BaseClient, "_make_api_call", watched)

    def _configure_queues(self) -> None:
        """The template's visibility time-outs and dead-letter queues, which moto's queues are made without."""
        for logical_id, resource in resources("AWS::SQS::Queue").items():
            properties = resource["Properties"]
            queue = self._backend.queues[logical_id]
            if "VisibilityTimeout" in properties:
                queue.visibility_timeout = properties["VisibilityTimeout"]
            if "RedrivePolicy" in properties:
                dead_letters = properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
                queue.redrive_policy = {"maxReceiveCount": properties["RedrivePolicy"]["maxReceiveCount"]}
                queue.dead_letter_queue = self._backend.queues[dead_letters]

    @property
    def _backend(self) -> Any:
        return sqs_backends[_ACCOUNT][_REGION]

    def _queue(self, address: str) -> Any:
        return self._backend.queues[address.rpartition("/")[2]]

    def _seconds_to_wait(self) -> float | None:
        """Until the first hidden or delayed message can be received; None when there is none."""
        now = self.clock.at.timestamp() * 1000
        due = [
            max(message.visible_at, message.delayed_until)
            for function in self._functions.values()
            if function.queue is not None
            for message in self._queue(function.queue)._messages
        ]
        return max(0.001, (min(due) - now) / 1000 + 0.001) if due else None

    def _open_stream(self, table: str) -> Any:
        """The table's stream, past the API, which takes moto longer than everything else together."""
        boto3.client("dynamodb").update_table(
            TableName=table, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        )
        return dynamodb_backends[_ACCOUNT][_REGION].get_table(table).stream_shard


def _unused(event: dict[str, Any], context: Any) -> None:
    raise NotImplementedError


def _record(message: Any, address: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:{address.rpartition('/')[2]}",
        "awsRegion": _REGION,
    }
