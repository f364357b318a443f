"""The events of the identity slice: evidence of access control, without a secret, an address or an unknown name."""

import hashlib
from datetime import datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.events.model import Event

TAGS = ("access_control",)
SYSTEM = "@pentarch"
"""The log of what belongs to no tenant: signing keys, and logins of nobody that is known."""


def did(actor: Actor, event_type: str, resource: str, at: datetime, **data: Any) -> Event:  # noqa: ANN401 (JSON)
    """`key.created` is told to auditors as the action `key_create`."""
    return actor.did(event_type, resource, at, action=_ACTIONS[event_type], tags=TAGS, **data)


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
