"""Workflows in one process: the real state machine's file walked by hand, and agents whose effects are counted."""

import heapq
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.client
import pytest

from pentarch.agents import store as agents
from pentarch.agents import turn
from pentarch.agents.model import Agent, Status
from pentarch.agents.turn import Task, Turn
from pentarch.platform import clients
from pentarch.platform.tables import Transaction
from support.lambdas import Caller
from support.pump import Killed
from support.stopped_clock import StoppedClock
from support.template import ROOT
from workflows import step, sweep

WORKFLOWS, EXECUTIONS = "/api/v1/workflows", "/api/v1/executions"
ASL = json.loads((ROOT / "infra/state_machines/workflow.asl.json").read_text())
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
Script = Callable[[Task, str], Any]


class AlreadyExistsError(Exception):
    """Step Functions' ExecutionAlreadyExists."""


class _Exceptions:
    ExecutionAlreadyExists = AlreadyExistsError


@dataclass(slots=True)
class Run:
    """One run of the state machine."""

    name: str
    data: dict[str, Any]
    state: str = ASL["StartAt"]
    failures: int = 0
    status: str = "RUNNING"
    transitions: int = 0


@dataclass(slots=True)
class Calls:
    """The calls to AWS of what is invoked at the moment; after one of them it may die."""

    count: Counter[str] = field(default_factory=Counter)
    is_counting: bool = False
    left: int | None = None
    """Calls until the death of the one who makes them; None: nobody dies."""
    last: str = ""

    def made(self, operation: str) -> None:
        if not self.is_counting:
            return
        self.count[operation] += 1
        if self.left is None:
            return
        self.left -= 1
        if self.left == 0:
            self.left, self.last = None, operation
            raise Killed


@dataclass(frozen=True, slots=True)
class _Context:
    remaining_ms: int

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


class Machine:
    """Step Functions: takes runs and walks them, one state of one run after another, on the test's clock."""

    exceptions = _Exceptions

    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        self.clock = clock
        self.runs: dict[str, Run] = {}
        self.calls = Calls()
        self.deliveries = 1
        """How often each task is delivered."""
        self.choose: Callable[[int], int] = lambda _: 0
        """Which of so many runs goes on next."""
        self.before: Callable[[Run], None] = lambda _: None
        self.remaining_ms = 900_000
        self._due: list[tuple[datetime, int, Run]] = []
        self._number = 0
        patch.setattr(clients, "stepfunctions", lambda: self)
        patch.setenv("WORKFLOW_STATE_MACHINE", "arn:machine")
        patch.setattr("workflows.settling.PAUSE_S", 0)
        call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

        def watched(client: Any, operation: str, parameters: Any) -> Any:
            answer = call(client, operation, parameters)
            self.calls.made(operation)
            return answer

        patch.setattr(botocore.client.BaseClient, "_make_api_call", watched)

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 (boto3's)
        assert stateMachineArn
        assert len(name) <= 80
        if name in self.runs:
            raise AlreadyExistsError(name)
        run = Run(name, json.loads(input))
        self.runs[name] = run
        self._later(run, 0)
        self.calls.made("StartExecution")

    @property
    def transitions(self) -> int:
        return sum(run.transitions for run in self.runs.values())

    def run(self, *, until: Callable[[], bool] = lambda: False, states: int = 20_000) -> None:
        """Walk until all runs have ended; waiting moves the clock."""
        for _ in range(states):
            if not self._due or until():
                return
            self.clock.at = max(self.clock.at, self._due[0][0])
            ready = [entry for entry in self._due if entry[0] <= self.clock.at]
            entry = sorted(ready)[self.choose(len(ready))]
            self._due.remove(entry)
            heapq.heapify(self._due)
            self._walk(entry[2])
        msg = "the runs keep each other busy for ever"
        raise AssertionError(msg)

    def forget(self) -> None:
        """Lose every run, as nothing of AWS does."""
        self._due.clear()

    def settle(self, api: Caller, execution_id: str, *, minutes: int = 60) -> dict[str, Any]:
        """Walk, and let the sweep come every minute, until an execution has ended."""
        for _ in range(minutes):
            self.run()
            found: dict[str, Any] = api.get(f"{EXECUTIONS}/{execution_id}").expect(200).json()
            if found["status"] not in ("queued", "running"):
                return found
            self.clock.advance(minutes=1)
            sweep.handler({}, None)
        msg = f"the execution never ended: {found}"
        raise AssertionError(msg)

    def _later(self, run: Run, seconds: float) -> None:
        self._number += 1
        heapq.heappush(self._due, (self.clock.at + timedelta(seconds=seconds), self._number, run))

    def _walk(self, run: Run) -> None:
        self.before(run)
        state = ASL["States"][run.state]
        run.transitions += 1
        match state["Type"]:
            case "Succeed":
                run.status = "SUCCEEDED"
                return
            case "Task":
                said = self._deliver({"carried": run.data, "run": run.name, "retries": run.failures})
                if said is None:
                    self._retry(run, state["Retry"][0])
                    return
                run.data, run.failures = json.loads(json.dumps(said)), 0
                assert state["OutputPath"] == "$.Payload"
            case "Choice":
                chosen = [one["Next"] for one in state["Choices"] if one["StringEquals"] == run.data["next"]]
                run.state = chosen[0] if chosen else state["Default"]
                self._later(run, 0)
                return
            case "Wait":
                run.state = state["Next"]
                self._later(run, run.data["seconds"])
                return
        run.state = state["Next"]
        self._later(run, 0)

    def _deliver(self, event: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the task said, or None if it failed."""
        said = None
        for _ in range(self.deliveries):
            self.calls.is_counting = True
            try:
                said = step.handler(dict(event), _Context(self.remaining_ms))
            except (Killed, Exception):  # noqa: BLE001 (whatever it is, Lambda tells that the task failed)
                return None
            finally:
                self.calls.is_counting = False
        return said

    def _retry(self, run: Run, policy: Mapping[str, Any]) -> None:
        run.failures += 1
        if run.failures > policy["MaxAttempts"]:
            run.status = "FAILED"
            return
        self._later(run, policy["IntervalSeconds"] * policy["BackoffRate"] ** (run.failures - 1))


class Turns:
    """Agents' turns by a script. A turn's effect is known by its attempt's id, as every receiver knows it."""

    def __init__(self, patch: pytest.MonkeyPatch, machine: Machine) -> None:
        self.asked: list[tuple[str, str]] = []
        """The agent and the attempt of every turn that was begun."""
        self.effects: dict[str, Task] = {}
        """By attempt."""
        self.scripts: dict[str, Script] = {}
        """By agent: what a turn answers; an exception is raised."""
        self.order: list[str] = []
        """The attempts, in the order of their effects."""
        self._machine = machine
        patch.setattr(turn, "run", self._run)

    def _run(
        self,
        caller: Any,
        agent: Agent,
        task: Task,
        *,
        attempt_id: str,
        tell: Callable[[turn.CallMade], None],
        **_: Any,
    ) -> Turn:
        assert caller.tenant == agent.tenant
        self.asked.append((agent.id, attempt_id))
        script: Script = self.scripts.get(agent.id) or _echo
        said = script(task, attempt_id)
        if isinstance(said, Exception):
            tell(turn.CallMade("k", turn.MODEL, "fake", "completed", "fake answered with 10 tokens", 0.1, 10, 5))
            raise said
        if attempt_id not in self.effects:
            self.effects[attempt_id] = task
            self.order.append(attempt_id)
        self._machine.calls.made("Effect")
        tell(turn.CallMade("k", turn.MODEL, "fake", "completed", "fake answered with 10 tokens", 0.1, 10, 5))
        return Turn(dict(said), "", "fake", "fake", 10, 5, (), "stop")

    def steps(self) -> list[str]:
        """The steps that had an effect, in order."""
        return [attempt.split("/")[1] for attempt in self.order]


def _echo(task: Task, attempt_id: str) -> dict[str, Any]:
    return {"step": attempt_id.split("/")[1], "given": dict(task.parameters)}


def make_agents(tenant: str, *names: str) -> None:
    transaction = Transaction()
    for name in names:
        agent = Agent(
            tenant, name, name, "", "test", Status.ACTIVE, {"model": "fake"}, (), (), {}, LONG_AGO, LONG_AGO, "key:t"
        )
        transaction.put(agents.from_agent(agent))
    transaction.commit()


def make(api: Caller, steps: list[dict[str, Any]], **more: Any) -> str:
    """A workflow's id."""
    body = {"name": f"workflow {os.urandom(4).hex()}", "type": "sequential", "steps": steps, **more}
    return str(api.post(WORKFLOWS, body).expect(201).json()["id"])


def agent_step(ident: str, **more: Any) -> dict[str, Any]:
    return {"id": ident, "name": ident.title(), "agent_id": "agent-a", **more}


def begin(api: Caller, workflow_id: str, **body: Any) -> str:
    reply = api.post(f"{WORKFLOWS}/{workflow_id}/execute", {"parameters": {}, **body})
    return str(reply.expect(202).json()["execution_id"])


def ran(api: Caller, machine: Machine, steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Make a workflow, run it, and show the execution when it has ended."""
    body = {name: more.pop(name) for name in ("parameters", "context") if name in more}
    ident = begin(api, make(api, steps, **more), **body)
    return machine.settle(api, ident)


def states(execution: Mapping[str, Any]) -> dict[str, str]:
    return {one["step_id"]: one["status"] for one in execution["steps"]}
