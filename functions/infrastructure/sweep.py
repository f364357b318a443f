"""The schedule of every minute: what was asked for is followed until it runs, and a desired state step by step."""

from typing import Any

from infrastructure.scaling import asking as scaling
from infrastructure.syncing import asking as syncing
from pentarch.platform import clock


def handler(event: dict[str, Any], _: object) -> dict[str, int]:  # noqa: ARG001 (a schedule's, which says nothing)
    return {"operations": scaling.follow(clock.now()), "syncs": syncing.follow(clock.now())}
