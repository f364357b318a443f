"""Runs that are cut off at any call to AWS: nothing is done twice, and what is not known is said."""

import json
from collections.abc import Iterator
from typing import Any

import botocore.client
import pytest

from pentarch.events.actor import Actor
from pentarch.tools.model import Status, ToolResult
from support.http_api import HttpApi
from support.log import events_of
from support.stopped_clock import StoppedClock
from tools import running
from tools.running import OPEN_FOR, Asked

pytestmark = pytest.mark.usefixtures("quick")


class Cut(BaseException):
    """The function is gone; nothing catches this."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpApi]:
    monkeypatch.setenv("TOOLS_REACH", "local")
    with HttpApi() as server:
        yield server


def asked(tool: str, parameters: dict[str, Any], key: str) -> Asked:
    return Asked(Actor("acme", "key:test"), tool, parameters, 20, key)


def run_cut(request: Asked, clock: StoppedClock, *, call: int) -> ToolResult | None:
    """Run until a call to AWS has been made, and not come back; None where it was cut."""
    left = call
    made = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(self: Any, operation: str, parameters: Any) -> Any:
        nonlocal left
        left -= 1
        found = made(self, operation, parameters)
        if left == 0:
            raise Cut
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", counted)
        try:
            return running.run(request, lambda: clock.at)
        except Cut:
            return None


@pytest.mark.usefixtures("acme")
def test_a_run_that_changes_nothing_is_made_again(clock: StoppedClock) -> None:
    for call in range(1, 10):
        request = asked("json_transform", {"data": [call]}, f"key-{call}")
        first = run_cut(request, clock, call=call)
        clock.advance(seconds=OPEN_FOR.total_seconds() + 1)
        again = running.run(request, lambda: clock.at)
        assert (again.status, again.result and again.result["values"]) == (Status.COMPLETED, [[call]])
        assert len(events_of("acme", "tool.executed")) == call, "each run is told once"
        if first is not None:
            return
    pytest.fail("it makes more calls than it should")


@pytest.mark.usefixtures("acme")
def test_a_run_that_may_have_changed_something_is_never_made_twice(clock: StoppedClock, api: HttpApi) -> None:
    for call in range(1, 10):
        api.asked.clear()
        request = asked("http-request", {"url": api.url, "method": "POST", "json": call}, f"key-{call}")
        first = run_cut(request, clock, call=call)
        clock.advance(seconds=OPEN_FOR.total_seconds() + 1)
        again = running.run(request, lambda: clock.at)
        assert len(api.asked) <= 1
        if again.error is not None:
            assert again.error.code == "outcome_unknown"
            started = [event.data["run_id"] for event in events_of("acme", "tool.started")]
            ended = [event.data.get("run_id") for event in events_of("acme", "tool.executed")]
            assert set(ended) < set(started), "the log tells of a run whose end nobody knows"
        else:
            assert len(api.asked) == 1
        if first is not None:
            assert again.replayed
            assert json.loads(json.dumps(again.shown())) == json.loads(json.dumps(first.shown()))
            return
    pytest.fail("it makes more calls than it should")


@pytest.mark.usefixtures("acme")
def test_a_run_costs_two_calls_with_a_key_and_one_without(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    made = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def noted(self: Any, operation: str, parameters: Any) -> Any:
        calls.append(operation)
        return made(self, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
    running.run(asked("json_transform", {"data": 1}, "key"), lambda: clock.at)
    assert calls == ["PutItem", "TransactWriteItems"]
    calls.clear()
    running.run(Asked(Actor("acme", "key:test"), "json_transform", {"data": 1}, 20), lambda: clock.at)
    assert calls == ["PutItem"]
