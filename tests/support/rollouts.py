"""The state machine of roll-outs, walked by hand, as infra/state_machines/rollout.asl.json says."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import boto3
import pytest

from infrastructure import releases, step
from pentarch.platform import clients
from support.lambdas import Caller
from support.template import ROOT

DEPLOY = "/api/v1/infrastructure/deploy"
DEPLOYMENTS = "/api/v1/infrastructure/deployments"
CONFIG = {"environment_variables": {"LOG_LEVEL": "debug"}, "resource_limits": {"cpu": "500m", "memory": "256Mi"}}
ASL = json.loads((ROOT / "infra/state_machines/rollout.asl.json").read_text())


class AlreadyExistsError(Exception):
    """Step Functions' ExecutionAlreadyExists."""


class _Exceptions:
    ExecutionAlreadyExists = AlreadyExistsError


class FakeMachine:
    """Takes executions; `run` walks those that wait, one state after another."""

    exceptions = _Exceptions

    def __init__(self) -> None:
        self.names: list[str] = []
        self.waiting: list[dict[str, Any]] = []
        self.walked: list[str] = []
        """The states that were entered."""
        self.before: Callable[[str], None] = lambda _: None
        """Called with each state's name before it is entered."""
        self.deliveries = 1
        """How often each task is delivered."""

    def use(self, monkeypatch: pytest.MonkeyPatch) -> "FakeMachine":
        monkeypatch.setattr(clients, "stepfunctions", lambda: self)
        return self

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803
        assert stateMachineArn
        if name in self.names:
            raise AlreadyExistsError(name)
        self.names.append(name)
        self.waiting.append(json.loads(input))

    def run(self) -> None:
        while self.waiting:
            self._walk(self.waiting.pop(0))

    def _walk(self, data: dict[str, Any]) -> None:
        name = ASL["StartAt"]
        while True:
            self.walked.append(name)
            self.before(name)
            state = ASL["States"][name]
            match state["Type"]:
                case "Succeed":
                    return
                case "Task":
                    event = {"step": state["Parameters"]["Payload"]["step"], "rollout": data["rollout"]}
                    said = self._deliver(event, 1 + state["Retry"][0]["MaxAttempts"])
                    if said is None:
                        name = state["Catch"][0]["Next"]
                        continue
                    data = data | {"step": said}
                case "Choice":
                    chosen = [one["Next"] for one in state["Choices"] if _matches(one, data)]
                    name = chosen[0] if chosen else state["Default"]
                    continue
            name = state["Next"]

    def _deliver(self, event: dict[str, Any], attempts: int) -> dict[str, Any] | None:
        """What the task said, or None if it failed each time."""
        for _ in range(attempts):
            with suppress(Exception):  # whatever it is, Lambda tells the state machine that the task failed
                return [step.handler(event, None) for _ in range(self.deliveries)][-1]
        return None


def _matches(choice: dict[str, Any], data: dict[str, Any]) -> bool:
    found = data["step"][choice["Variable"].rpartition(".")[2]]
    if "NumericGreaterThan" in choice:
        return bool(found > choice["NumericGreaterThan"])
    return bool(found == choice["StringEquals"])


def make_release(version: str, functions: dict[str, bytes], layers: dict[str, bytes] | None = None) -> None:
    """A release in the bucket, of code by function."""
    s3 = boto3.client("s3")

    def artifact(content: bytes) -> dict[str, str]:
        sha256 = hashlib.sha256(content).hexdigest()
        s3.put_object(Bucket=releases.bucket(), Key=releases.code_key(sha256), Body=content)
        return {"sha256": sha256}

    manifest = {
        "version": version,
        "commit": "0" * 40,
        "build_date": "2026-11-01T00:00:00Z",
        "functions": {name: artifact(content) for name, content in functions.items()},
        "layers": {name: artifact(content) for name, content in (layers or {}).items()},
    }
    s3.put_object(Bucket=releases.bucket(), Key=releases.manifest_key(version), Body=json.dumps(manifest).encode())


def asked(version: str = "2.0.0", *, service: str = "ai-gateway", **more: Any) -> dict[str, Any]:
    return {"service": service, "version": version, "strategy": "canary", "config": CONFIG} | more


def deploy(api: Caller, machine: FakeMachine, version: str = "2.0.0", **more: Any) -> dict[str, Any]:
    """Ask for a deployment, walk it to its end, and show it."""
    made = api.post(DEPLOY, asked(version, **more)).expect(200).data
    machine.run()
    return shown(api, made["deployment_id"])


def shown(api: Caller, ident: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{DEPLOYMENTS}/{ident}").expect(200).data
    return found
