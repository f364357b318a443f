"""A job that another part of the stack does: begun by its API, followed by its events, cancelled with the job.

Everything is asked for in the owner's name, with the job's id as correlation id, by which the events find back, and as
idempotency key, so that a repeat begins nothing twice. Of whatever event comes, only the thing itself is believed: it
is looked at, and the job moves to where the thing is.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from jobs.delegates import DELEGATES, Delegate, Look
from pentarch.files import store as files
from pentarch.files.model import JOBS, place
from pentarch.identity.model import Named
from pentarch.platform import clock
from pentarch.platform.doors import Door, Reply
from pentarch.platform.errors import UnavailableError
from pentarch.platform.jsons import encoded
from pentarch.work import facts, jobs
from pentarch.work.errors import JobMovedError
from pentarch.work.model import Job, JobState, Progress, Results
from pentarch.work.owner import standing

STEP = "follow"
_TOO_MANY, _OUTAGE = 429, 500
_JSON = "application/json"


class _RefusedError(Exception):
    """The API does not do what the job asks; its message goes into the job's log."""


def is_delegated(job: Job) -> bool:
    return job.type in DELEGATES


def start(job: Job, at: datetime, *, is_repeat: bool) -> None:
    """Bring a queued job to run, or go on where a repeat finds it. What passes is raised, to be tried again."""
    delegate = DELEGATES[job.type]
    if job.state is JobState.QUEUED:
        event = facts.event_of(job, facts.STARTED, at, inputs=job.total, shards=0)
        _move(job, JobState.RUNNING, event, f"The {delegate.noun} is asked for")
        job = jobs.get(job.tenant, job.id) or job
    died = job.state is JobState.CANCELLED and job.started_at is not None and is_repeat
    if job.target is None and (job.state is JobState.RUNNING or died):
        try:
            job = _begin(job, delegate, at)
        except _RefusedError as refused:
            _fail(job, str(refused))
            return
    settle(job)


def follow(tenant: str, target: str) -> None:
    """Something moved that may be what a job began."""
    for job_id in jobs.dependents(tenant, target):
        job = jobs.get(tenant, job_id)
        if job is not None:
            settle(job)


def settle(job: Job) -> None:
    """Bring the job as far as what it began is, or cancel that as the job was cancelled."""
    delegate = DELEGATES[job.type]
    if job.target is None:
        return
    if job.state is JobState.CANCELLED:
        path = delegate.path(job.parameters, job.target)
        _heard(_door(job).post(delegate.api, f"{path}/cancel", {}))  # refused: it has ended by itself
    elif job.state is JobState.RUNNING:
        look = _look(job, delegate, job.target)
        if look.ended:
            _end(job, delegate, look)
        else:
            jobs.reach(job, Progress(resolved=look.done, total=look.total))


def give_up(job: Job) -> None:
    """Fail a job of which nothing was begun, so that nobody waits for it."""
    if job.target is None and not job.state.ended:
        _fail(job, f"The {DELEGATES[job.type].noun} could not be begun")


def _begin(job: Job, delegate: Delegate, at: datetime) -> Job:
    refusal = standing(job, at).refusal
    if refusal is not None:
        raise _RefusedError(refusal.message)
    ask = delegate.begin(job.parameters)
    door = _door(job)
    if ask.body is None:
        reply = door.get(delegate.api, ask.path, ask.query)
    else:
        reply = door.post(delegate.api, ask.path, ask.body)
    body = _heard(reply)
    if body is None:
        msg = f"The {delegate.noun} was refused: {reply.problem}"
        raise _RefusedError(msg)
    target = body.get("data", body).get(delegate.begun) if isinstance(body, dict) else None
    if target is None:
        _keep_file(job, reply)
    else:
        jobs.attach_target(job, str(target), f"The {delegate.noun} is {target}", at)
    return jobs.get(job.tenant, job.id) or job


def _heard(reply: Reply) -> Any:  # noqa: ANN401 (any JSON, or bytes)
    """What a reply says; None for a refusal. Raises UnavailableError where the same request may succeed later."""
    if reply.status >= _OUTAGE or reply.status == _TOO_MANY or (reply.retry_after and not reply.accepted):
        raise UnavailableError(reply.problem)
    return reply.body if reply.accepted else None


def _look(job: Job, delegate: Delegate, target: str) -> Look:
    reply = _door(job).get(delegate.api, delegate.path(job.parameters, target))
    body = _heard(reply)
    if body is None:
        return Look("failed", 0, 1, reply.problem, {})  # it is gone, or its owner may not see it any more
    return delegate.look(body)


def _door(job: Job) -> Door:
    owner = job.owner
    named = Named(job.tenant, owner.subject, owner.kind, owner.roles, owner.scopes)
    return Door({"idempotency-key": job.id}, job.id, asdict(named))


def _end(job: Job, delegate: Delegate, look: Look) -> None:
    at = clock.now()
    if look.status == "cancelled":
        event = facts.event_of(job, facts.CANCELLED, at, was=job.state)
        _move(job, JobState.CANCELLED, event, f"The {delegate.noun} was cancelled", level="WARNING")
        return
    key = place(JOBS, job.tenant, job.id, "results.json")
    body = encoded(look.document) + b"\n"
    files.put(key, body, _JSON)
    written = Results(key, len(body), _JSON)
    completed, failed = (look.total, 0) if look.status == "completed" else (look.done, max(1, look.total - look.done))
    counts: dict[str, Any] = {"total": completed + failed, "completed": completed, "failed": failed}
    if look.status == "completed":
        event = facts.event_of(job, facts.COMPLETED, at, status=JobState.COMPLETED, results=key, **counts)
        message = f"The {delegate.noun} is completed"
        _move(job, JobState.COMPLETED, event, message, results=written, **counts)
    else:
        reason = f"The {delegate.noun} failed: {look.reason or 'it does not say why'}"
        event = facts.event_of(job, facts.FAILED, at, status=JobState.FAILED, reason=reason, was=job.state)
        _move(job, JobState.FAILED, event, reason, level="ERROR", results=written, **counts)


def _keep_file(job: Job, reply: Reply) -> None:
    """What was small enough to be answered with is the result itself."""
    key = place(JOBS, job.tenant, job.id, "results")
    files.put(key, reply.raw, reply.media_type)
    written = Results(key, len(reply.raw), reply.media_type)
    event = facts.event_of(
        job, facts.COMPLETED, clock.now(), status=JobState.COMPLETED, completed=1, failed=0, total=1, results=key
    )
    _move(job, JobState.COMPLETED, event, "The file is made", completed=1, failed=0, results=written)


def _fail(job: Job, reason: str) -> None:
    event = facts.event_of(job, facts.FAILED, clock.now(), status=JobState.FAILED, reason=reason, was=job.state)
    _move(job, JobState.FAILED, event, reason, level="ERROR", completed=0, failed=job.total or 1)


def _move(job: Job, to: JobState, event: Any, message: str, **more: Any) -> None:  # noqa: ANN401 (see `jobs.move`)
    try:
        jobs.move(job, to, event, message=message, **more)
    except JobMovedError:
        return  # cancelled, begun or ended meanwhile
