"""Resources that are scaled, in memory: they follow when a test says so."""

from dataclasses import replace

import pytest

from infrastructure.inventory import reading
from infrastructure.inventory.model import Inventory, Kind, Resource, State
from infrastructure.scaling import acting
from pentarch.platform.clock import now

DETAILS = {"function": "pentarch-Llm", "logical_id": "LlmApiFunction", "reserved_concurrency": None}


class FakeFleet:
    """`asked` are the places that AWS was asked to scale, each with how many."""

    def __init__(self) -> None:
        api = Resource("arn:a", "ai-gateway-api", Kind.FUNCTION, State.RUNNING, 1, now(), service="ai-gateway")
        group = {"minimum": 0, "maximum": 4, "machine": "gpus"}
        self.resources = {
            "api": replace(api, details=DETAILS),
            "worker": replace(api, place="arn:w", details=DETAILS | {"logical_id": "LlmWorkerFunction"}),
            "group": Resource("arn:g", "gpus", Kind.SCALING_GROUP, State.RUNNING, 2, now(), details=group),
        }
        self.asked: list[tuple[str, int]] = []
        self.refusal: Exception | None = None

    def use(self, monkeypatch: pytest.MonkeyPatch) -> "FakeFleet":
        for name, value in (("SCALE_MINIMUM", "0"), ("SCALE_MAXIMUM", "10"), ("SCALE_COOLDOWN_SECONDS", "30")):
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(reading, "current", self.read)
        monkeypatch.setattr(acting, "apply", self.apply)
        return self

    def read(self, *_: object, **__: object) -> Inventory:
        return Inventory(tuple(self.resources.values()))

    def apply(self, one: Resource, wanted: int, _: object) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append((one.place, wanted))

    def arrive(self, name: str, replicas: int) -> None:
        self.resources[name] = replace(self.resources[name], replicas=replicas)
