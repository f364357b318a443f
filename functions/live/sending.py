"""Sending to connections: each is sent its messages in order, many connections at once."""

import os
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.exceptions import ConnectionError as NotReachedError

from pentarch.platform import clients
from pentarch.platform.jsons import encoded
from pentarch.platform.observability import logger

STAGE = "ws"
_ATTEMPTS = 4
_FIRST_PAUSE_S = 0.05
_THROTTLED = frozenset({"LimitExceededException", "ThrottlingException", "TooManyRequestsException"})
_GONE = "GoneException"
_SERVER_ERROR = 500

Message = Mapping[str, Any]


class End(StrEnum):
    """How sending to a connection ended."""

    DONE = "done"
    GONE = "gone"
    """There is no such connection: not any more, or not yet."""
    BUSY = "busy"
    """API Gateway took no more; what was not sent was certainly not sent."""
    UNCERTAIN = "uncertain"
    """The answer to a message was lost, so it may have arrived."""


@dataclass(frozen=True, slots=True)
class Outcome:
    sent: int
    """How many of the messages arrived, in their order."""
    end: End


def send_each(letters: Mapping[str, Sequence[Message]]) -> dict[str, Outcome]:
    """Send messages to connections by their ids; a connection's own stay in order."""
    if len(letters) <= 1:
        return {name: send(name, messages) for name, messages in letters.items()}
    with ThreadPoolExecutor(min(clients.SENDING_THREADS, len(letters))) as pool:
        outcomes = pool.map(send, letters.keys(), letters.values())
        return dict(zip(letters, outcomes, strict=True))


def send(connection_id: str, messages: Iterable[Message]) -> Outcome:
    sent = 0
    for message in messages:
        end = _post(connection_id, text(message).encode())
        if end is not End.DONE:
            return Outcome(sent, end)
        sent += 1
    return Outcome(sent, End.DONE)


def text(message: Message) -> str:
    return encoded(message).decode()


def close_each(connection_ids: Sequence[str]) -> None:
    if connection_ids:
        with ThreadPoolExecutor(min(clients.SENDING_THREADS, len(connection_ids))) as pool:
            list(pool.map(close, connection_ids))


def close(connection_id: str) -> None:
    """End a connection; one that cannot be reached, or is gone already, is left alone."""
    try:
        _client().delete_connection(ConnectionId=connection_id)
    except (BotoCoreError, ClientError) as error:
        logger().warning("a connection could not be closed", reason=type(error).__name__)


def _post(connection_id: str, data: bytes) -> End:
    for attempt in range(_ATTEMPTS):
        try:
            _client().post_to_connection(ConnectionId=connection_id, Data=data)
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code == _GONE:
                return End.GONE
            if code not in _THROTTLED:
                logger().warning("a message was not taken", code=code)
                refused = error.response["ResponseMetadata"]["HTTPStatusCode"] < _SERVER_ERROR
                return End.BUSY if refused else End.UNCERTAIN
        except NotReachedError:
            pass  # no connection to API Gateway: nothing was sent
        except BotoCoreError as error:
            logger().warning("a message may not have arrived", code=type(error).__name__)
            return End.UNCERTAIN
        else:
            return End.DONE
        _pause(attempt)
    return End.BUSY


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, _FIRST_PAUSE_S * 3**attempt))  # noqa: S311 (jitter is no secret)


def _client() -> Any:  # noqa: ANN401 (boto3 makes its classes at run time)
    return clients.websocket_connections(os.environ["LIVE_API_ID"], STAGE)
