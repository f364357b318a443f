"""The id that follows a request through logs, events and traces."""

import re
import uuid

_ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


def accepted_or_new(given: str | None) -> str:
    """The caller's id; one that is no plain token is replaced, not echoed."""
    return given if given and _ACCEPTED.fullmatch(given) else str(uuid.uuid4())
