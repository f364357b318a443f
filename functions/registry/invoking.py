"""Sending what was routed: the request goes to the service that a decision chose, with the credential in its place.

What is sent is what was judged: the payload's hash is in the trace, and a decision is good for a few minutes, as long
as its service is still where it was. Who asks never sees the credential, also not when the service repeats it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.platform import egress
from pentarch.platform.clock import parse_iso
from pentarch.routing import composite
from pentarch.routing.proof import canonical
from pentarch.services import store, traces
from pentarch.services.credentials import CredentialUnreadableError, Reference
from pentarch.services.model import Service, Status
from registry import builtin, facts, registration
from registry.errors import (
    NotInvokableError,
    PayloadChangedError,
    ServiceFailedError,
    TraceNotFoundError,
)
from registry.schemas import Invocation, Observation

GOOD_FOR = timedelta(minutes=5)
"""After that the state that a decision was made from is too old to send anything by it."""
TIMEOUT_S = 25.0
"""Below the 29 s after which API Gateway gives up."""
MAX_REPLY_BYTES = 4 * 1024 * 1024
"""Lambda answers with 6 MB at most, and the reply is part of a JSON text."""
HIDDEN = "***"
_UNAUTHORIZED = 401
_SERVER_ERROR = 500


def invoke(actor: Actor, trace_id: str, asked: Invocation, at: datetime) -> dict[str, Any]:
    """The service's answer, whatever its status. ServiceFailedError when there is none."""
    chosen = _chosen(actor.tenant, trace_id, asked, at)
    service = chosen.service
    try:
        reply, secret = _sent(actor, trace_id, chosen, asked.payload)
    except egress.EgressError as error:
        _tell(actor, trace_id, chosen, None, at)
        raise ServiceFailedError(service.id, str(error)) from error
    _tell(actor, trace_id, chosen, reply, at)
    return {
        "trace_id": trace_id,
        "service_id": service.id,
        "status": reply.status,
        "latency_ms": round(reply.milliseconds, 1),
        "content_type": reply.headers.get("content-type"),
        "body": _body(reply, secret),
        "truncated": reply.is_cut,
    }


class _Asked(NamedTuple):
    service: Service
    address: str
    intent: str


def _chosen(tenant: str, trace_id: str, asked: Invocation, at: datetime) -> _Asked:
    """The service, its address and what it is asked for, if the decision still stands and is about this payload."""
    trace = traces.get(tenant, trace_id, at)
    if trace is None:
        raise TraceNotFoundError
    decision = trace["decision"]
    if decision is None or "chain" in decision or builtin.is_reserved(decision["service_id"]):
        msg = "a decision for one service that the tenant registered can be sent; route each part of a chain by itself"
        raise NotInvokableError(msg)
    if at - parse_iso(trace["timestamp"]) > GOOD_FOR:
        msg = f"the decision is older than {GOOD_FOR.seconds // 60} minutes: route the request again"
        raise NotInvokableError(msg)
    if hashlib.sha256(canonical(asked.payload)).hexdigest() != trace["request"]["payload_sha256"]:
        raise PayloadChangedError
    service = store.get(tenant, decision["service_id"])
    if (
        service is None
        or service.status is not Status.ACTIVE
        or service.revision != composite.chosen_of(trace["proof"]["links"][-1])["revision"]
    ):
        msg = "the service has changed since: route the request again"
        raise NotInvokableError(msg)
    return _Asked(service, decision["service_url"], trace["request"]["intent"])


def _sent(actor: Actor, trace_id: str, asked: _Asked, payload: object) -> tuple[egress.Reply, str | None]:
    """The reply, and the credential that it was asked with. One that was rotated meanwhile is looked up once more."""
    name = asked.service.credential_ref
    reference = None if name is None else Reference(actor.tenant, name)
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, */*",
        "Idempotency-Key": trace_id,
        "X-Correlation-ID": actor.correlation_id,
    }
    body = json.dumps(payload, ensure_ascii=False).encode()
    secret = _authorization(reference)
    reply = _post(asked.address, headers, secret, body)
    if reply.status == _UNAUTHORIZED and reference is not None:
        newer = _authorization(reference, refused=secret)
        if newer != secret:
            secret, reply = newer, _post(asked.address, headers, newer, body)
    return reply, secret


def _post(address: str, headers: Mapping[str, str], authorization: str | None, body: bytes) -> egress.Reply:
    reach = egress.reach()
    return egress.send(
        "POST",
        address,
        headers={**headers, **({} if authorization is None else {"Authorization": authorization})},
        body=body,
        timeout_s=TIMEOUT_S,
        max_bytes=MAX_REPLY_BYTES,
        reach=reach,
        # The router has judged whether the way may be open; without TLS nothing goes to a public address.
        schemes=("https",) if reach is egress.Reach.PUBLIC else ("https", "http"),
    )


def _authorization(reference: Reference | None, *, refused: str | None = None) -> str | None:
    if reference is None:
        return None
    try:
        return reference.authorization(refused=refused)
    except CredentialUnreadableError as error:
        raise NotInvokableError(str(error)) from error


def _tell(actor: Actor, trace_id: str, asked: _Asked, reply: egress.Reply | None, at: datetime) -> None:
    """What came of it: an event, and one more observation of the service."""
    answered = reply is not None and reply.status < _SERVER_ERROR
    latency = TIMEOUT_S * 1000 if reply is None else reply.milliseconds
    events.append(
        facts.did(
            actor,
            facts.INVOKED,
            trace_id,
            at,
            service_id=asked.service.id,
            intent=asked.intent,
            status_code=None if reply is None else reply.status,
            latency_ms=None if reply is None else round(reply.milliseconds, 1),
            reply_bytes=None if reply is None else len(reply.body),
        )
    )
    registration.observe(actor.tenant, asked.service.id, Observation(latency_ms=latency, success=answered), at)


def _body(reply: egress.Reply, secret: str | None) -> Any:  # noqa: ANN401 (whatever the service answers)
    """The answer as JSON where it is, else as text."""
    text = reply.body.decode("utf-8", "replace")
    if secret is not None:
        for one in (secret, secret.rpartition(" ")[2]):
            text = text.replace(one, HIDDEN)
    try:
        return json.loads(text)
    except ValueError:
        return text
