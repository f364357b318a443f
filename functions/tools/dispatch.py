"""How each tool is run: what it needs from AWS is fetched here, and the rest happens in the box, which has no key."""

import os
from collections.abc import Mapping
from typing import Any

from pentarch.platform.egress import Reach
from pentarch.tools.model import PREFIX, ToolSpec
from tools.sandbox import box
from tools.sandbox.limits import Limits

REACH = "TOOLS_REACH"


def reach() -> Reach:
    """Where tools may go beside the public internet, as the deployment says."""
    return Reach(os.environ.get(REACH, Reach.PUBLIC))


def dispatch(spec: ToolSpec, parameters: Mapping[str, Any], *, timeout_s: float) -> dict[str, Any]:
    """What the tool gives. Raises ToolFailedError."""
    request = {"tool": spec.id.removeprefix(PREFIX), "parameters": dict(parameters), "reach": reach()}
    with box.workplace() as place:
        return box.run(request, place, Limits(seconds=timeout_s))
