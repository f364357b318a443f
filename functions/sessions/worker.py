"""Takes messages of runs, of approvals that nobody gave, and of deleted sessions."""

from collections.abc import Callable, Mapping

from pentarch.platform.observability import logger
from pentarch.work.messages import Run, consumer
from sessions import expiring, proposals, running, store


def _clean(message: Run) -> None:
    """Delete what a session proposed, once it is gone itself."""
    tenant, session_id = str(message.body["tenant"]), str(message.body["id"])
    if store.get(tenant, session_id) is None:
        proposals.remove(tenant, session_id)


KINDS: Mapping[str, Callable[[Run], None]] = {
    "run": running.run,
    "clean": _clean,
    "watch": expiring.watch,
    "expire": expiring.expire,
}


def take(message: Run) -> None:
    work = KINDS.get(str(message.body.get("kind")))
    if work is None:
        logger().error("a message of an unknown kind", body=message.body)
        return
    work(message)


handler = consumer(running.QUEUE, take)
