"""Sessions as their callers use them: create, run, look at, delete."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pentarch.identity.model import Caller
from pentarch.limits import leases
from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import uuid7
from pentarch.work.model import Owner
from pentarch.workspace import store as workspace
from sessions import facts, store
from sessions.errors import MovedError, SessionNotFoundError, StateError
from sessions.lifecycle import RUNNABLE, Status
from sessions.model import Session, adoption_digest
from sessions.schemas import CreateRequest, RunRequest
from sessions.skills import catalogue
from sessions.skills.store import Skill
from sessions.table import ID_PREFIX

POOL = "agent-runs"
AT_ONCE = 10
"""Runs of one key, as the reference has it."""
LEASE_S = 900
"""Of a slot: from the moment when a run is queued; a worker renews it when it begins."""
_ATTEMPTS = 5


def create(caller: Caller, asked: CreateRequest, correlation_id: str, at: datetime) -> Session:
    """A session that waits for its run; its files need not be there yet."""
    skill = catalogue.get(caller.tenant, asked.skill)
    session = _new(caller, skill, asked, correlation_id, at)
    store.add(session, [facts.event_of(session, facts.CREATED, at)])
    return session


def get(tenant: str, session_id: str) -> Session:
    found = store.get(tenant, session_id)
    if found is None:
        raise SessionNotFoundError
    return found


def run(caller: Caller, asked: RunRequest, correlation_id: str, at: datetime) -> Session:
    """Queue a run: of the session that is named; else of the caller's newest with the same wish; else of a new one."""
    skill = catalogue.get(caller.tenant, asked.skill)
    given = asked.input.model_dump()
    catalogue.check_input(skill, given)
    _check_files(caller.tenant, given["files"])
    for _ in range(_ATTEMPTS):
        before = _to_run(caller, skill, asked, given)
        seen = before or _new(caller, skill, asked, correlation_id, at)
        try:
            return _queue(caller, seen, asked, correlation_id, at, is_new=before is None)
        except MovedError:
            if asked.session_id is not None:
                raise
    raise MovedError


def remove(caller: Caller, session_id: str, correlation_id: str, at: datetime) -> None:
    """Take a session out; what it proposed is deleted by the worker, whom the event tells."""
    for _ in range(_ATTEMPTS):
        session = get(caller.tenant, session_id)
        event = facts.event_of(session, facts.DELETED, at, actor=caller.subject, correlation_id=correlation_id)
        try:
            store.remove(session, [event])
        except MovedError:
            continue
        if session.status is Status.RUNNING:
            leases.release(slots_of(session), POOL, session.id)
        return
    raise MovedError


def slots_of(session: Session) -> str:
    """Whose slots a session's runs take: those of the credential that made it."""
    return f"{session.tenant}#{session.owner.subject}"


def queued(session: Session, at: datetime, **changes: Any) -> Session:  # noqa: ANN401 (Session's fields)
    """A session at the beginning of its next run."""
    return replace(
        session,
        status=Status.RUNNING,
        updated_at=at,
        round=session.round + 1,
        started_at=None,
        progress=0.0,
        message="Waiting for a worker",
        artifacts=(),
        sources=(),
        produced_by=None,
        rebased=False,
        expires_at=None,
        error=None,
        reason=None,
        lease_owner=None,
        leased_until=None,
        tries=0,
        log=(),
        **changes,
    )


def take_slot(session: Session, at: datetime) -> None:
    leases.acquire(slots_of(session), POOL, session.id, at_most=AT_ONCE, lease_s=LEASE_S, at=at)


def _to_run(caller: Caller, skill: Skill, asked: RunRequest, given: dict[str, Any]) -> Session | None:
    if asked.session_id is not None:
        named = get(caller.tenant, asked.session_id)
        if (named.skill, named.input) != (skill.name, given):
            msg = "the session is of another skill or input"
            raise InvalidInputError(msg, field="session_id")
        if named.status not in RUNNABLE:
            msg = f"the session is {named.status}"
            raise StateError(msg, details={"status": named.status})
        return named
    digest = adoption_digest(caller.subject, skill.name, given)
    for session_id in store.adoptable(caller.tenant, digest):
        found = store.get(caller.tenant, session_id)
        if found is not None and found.status is Status.CREATED:
            return found
    return None


def _queue(
    caller: Caller, seen: Session, asked: RunRequest, correlation_id: str, at: datetime, *, is_new: bool
) -> Session:
    options = asked.options
    after = queued(seen, at, temperature=options.temperature, verbose=options.verbose, correlation_id=correlation_id)
    event = facts.event_of(after, facts.QUEUED, at, actor=caller.subject, round=after.round, adopted=not is_new)
    take_slot(after, at)
    try:
        if is_new:
            store.add(after, [event])
            return after
        return store.replace_with(seen, after, [event])
    except Exception:
        leases.release(slots_of(after), POOL, after.id)
        raise


def _new(caller: Caller, skill: Skill, asked: CreateRequest, correlation_id: str, at: datetime) -> Session:
    return Session(
        tenant=caller.tenant,
        id=f"{ID_PREFIX}{uuid7(epoch_ms(clock.now()))}",
        skill=skill.name,
        agent=skill.agent,
        status=Status.CREATED,
        input=asked.input.model_dump(),
        owner=Owner(caller.subject, caller.kind, caller.roles, caller.scopes),
        created_at=at,
        updated_at=at,
        correlation_id=correlation_id,
    )


def _check_files(tenant: str, files: list[str]) -> None:
    there = workspace.heads(tenant, files)
    missing = [path for path in files if path not in there]
    if missing:
        msg = f"the workspace has no {missing[0]}"
        raise InvalidInputError(msg, field="input.files", details={"missing": missing})
