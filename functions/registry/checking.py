"""One look at one service: ask it, or see when it last spoke; then say what follows."""

from dataclasses import replace
from datetime import datetime, timedelta

from pentarch.events.actor import Actor
from pentarch.platform import clock, egress
from pentarch.platform.egress import EgressError, Reach
from pentarch.services import store
from pentarch.services.model import Down, Health, Service
from registry import due, registration
from registry.due import ClaimedError, Due, Kind
from registry.errors import ServiceNotFoundError

EVERY = timedelta(minutes=1)
FAILURES = 3
"""After so many failed checks in a row a service is inactive; one good check brings it back."""
TIMEOUT_S = 5.0
MAX_BYTES = 64 * 1024
_SCHEMES = {"ws": "http", "wss": "https", "grpc": "http", "grpcs": "https"}
_GOOD = range(200, 300)
_SUBJECT = "system:health"

DROPPED, TAKEN, GOOD, FAILED, WENT, CAME, BEATING = (
    "dropped", "taken", "good", "failed", "went_inactive", "came_back", "beating",
)  # fmt: skip


def look(one: Due, at: datetime, reach: Reach) -> str:
    """What came of it, in one word."""
    service = store.get(one.tenant, one.service_id)
    try:
        if service is None:
            due.drop(one)
            return DROPPED
        return _probe(one, service, at, reach) if one.kind is Kind.PROBE else _listen(one, service, at)
    except ClaimedError:
        return TAKEN
    except ServiceNotFoundError:  # it was removed meanwhile; its entry is dropped when it is due again
        return DROPPED


def _probe(one: Due, service: Service, at: datetime, reach: Reach) -> str:
    if service.probe_id != one.id:
        due.drop(one)
        return DROPPED
    due.move(one, max(at, one.at) + EVERY)
    milliseconds = ask(service, reach)
    success = milliseconds is not None
    now = clock.now()

    def measured(before: Health) -> Health:
        averages = before.averages.observing(now, success=success, latency_ms=milliseconds)
        return replace(before, averages=averages, failures=0 if success else before.failures + 1)

    failures = registration.measure(service.tenant, service.id, measured).failures
    if success and Down.PROBE in service.down:
        _mark(service, Down.PROBE, is_down=False, at=now)
        return CAME
    if failures >= FAILURES and Down.PROBE not in service.down:
        _mark(service, Down.PROBE, is_down=True, at=now)
        return WENT
    return GOOD if success else FAILED


def ask(service: Service, reach: Reach) -> float | None:
    """How many milliseconds a good answer took; None without one."""
    scheme, _, rest = service.base_url.partition("://")
    url = f"{_SCHEMES.get(scheme, scheme)}://{rest.rstrip('/')}{service.health_path}"
    try:
        fetched = egress.get(url, timeout_s=TIMEOUT_S, max_bytes=MAX_BYTES, reach=reach, schemes=("http", "https"))
    except EgressError:
        return None
    return fetched.milliseconds if fetched.status in _GOOD else None


def _listen(one: Due, service: Service, at: datetime) -> str:
    found = store.health(service.tenant, service.id)
    if found is None or found.beat_id != one.id or found.beat_at is None or found.beat_every is None:
        due.drop(one)
        return DROPPED
    end = found.beat_at + registration.MISSED_BEATS * found.beat_every
    if end > at:
        due.move(one, end)
        return BEATING
    _mark(service, Down.HEARTBEAT, is_down=True, at=at)
    # From now on nobody waits for a heartbeat; the next one brings the service back and begins a new watch.
    registration.measure(
        service.tenant,
        service.id,
        lambda before: replace(before, beat_id=None) if before.beat_id == one.id else before,
    )
    due.drop(one)
    return WENT


def _mark(service: Service, reason: Down, *, is_down: bool, at: datetime) -> None:
    registration.mark(Actor(service.tenant, _SUBJECT), service.id, reason, is_down=is_down, at=at)
