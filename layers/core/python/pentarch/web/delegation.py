"""Requests that a part of the stack makes for somebody whose credential it does not hold, as a job for its owner.

Whoever may invoke a function by IAM may name the caller in the event's request context. A client cannot: API Gateway
writes that context itself. Only a function whose environment says `DELEGATION=accepted` looks there.
"""

import os
from collections.abc import Mapping
from typing import Any

from pentarch.identity.model import Kind, Named
from pentarch.platform.doors import ON_BEHALF


def named(scope: Mapping[str, Any]) -> Named | None:
    """Whom the request is made for; None where its credential says so."""
    if os.environ.get("DELEGATION") != "accepted":
        return None
    event = scope.get("aws.event")
    context = event.get("requestContext") if isinstance(event, Mapping) else None
    said = context.get(ON_BEHALF) if isinstance(context, Mapping) else None
    if not isinstance(said, Mapping):
        return None
    return Named(said["tenant"], said["subject"], Kind(said["kind"]), tuple(said["roles"]), tuple(said["scopes"]))
