"""Listing a day of the audit trail again: for events that were recorded before their lists were, or lost from them.

An operator asks for it by a message to the queue of the compliance worker, a day each:
`{"kind": "relist", "tenant": "acme", "id": "2026-11-20"}`.
"""

from datetime import date

from pentarch.audit import store
from pentarch.platform.observability import logger


def relist(tenant: str, day: str) -> None:
    """What is listed already stays as it is."""
    logger().info("listed again", day=day, events=store.relist(tenant, date.fromisoformat(day)))
