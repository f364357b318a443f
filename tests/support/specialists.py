"""The specialists' functions wired together, and what tests ask of them."""

import base64
from typing import Any

import pytest

import fanout.stream
import specialists.worker
from specialists import api, inference
from support.lambdas import Caller
from support.pump import Stack
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

PATH = "/api/v1/specialists"
GOOD = ("great", "lovely", "excellent", "wonderful", "pleasant")
_BAD = ("awful", "broken", "terrible", "horrible", "useless")
_THINGS = ("battery", "screen", "delivery", "handle")


class SpecialistStack(Stack):
    """The functions that a training and a deployment pass through."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        super().__init__(patch, clock)
        self.reads_stream("fanout", fanout.stream.handler)
        self.reads_queue("worker", "SPECIALISTS_QUEUE_URL", specialists.worker.handler, batch=1)

    def tenant(self, name: str, **facts: Any) -> Caller:
        return Caller(_either, {"X-API-Key": make_tenant(name, **facts)})

    def until(self, name: str, invocations: int = 1) -> None:
        """Deliver until a function has run so often from now on."""
        wanted = self.invocations(name) + invocations
        while self.invocations(name) < wanted:
            assert self.step(), f"{name} is not called again"

    def wait_for(self, name: str, invocations: int = 1) -> None:
        """As `until`, and wait for messages that are hidden or delayed."""
        wanted = self.invocations(name) + invocations
        while self.invocations(name) < wanted:
            if not self.step():
                wait = self._seconds_to_wait()
                assert wait is not None, f"{name} is not called again"
                self.clock.advance(seconds=wait)


def _either(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The routes that the template gives to two functions."""
    handler = inference.handler if event["path"].endswith("/predict") else api.handler
    return handler(event, context)


def praise_and_complaint(count: int = 60) -> str:
    """CSV with the columns text and label: two labels that are easily told apart."""
    lines = ["text,label"]
    for n in range(count):
        words, label = (GOOD, "positive") if n % 2 else (_BAD, "negative")
        lines.append(f"{n}: the {_THINGS[n // 10 % 4]} is {words[n % 5]} and {words[(n // 5 + 1) % 5]},{label}")
    return "\n".join(lines) + "\n"


def data_url(text: str, media: str = "text/csv") -> str:
    return f"data:{media};base64,{base64.b64encode(text.encode()).decode()}"


def a_proposal(**changes: Any) -> dict[str, Any]:
    return {
        "name": "sentiment",
        "description": "Tells praise from complaint",
        "skills": ["sentiment"],
        "validation_criteria": {"min_accuracy": 0.8, "max_latency": 500},
    } | changes


def propose(caller: Caller, **changes: Any) -> str:
    made = caller.post(PATH, a_proposal(**changes)).expect(201).data["specialist"]
    return str(made["id"])


def train(caller: Caller, ident: str, dataset: str | None = None, kind: str = "supervised", **parameters: Any) -> str:
    data = {"type": kind, "dataset": dataset or data_url(praise_and_complaint()), "parameters": parameters}
    told = caller.post(f"{PATH}/{ident}/train", {"training_data": data}).expect(202).data
    return str(told["training_job_id"])


def training(caller: Caller, ident: str, job: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"{PATH}/{ident}/training/{job}").expect(200).data
    return found


def deploy(caller: Caller, ident: str, environment: str = "production", **more: Any) -> str:
    told = caller.post(f"{PATH}/{ident}/deploy", {"environment": environment, **more}).expect(202).data
    return str(told["deployment_id"])


def seen(caller: Caller, ident: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"{PATH}/{ident}").expect(200).data["specialist"]
    return found
