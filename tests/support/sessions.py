"""The sessions' functions wired together, and what tests ask of them."""

from typing import Any

import pytest

import fanout.stream
import sessions.worker
from sessions import api
from support.lambdas import Caller
from support.pump import Stack
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

WORKSPACE = "/api/v1/workspace"
CREATE = "/api/v1/session/create"
RUN = "/api/v1/agent/run"
BRIEF = """# Bench supply

- Output: 0 to 30 V, 3 A
- Ripple: below 5 mV
- Size: at most 20 x 15 x 10 cm
- Cost: below 120 EUR
"""


class SessionStack(Stack):
    """The functions that a run passes through."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        super().__init__(patch, clock)
        self.reads_stream("fanout", fanout.stream.handler)
        self.reads_queue("worker", "SESSIONS_QUEUE_URL", sessions.worker.handler, batch=1)

    def tenant(self, name: str, **facts: Any) -> Caller:
        return Caller(api.handler, {"X-API-Key": make_tenant(name, **facts)})


def upload(caller: Caller, path: str = "bench/PRD.md", text: str = BRIEF) -> str:
    reply = caller.put(f"{WORKSPACE}/{path}", raw=text, headers={"Content-Type": "text/markdown"})
    assert reply.status in (200, 201), reply.text
    return path


def content(caller: Caller, path: str) -> str:
    return caller.get(f"{WORKSPACE}/{path}").expect(200).text


def wish(path: str = "bench/PRD.md", skill: str = "spec", **more: Any) -> dict[str, Any]:
    return {"skill": skill, "input": {"files": [path]}} | more


def create(caller: Caller, **changes: Any) -> str:
    return str(caller.post(CREATE, wish(**changes)).expect(200).json()["id"])


def run(caller: Caller, **changes: Any) -> str:
    return str(caller.post(RUN, wish(**changes)).expect(200).json()["session_id"])


def status(caller: Caller, ident: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"/api/v1/agent/{ident}/status").expect(200).json()
    return found


def pending(caller: Caller) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = caller.get("/api/v1/pending").expect(200).json()["pending"]
    return rows
