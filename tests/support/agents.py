"""Agents and the tools that they call, for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pentarch.agents.model import Agent, Status
from pentarch.agents.toolbox import COMPLETED, FAILED, ToolOutcome
from pentarch.identity.model import Caller, Kind, Tier
from pentarch.llm.model import Tool

CALLER = Caller("acme", "key:k1", Kind.KEY, ("developer",), (), Tier.PRO, 10_000)
AT = datetime(2026, 1, 1, tzinfo=UTC)
OBJECT: Mapping[str, Any] = {"type": "object", "properties": {}}


def an_agent(**configuration: Any) -> Agent:
    """One of the tenant `acme`, which asks the model `fake-model`."""
    return Agent(
        tenant="acme",
        id="agent-1",
        name="Reviewer",
        description="Reviews code",
        type="code_review",
        status=Status.ACTIVE,
        configuration={"model": "fake-model", "system_prompt": "Be brief.", **configuration},
        capabilities=(),
        tags=(),
        metadata={},
        created_at=AT,
        updated_at=AT,
        created_by="key:k1",
    )


class FakeToolbox:
    """Tools with an effect, which a repetition with the same key does not have again."""

    def __init__(self, *names: str) -> None:
        self.offered = tuple(Tool(name, f"does {name}", OBJECT) for name in names)
        self.missing: tuple[str, ...] = ()
        self.asked: list[str] = []
        """The key of each call that came in."""
        self.effects: dict[str, Mapping[str, Any]] = {}
        """By key, what was done."""

    def run(self, name: str, parameters: Mapping[str, Any], *, idempotency_key: str, timeout_s: float) -> ToolOutcome:  # noqa: ARG002 (a toolbox's)
        self.asked.append(idempotency_key)
        if "fail" in parameters:
            return ToolOutcome(FAILED, error=str(parameters["fail"]), seconds=0.5)
        self.effects[idempotency_key] = {name: dict(parameters)}
        return ToolOutcome(COMPLETED, {"did": name, "with": dict(parameters)}, seconds=0.5)
