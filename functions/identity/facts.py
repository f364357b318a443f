"""The events of the identity slice: evidence of access control, without a secret, an address or an unknown name."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pentarch.events.model import Event, happened

TAGS = ("access_control",)
SYSTEM = "@pentarch"
"""The log of what belongs to no tenant: signing keys, and logins of nobody that is known."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and in which request."""

    tenant: str
    subject: str
    correlation_id: str = ""

    def did(self, event_type: str, resource: str, at: datetime, **data: object) -> Event:
        """`key.created` is told to auditors as the action `key_create`."""
        return happened(
            at,
            self.tenant,
            event_type,
            action=_ACTIONS[event_type],
            actor=self.subject,
            resource=resource,
            tags=TAGS,
            correlation_id=self.correlation_id,
            data={name: value for name, value in data.items() if value is not None},
        )


def pseudonym(text: str) -> str:
    """Stands for a name or an address that is not ours to write down: mistyped names have been passwords."""
    return hashlib.sha256(text.encode()).hexdigest()


_ACTIONS = {
    "tenant.created": "tenant_create",
    "tenant.updated": "tenant_update",
    "key.created": "key_create",
    "key.rotated": "key_rotate",
    "key.revoked": "key_revoke",
    "client.created": "client_create",
    "client.revoked": "client_revoke",
    "user.created": "user_create",
    "user.updated": "user_update",
    "user.deactivated": "user_deactivate",
    "session.opened": "login",
    "session.refreshed": "token_refresh",
    "session.revoked": "session_revoke",
    "token.issued": "token_issue",
    "login.failed": "login",
    "signing_key.published": "signing_key_publish",
    "signing_keys.settled": "signing_keys_settle",
}
