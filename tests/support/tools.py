"""The function that runs tools, invoked in this process as the stack invokes it."""

import io
import json
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from pentarch.platform import clients
from pentarch.tools.client import FUNCTION
from support.lambdas import Caller, Reply
from tools import runner
from tools.failures import Code, ToolFailedError
from tools.sandbox import box, child
from tools.sandbox.limits import Limits

PATH = "/api/v1/tools"


def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run tools here, which is quicker, for tests of what they do and not of what holds them."""
    boxed = box.run

    def run(request: Any, place: Path, limits: Limits) -> dict[str, Any]:
        if request["tool"] == "security-scanner":  # bandit warns of itself, and sets up a process's log
            return boxed(request, place, limits)
        with chdir(place):
            said = child.answer(json.dumps(request).encode())
        if "fault" in said:
            code, message = said["fault"]
            raise ToolFailedError(Code(code), message)
        found: dict[str, Any] = json.loads(json.dumps(said["result"]))
        return found

    monkeypatch.setattr(box, "run", run)


class Runner:
    """Lambda, as far as `pentarch.tools.client` uses it; `asked` has what it was invoked with."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.is_down = False

    def use(self, monkeypatch: pytest.MonkeyPatch) -> "Runner":
        monkeypatch.setenv(FUNCTION, "ToolsRunnerFunction")
        monkeypatch.setattr(clients, "prediction_functions", lambda _: self)
        return self

    def invoke(self, *, FunctionName: str, Payload: bytes, InvocationType: str = "RequestResponse") -> Any:  # noqa: N803 (as boto3 has it)
        assert FunctionName == "ToolsRunnerFunction"
        if self.is_down:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "boom"}')}
        event = json.loads(Payload)
        self.asked.append(event)
        if InvocationType == "Event":
            return {"StatusCode": 202}
        return {"Payload": io.BytesIO(json.dumps(runner.handler(event, None)).encode())}


def execute(caller: Caller, tool_id: str, parameters: Any, *, key: str | None = None, **more: Any) -> Reply:
    headers = {} if key is None else {"Idempotency-Key": key}
    return caller.post(f"{PATH}/{tool_id}/execute", {"parameters": parameters, **more}, headers=headers)


def completed(caller: Caller, tool_id: str, parameters: Any) -> Any:
    """The result of a run that ends well."""
    told = execute(caller, tool_id, parameters).expect(200).json()
    assert told["status"] == "completed", told
    return told["result"]


def failed(caller: Caller, tool_id: str, parameters: Any, **more: Any) -> Any:
    """The error of a run that ends badly."""
    told = execute(caller, tool_id, parameters, **more).expect(200).json()
    assert told["status"] == "failed", told
    assert told["result"] is None
    return told["error"]
