"""The end of an approval's time: a message for each proposal, which writes what holds by then anyway."""

from datetime import timedelta

from pentarch.platform import clock
from pentarch.work import later
from pentarch.work.messages import Run
from sessions import approval, store
from sessions.lifecycle import Status

_AFTER = timedelta(seconds=1)
"""Then it is over for every clock that is right to the second."""


def watch(message: Run) -> None:
    """Have a proposal looked at when its time is over."""
    session = store.get(str(message.body["tenant"]), str(message.body["id"]))
    if session is None or session.status is not Status.PENDING_APPROVAL or session.expires_at is None:
        return
    body = {"kind": "expire", "tenant": session.tenant, "id": session.id, "round": session.round}
    later.send("SESSIONS", body, tenant=session.tenant, at=session.expires_at + _AFTER, now=clock.now())


def expire(message: Run) -> None:
    at = clock.now()
    session = store.get(str(message.body["tenant"]), str(message.body["id"]))
    if session is None or session.round != message.body.get("round") or not session.is_over(at):
        return
    approval.expire(session, at)  # MovedError: somebody decides in this very moment, and the message comes again
