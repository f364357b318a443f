"""What a tenant asks of approvals: the configuration of the type `session_approval`."""

from datetime import timedelta
from typing import NamedTuple

from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType

DEFAULT_EXPIRY_S = 7 * 24 * 3600
MAX_EXPIRY_S = 30 * 24 * 3600


class Policy(NamedTuple):
    self_approval: bool = True
    """Whether whoever ran a session may approve it."""
    expires_after_s: int = DEFAULT_EXPIRY_S

    @property
    def expires_after(self) -> timedelta:
        return timedelta(seconds=self.expires_after_s)


def of(tenant: str) -> Policy:
    """As it is now, at most a minute old. Several configurations hold together: the strictest of each."""
    found = accessor.every(tenant, ConfigType.SESSION_APPROVAL)
    return Policy(
        self_approval=all(one.get("self_approval", True) for one in found),
        expires_after_s=min(
            (int(one.get("expires_after_s", DEFAULT_EXPIRY_S)) for one in found), default=DEFAULT_EXPIRY_S
        ),
    )
