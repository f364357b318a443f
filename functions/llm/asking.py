"""What the three dialects share: the engine, and the bounds of what may be asked."""

from functools import cache
from typing import Annotated

from pydantic import Field, StringConstraints

from pentarch.llm.cache import MAX_TTL_S
from pentarch.llm.service import Gateway

MAX_OUTPUT_TOKENS = 1_000_000
"""Above every model's own bound, which the engine keeps to; it only catches nonsense."""

Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=256)]
MaxTokens = Annotated[int, Field(ge=1, le=MAX_OUTPUT_TOKENS)]
Temperature = Annotated[float, Field(ge=0, le=2)]
TopP = Annotated[float, Field(gt=0, le=1)]
Penalty = Annotated[float, Field(ge=-2, le=2)]
CacheTtl = Annotated[int, Field(ge=0, le=MAX_TTL_S, description="Seconds; 0 is the same as none")]


@cache
def gateway() -> Gateway:
    """The process's engine."""
    return Gateway()
