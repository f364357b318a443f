"""The slices that jobs begin things in, invoked by name in this process, and their workers beside those of jobs."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

import compliance.api
import compliance.worker
import specialists.api
import specialists.worker
import workflows.api
from compliance import assessing
from compliance.checks.judging import judge
from pentarch.platform import clients
from pentarch.web.admission import Gate
from support.assessments import FRAMEWORKS, RULES, House
from support.job_stack import JobStack
from support.loops import call_elsewhere
from support.stopped_clock import StoppedClock

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
APIS = {"specialists": specialists.api, "compliance": compliance.api, "workflows": workflows.api}


class DelegatedStack(JobStack):
    """`asked` has what the APIs were asked for, in order; those in `down` do not answer."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        super().__init__(patch, clock)
        self.asked: list[str] = []
        self.down: set[str] = set()
        self.house = House()
        rules = assessing.Rules(FRAMEWORKS, RULES, judge, lambda _one, names, _at, _within: self.house.collect(names))
        patch.setattr(assessing, "deployed", lambda: rules)
        patch.setenv("DELEGATION", "accepted")
        for name, module in APIS.items():
            patch.setenv(f"{name.upper()}_API_FUNCTION", name)
            module.app.state.gate = Gate()
        patch.setattr(clients, "prediction_functions", lambda _: self)
        self.reads_queue("specialists", "SPECIALISTS_QUEUE_URL", specialists.worker.handler, batch=1)
        self.reads_queue("compliance", "COMPLIANCE_QUEUE_URL", compliance.worker.handler, batch=1)

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Any:  # noqa: N803 (as boto3 has it)
        if FunctionName in self.down:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "boom"}')}
        event = json.loads(Payload)
        self.asked.append(f"{event['httpMethod']} {event['path']}")
        with self.elsewhere():  # another function, which does not die with the one that asks
            answer = call_elsewhere(APIS[FunctionName].handler, event)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}
