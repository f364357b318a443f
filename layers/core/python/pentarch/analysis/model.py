"""Looking at pictures and texts with something that is no language model: what is asked, and who can do it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from pentarch.events.model import Event
from pentarch.llm.model import Sensitivity
from pentarch.llm.sensitivity import Recognised
from pentarch.routing.model import Candidate, DataPolicy

IN_PROCESS = "internal://pentarch"
SEES_ALL: DataPolicy = {"max_sensitivity": Sensitivity.CRITICAL}
"""What an engine may see that runs in this process: nothing leaves."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Engine:
    """Something that can analyse: a library, a registered model, a cloud service."""

    name: str
    provider: str
    capabilities: tuple[str, ...]
    base_url: str = IN_PROCESS
    data_policy: DataPolicy = field(default_factory=lambda: SEES_ALL)
    preference: int = 0
    """Among those that may be asked, the higher one is asked first."""

    @property
    def candidate(self) -> Candidate:
        """As the router sees it. The operator configured it, so it may be outside unless a policy forbids that."""
        return {
            "service_id": self.name,
            "revision": 1,
            "base_url": self.base_url,
            "protocol": self.base_url.partition(":")[0],
            "active": True,
            "capabilities": list(self.capabilities),
            "guarantees": {},
            "cost_per_token": None,
            "traits": {},
            "data_policy": self.data_policy,
            "observed": {},
            "preference": self.preference,
            "vouched": True,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """One analysis that a caller asks for, in no dialect."""

    service: str
    """`vision` or `nlp`: the first word of its events."""
    action: str
    """As auditors name it."""
    capabilities: tuple[str, ...]
    """What the engine must be able to do, all of it."""
    digest: str
    """SHA-256 of what is analysed: it shows later that it was this, without keeping it."""
    asked_for: str | None = None
    """An engine by its name: it goes first."""
    declared: Sensitivity | None = None
    text: str | None = None
    """Where it is a text: it is looked through for what is confidential."""
    recognised: Recognised | None = None
    """What `pentarch.llm.sensitivity.spans` recognises in the text, where that is known: it is not looked for again."""
    correlation_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Of what is analysed, for the event: sizes and kinds, never contents."""


class Outcome(NamedTuple, Generic[T]):
    """What an engine found, and what that cost."""

    value: T
    cost_nano_usd: int = 0
    facts: Mapping[str, Any] = {}
    """For the event: counts, never contents."""
    text: str | None = None
    """What was read in a picture: it is looked through too, and may raise the class that the event tells."""


class Answer(NamedTuple, Generic[T]):
    value: T
    engine: Engine
    sensitivity: Sensitivity
    seconds: float
    cost_nano_usd: int
    event: Event
