"""The schedule of every minute: what was asked for is followed until it runs, and a desired state step by step.

The schedule of every day: old versions of functions are removed.
"""

from typing import Any

from infrastructure import versions
from infrastructure.scaling import asking as scaling
from infrastructure.syncing import asking as syncing
from pentarch.platform import clock

VERSIONS = "versions"
"""What the schedule of every day asks for."""


def handler(event: dict[str, Any], _: object) -> dict[str, int]:
    if event.get("remove") == VERSIONS:
        return {"versions": versions.remove()}
    return {"operations": scaling.follow(clock.now()), "syncs": syncing.follow(clock.now())}
