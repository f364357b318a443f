"""One round of a run of the state machine: what it carries, and what is known of this invocation."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pentarch.platform.ids import uuid7
from workflows import machine
from workflows.model import Spent

RUN, WAIT, DONE = "run", "wait", "done"
MAX_PAUSE_S = 86_400


@dataclass(slots=True)
class Round:
    """What the state machine carries, and what is known of this invocation."""

    tenant: str
    execution: str
    step: str
    lane: int | None
    life: int
    turn: int
    rounds: int
    remaining_s: Callable[[], float]
    place: str
    """Which round of which run of the state machine this is."""
    is_retry: bool
    """Whether an invocation of this very round ended in an error before."""
    holder: str = field(init=False)
    spent: Spent = field(default_factory=Spent)
    """By the attempt under way, on calls that came to their end: a failed attempt has cost that too."""

    def __post_init__(self) -> None:
        self.holder = f"{self.place}{uuid7()}"

    def may_take_over(self, holder: str | None, due_at: datetime | None, at: datetime) -> bool:
        """Whether whoever has something is dead: its time is over, or its invocation is known to have ended.

        Where that is a mistake, because a connection broke and no invocation ended, two work on one attempt for a
        while, under one id: each effect is known by that, and what is written down is the later one's.
        """
        if due_at is None or due_at <= at:
            return True
        return self.is_retry and holder is not None and holder.startswith(self.place)

    def count(self, spent: Spent) -> None:
        self.spent += spent

    def told(self, what: str, *, seconds: float = 0) -> dict[str, Any]:
        """The state machine's next state, and what it carries there."""
        pause = max(0, min(MAX_PAUSE_S, math.ceil(seconds)))
        carried = machine.carried(
            self.tenant, self.execution, self.step, life=self.life, lane=self.lane, turn=self.turn
        )
        return {"next": what, "seconds": pause, **carried, "rounds": self.rounds + 1}

    def run(self, step: str, lane: int | None = None) -> dict[str, Any]:
        """Go on with another step, or with a lane of this one."""
        return replace(self, step=step, lane=lane, life=self.life if step == self.step else 0).told(RUN)
