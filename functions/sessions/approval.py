"""Deciding over what a run proposes: approve, reject, revise.

An approval is of certain contents over certain versions of the workspace. All of them become the workspace's present
versions in one transaction, which holds only if the session still proposes just that and no file has moved: so an
approval counts once, a crash leaves all or nothing, and nothing is overwritten that the reviewer did not see.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pentarch.identity.model import Caller
from pentarch.limits import leases
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.tables import Transaction
from pentarch.workspace import store as workspace
from pentarch.workspace.errors import FileMovedError
from pentarch.workspace.model import Author, Content
from sessions import facts, policy, proposals, service, store
from sessions.errors import (
    MovedError,
    NotPendingError,
    OtherProposalError,
    SelfApprovalError,
    StateError,
    WorkspaceMovedError,
)
from sessions.lifecycle import REVISABLE, Status
from sessions.model import MAX_ROUNDS, Artifact, Session
from sessions.schemas import ApproveRequest

_ATTEMPTS = 5


def approve(
    caller: Caller, session_id: str, asked: ApproveRequest, correlation_id: str, at: datetime
) -> tuple[Session, tuple[str, ...]]:
    """Apply what a session proposes, or the part that is named; the session, and the paths that were applied."""
    session = _pending(caller.tenant, session_id, at)
    if session.owner.subject == caller.subject and not policy.of(caller.tenant).self_approval:
        raise SelfApprovalError
    _check_digest(session, asked.digest)
    chosen = _chosen(session, asked.artifacts)
    contents = [Content(one.path, proposals.content(session, one), one.content_type) for one in chosen]
    before = workspace.heads(session.tenant, [one.path for one in chosen])
    if any(_version(before, one) != one.base_version for one in chosen):
        raise _moved(session, caller, correlation_id, at)
    author = Author(session.tenant, caller.subject, correlation_id)
    workspace.keep(session.tenant, contents)
    after = replace(
        session,
        status=Status.COMPLETED,
        updated_at=at,
        artifacts=chosen,
        comment=asked.comment,
        approved_by=caller.subject,
        message="Approved and applied",
    )
    left_out = [one.path for one in session.artifacts if one not in chosen]
    event = facts.event_of(
        session,
        facts.APPROVED,
        at,
        actor=caller.subject,
        correlation_id=correlation_id,
        digest=session.digest,
        round=session.round,
        artifacts=[{"path": one.path, "sha256": one.sha256, "base_version": one.base_version} for one in chosen],
        left_out=left_out,
        status="approved",
    )

    def apply(transaction: Transaction) -> None:
        workspace.add_changes(transaction, author, contents, before, at, session_id=session.id)

    try:
        written = store.replace_with(session, after, [event], also=apply)
    except FileMovedError as error:
        raise _moved(session, caller, correlation_id, at) from error
    return written, tuple(one.path for one in chosen)


def reject(caller: Caller, session_id: str, reason: str, correlation_id: str, at: datetime) -> Session:
    session = _pending(caller.tenant, session_id, at)
    after = replace(session, status=Status.REJECTED, updated_at=at, reason=reason, message="Rejected")
    event = facts.event_of(
        session,
        facts.REJECTED,
        at,
        actor=caller.subject,
        correlation_id=correlation_id,
        digest=session.digest,
        round=session.round,
        status="rejected",
    )
    return store.replace_with(session, after, [event])


def revise(caller: Caller, session_id: str, instructions: str, correlation_id: str, at: datetime) -> Session:
    """Run again, with what the reviewer asks for added to what was asked for before."""
    for _ in range(_ATTEMPTS):
        session = service.get(caller.tenant, session_id)
        if session.status not in REVISABLE:
            msg = f"the session is {session.status}"
            raise StateError(msg, details={"status": session.status})
        if session.round >= MAX_ROUNDS:
            msg = f"a session has {MAX_ROUNDS} runs at most: create another"
            raise StateError(msg, details={"rounds": session.round})
        after = service.queued(session, at, instructions=(*session.instructions, instructions))
        event = facts.event_of(
            after, facts.REVISED, at, actor=caller.subject, correlation_id=correlation_id, round=after.round
        )
        service.take_slot(after, at)
        try:
            return store.replace_with(session, after, [event])
        except MovedError:
            leases.release(service.slots_of(session), service.POOL, session.id)
    raise MovedError


def expire(session: Session, at: datetime) -> Session:
    """Write that the time of an approval is over."""
    after = replace(session, status=Status.EXPIRED, updated_at=at, message="Nobody approved in time")
    event = facts.event_of(session, facts.EXPIRED, at, actor="system:sessions", round=session.round, status="expired")
    return store.replace_with(session, after, [event])


def _pending(tenant: str, session_id: str, at: datetime) -> Session:
    session = service.get(tenant, session_id)
    if session.status_at(at) is not Status.PENDING_APPROVAL:
        status = session.status_at(at)
        msg = f"the session is {status}: there is nothing to decide"
        raise NotPendingError(msg, details={"status": status})
    return session


def _check_digest(session: Session, digest: str | None) -> None:
    if digest is None and not session.rebased:
        return
    if digest != session.digest:
        msg = (
            "the workspace moved after the run: name the digest of what you looked at"
            if digest is None
            else "the session proposes something else than the digest names"
        )
        raise OtherProposalError(msg, details=_details(session))


def _chosen(session: Session, wanted: list[str] | None) -> tuple[Artifact, ...]:
    if wanted is None:
        return session.artifacts
    unknown = sorted(set(wanted) - {one.path for one in session.artifacts})
    if unknown:
        msg = f"the session does not propose {unknown[0]}"
        raise InvalidInputError(msg, field="artifacts", details={"unknown": unknown})
    return tuple(one for one in session.artifacts if one.path in wanted)


def _version(before: dict[str, Any], one: Artifact) -> int:
    return int(before[one.path].version) if one.path in before else workspace.ABSENT


def _moved(session: Session, caller: Caller, correlation_id: str, at: datetime) -> WorkspaceMovedError:
    """Compare again with the workspace as it is, keep that as the proposal, and show it."""
    artifacts, diffs = proposals.compared_again(session)
    after = replace(session, artifacts=artifacts, rebased=True, updated_at=at)
    event = facts.event_of(
        after,
        facts.REBASED,
        at,
        actor=caller.subject,
        correlation_id=correlation_id,
        digest=after.digest,
        round=session.round,
        artifacts=[{"path": one.path, "base_version": one.base_version} for one in artifacts],
    )
    written = store.replace_with(session, after, [event])
    msg = "the workspace has moved since the run; look at the fresh diff, and approve it by its digest"
    shown = _details(written)
    for row in shown["artifacts"]:
        row["unified_diff"] = diffs[row["path"]]
    return WorkspaceMovedError(msg, details=shown)


def _details(session: Session) -> dict[str, Any]:
    rows = [{"path": one.path, "diff": one.counts, "base_version": one.base_version} for one in session.artifacts]
    return {"digest": session.digest, "artifacts": rows}
