"""The schedule of every minute: scaling operations are followed until what runs is what was asked for."""

from typing import Any

from infrastructure.scaling import asking
from pentarch.platform import clock


def handler(event: dict[str, Any], _: object) -> dict[str, int]:  # noqa: ARG001 (a schedule's, which says nothing)
    return {"operations": asking.follow(clock.now())}
