"""Before a job is planned: its time comes, and the jobs that it depends on end.

Both are told by messages: a one-time schedule's, and one from each of those jobs at its end. Each message only makes
the job be looked at, so it does no harm when it comes twice or early. None can be missed: the row by which a job finds
its dependents is written with the dependent, which looks at the job itself afterwards.
"""

from datetime import datetime
from typing import Any

from pentarch.work import facts, jobs, later, queue
from pentarch.work.errors import JobMovedError
from pentarch.work.model import Job, JobState

NAME = "JOBS"
STEP = "plan"


def advance(job: Job, at: datetime) -> None:
    """Bring a job that is scheduled or waits as far as it can go; another that moves it meanwhile has told so."""
    try:
        if job.state is JobState.SCHEDULED:
            _begin(job, at)
        elif job.state is JobState.WAITING:
            _settle(job, at)
    except JobMovedError:
        return


def release(job: Job) -> None:
    """Let whoever depends on an ended job look at it."""
    bodies = [message(job.tenant, dependent) for dependent in jobs.dependents(job.tenant, job.id)]
    queue.send_all(f"{NAME}_QUEUE_URL", bodies, tenant=job.tenant)


def unschedule(job: Job) -> None:
    """Take away the schedule of a job that ended before its time."""
    if job.scheduled_at is not None and job.started_at is None:
        body = message(job.tenant, job.id)
        later.remove(later.schedule_name(NAME, body, job.scheduled_at))


def message(tenant: str, job_id: str) -> dict[str, Any]:
    return {"step": STEP, "tenant": tenant, "job_id": job_id}


def _begin(job: Job, at: datetime) -> None:
    if job.scheduled_at is not None and job.scheduled_at > at:
        later.send(NAME, message(job.tenant, job.id), tenant=job.tenant, at=job.scheduled_at, now=at)
    elif job.depends_on:
        event = facts.event_of(job, facts.WAITING, at, depends_on=list(job.depends_on))
        jobs.move(job, JobState.WAITING, event, message="Waiting for other jobs")
    else:
        _queue(job, at)


def _settle(job: Job, at: datetime) -> None:
    needed = dict(zip(job.depends_on, jobs.get_many(job.tenant, job.depends_on), strict=True))
    states = {job_id: one.state if one else JobState.FAILED for job_id, one in needed.items()}
    for job_id, state in states.items():
        if state.ended and state is not JobState.COMPLETED:
            reason = f"The job depends on {job_id}, which is {state}"
            event = facts.event_of(job, facts.FAILED, at, status=JobState.FAILED, reason=reason, was=job.state)
            jobs.move(job, JobState.FAILED, event, message=reason, level="ERROR")
            return
    if all(state is JobState.COMPLETED for state in states.values()):
        _queue(job, at)


def _queue(job: Job, at: datetime) -> None:
    jobs.move(job, JobState.QUEUED, facts.event_of(job, facts.QUEUED, at, was=job.state), message="Job queued")
