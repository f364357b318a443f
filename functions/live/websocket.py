"""Entry point of the WebSocket API: connections come, send messages, and end.

API Gateway knows a connection only after its $connect was answered, so nothing is sent from there: a new connection is
told where it stands by whoever tells its room.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from live import connections, feed, requests, sending, telling, tickets
from live.model import Connection, Subscription
from live.requests import Ping, Resume, Subscribe, Unsubscribe
from pentarch.identity.errors import AuthenticationError, PermissionDeniedError
from pentarch.identity.model import Caller
from pentarch.limits import store as limits
from pentarch.limits.model import SESSIONS, Bucket
from pentarch.platform import clock
from pentarch.platform.correlation import accepted_or_new
from pentarch.platform.dialects import METAFORGE, Failure
from pentarch.platform.errors import ConflictError, PentarchError
from pentarch.platform.observability import logger
from pentarch.web.access import SELF, Access
from pentarch.web.admission import Gate

MESSAGES = Bucket("w", 60)
"""Of one connection, a minute."""
MESSAGES_PER_HOUR = 1_000
_ACCESS = Access(SELF, SESSIONS)
_GATE = Gate()

Answer = dict[str, Any]


def handler(event: Mapping[str, Any], _: object) -> Answer:
    request = event.get("requestContext")
    if request is None:  # a roll-out asks whether a new version starts
        return {"statusCode": 200}
    connection_id = str(request["connectionId"])
    match request["eventType"]:
        case "CONNECT":
            return _connect(connection_id, event, clock.now())
        case "DISCONNECT":
            connections.leave(connection_id)
        case _:
            _receive(connection_id, str(event.get("body") or ""), clock.now())
    return {"statusCode": 200}  # and no body: where routes answer, that would be a message to the client


def _connect(connection_id: str, event: Mapping[str, Any], at: datetime) -> Answer:
    headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    query = event.get("queryStringParameters") or {}
    correlation_id = accepted_or_new(headers.get("x-correlation-id"))
    try:
        caller = _admit(headers, query, correlation_id, at)
        wish = requests.wish(query)
        requests.subscription(wish.sessions, wish.types, caller.roles, caller.scopes)
    except PentarchError as error:
        status, body = METAFORGE.render(_failure(error, correlation_id, at))
        logger().info("connection refused", status=status, correlation_id=correlation_id)
        return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": sending.text(body)}
    number = feed.head(caller.tenant)
    made = connections.enter(caller, connection_id, wish.subscriptions, number, at, resume=wish.last)
    telling.ask(caller.tenant, [made.room])
    logger().info("connected", tenant=caller.tenant, subject=caller.subject, correlation_id=correlation_id)
    return {"statusCode": 200}


def _admit(headers: Mapping[str, str], query: Mapping[str, str], correlation_id: str, at: datetime) -> Caller:
    """The gate that HTTP requests pass, for the same credentials or a ticket in the query."""
    if query.get("ticket"):
        holder = tickets.redeem(query["ticket"], at)
        _GATE.count(holder, _ACCESS, at)
        return holder
    caller: Caller | None = None
    try:
        caller, _ = _GATE.identify(headers, _ACCESS, at)
        _GATE.count(caller, _ACCESS, at)
        _GATE.authorize(caller, _ACCESS, None, at)
    except (AuthenticationError, PermissionDeniedError) as error:
        from pentarch.web import refusals
        from pentarch.web.context import RequestContext

        refusals.tell(error, RequestContext(correlation_id, caller), at)
        raise
    return caller


def _receive(connection_id: str, body: str, at: datetime) -> None:
    connection = connections.get(connection_id)
    if connection is None:  # its room let go of it: the client comes back and is told the rest
        sending.close(connection_id)
        return
    try:
        limits.count(f"@connection#{connection_id}", per_hour=MESSAGES_PER_HOUR, bucket=MESSAGES, at=at)
        reply = _act(connection, requests.message(body))
    except PentarchError as error:
        _, reply = METAFORGE.render(_failure(error, "", at))
    if reply is not None:
        sending.send(connection_id, [reply])


def _act(connection: Connection, message: Subscribe | Unsubscribe | Resume | Ping) -> dict[str, Any] | None:
    match message:
        case Ping():
            return {"event": "live.pong", "data": {}}
        case Resume(last=last):
            connections.ask_to_resume(connection, last)
            telling.ask(connection.tenant, [connection.room])
            return None
        case Subscribe():
            wanted = requests.subscription(message.sessions, message.types, connection.roles, connection.scopes)
            chosen = tuple(dict.fromkeys((*(connection.subscriptions or ()), wanted)))
            if len(chosen) > requests.MAX_SUBSCRIPTIONS:
                msg = f"a connection has at most {requests.MAX_SUBSCRIPTIONS} subscriptions"
                raise ConflictError(msg)
            return _subscribed(connection, chosen)
        case Unsubscribe():
            ended = Subscription(message.sessions, message.types)
            kept = tuple(one for one in connection.subscriptions or () if one != ended) if ended != _ALL else ()
            return _subscribed(connection, kept)


_ALL = Subscription()


def _subscribed(connection: Connection, chosen: tuple[Subscription, ...]) -> dict[str, Any]:
    connections.subscribe(connection, chosen)
    return {"event": "live.subscribed", "data": {"subscriptions": [one.as_json() for one in chosen]}}


def _failure(error: PentarchError, correlation_id: str, at: datetime) -> Failure:
    return Failure(
        meaning=error.meaning,
        message=error.message,
        details=error.details,
        errors={},
        correlation_id=correlation_id,
        timestamp=clock.iso(at),
        retry_after=error.retry_after,
        own_code=error.code,
    )
