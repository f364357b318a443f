"""What a large export takes: the peak memory of a whole process, and its CPU, without what AWS takes to answer."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

EVENTS = 100_000
FORMS = ("json", "csv", "pdf")
END = datetime(2026, 11, 21, tzinfo=UTC)
TENANT = "bench"
LEAVES = 90


def compare() -> dict[str, Any]:
    """Each form in a process of its own, because memory that was once taken is not given back."""
    figures: dict[str, Any] = {}
    for form in FORMS:
        command = [sys.executable, "-m", "bench.exports", form]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        figures |= {f"{EVENTS} events as {form}, {name}": value for name, value in told.items()}
    return figures


def measure(form: str) -> dict[str, float]:
    """Through all of an export but the tables: those are replaced by events, marks and batches made on the way."""
    import resource
    import time
    from unittest import mock

    from compliance.reports import making, sealed, trail
    from compliance.reports.asked import Asked, Form
    from compliance.sealing import store
    from pentarch.sealing.heads import Head

    head = Head(TENANT, 1, EVENTS, "ab" * 32, "0" * 64, "2026-11-21T00:00:00.000Z", "cd" * 32)
    asked = Asked(TENANT, Form(form), END - timedelta(days=30), END)
    replaced = (
        mock.patch.object(making, "size_of", return_value=EVENTS),
        mock.patch.object(trail, "events_of", side_effect=lambda _: _events()),
        mock.patch.object(sealed, "events", mock.Mock(get_many=_get_many)),
        mock.patch.object(store, "newest", return_value=store.Signed(head, b"")),
        mock.patch.object(store, "marks", side_effect=lambda _, ids: {one: store.Mark(_number(one), 1) for one in ids}),
        mock.patch.object(store, "keys", return_value={}),
        mock.patch.object(store, "batches", side_effect=lambda *_: _batches(head)),
    )
    for one in replaced:
        one.start()
    started, size = time.process_time(), 0
    for piece in making.export(asked, ascii_only=False):
        size += len(piece)
    return {
        "CPU s": time.process_time() - started,
        "file MB": size / 1e6,
        "peak memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _events() -> Iterator[Any]:
    return (_event(number) for number in reversed(range(EVENTS)))


def _event(number: int) -> Any:
    from pentarch.events.model import Event

    ms = int(END.timestamp() * 1000) - (EVENTS - number) * 1000
    name = f"{ms >> 16:08x}-{ms & 0xFFFF:04x}-7000-8000-{number:012x}"
    facts = {"model": "pentarch/extractive", "requested_model": "gpt-4", "tokens": number, "cost_nano_usd": 12_000,
             "latency_ms": 17, "cached": False, "region": "us-east-1", "decision": "allowed"}  # fmt: skip
    return Event(
        id=name,
        tenant=TENANT,
        type="llm.completed",
        action="llm_generate",
        actor="key:01a1fe7364417e92a1f6a6afe0e5888d",
        resource="pentarch/extractive",
        agent=f"agent-{number % 50}",
        sensitivity="INTERNAL",
        tags=("data_processing", "access_control"),
        correlation_id="834b9f7e-58ee-4a67-a0b4-113316efbe14",
        data=facts,
    )


def _number(event_id: str) -> int:
    return int(event_id[-12:], 16)


def _get_many(_: str, ids: Sequence[str]) -> list[Any]:
    return [_event(_number(one)) for one in ids]


def _batches(head: Any) -> Iterator[Any]:
    from pentarch.sealing.trail import Batch

    for first in range(0, EVENTS, LEAVES):
        leaves = tuple((_event(number).id, "ef" * 32) for number in range(first, min(first + LEAVES, EVENTS)))
        yield Batch(head, b"", ("ab" * 32,) * 8, leaves)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
