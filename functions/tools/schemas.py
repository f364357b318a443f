"""Bodies of the tools' API, as the Meta-Agents reference has them, and what goes beyond it."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

MAX_WAIT_S = 25
"""Of a run by HTTP: the gateway's own limit is 29 seconds, and a cold start is part of them."""


class ExecuteRequest(BaseModel):
    parameters: dict[str, Any] = Field(default_factory=dict)
    timeout: Annotated[float, Field(gt=0, le=MAX_WAIT_S, allow_inf_nan=False)] = MAX_WAIT_S
    """Seconds."""
