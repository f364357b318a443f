"""What callers do with jobs that are there: see and cancel them, and read their results."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from jobs import delegating
from jobs.errors import JobEndedError, JobNotFoundError, NoResultsError
from jobs.ids import is_job_id
from pentarch.identity.model import Caller
from pentarch.work import facts, jobs, shards
from pentarch.work.errors import JobMovedError
from pentarch.work.model import Job, JobState, Progress, Results

_CANCEL_ATTEMPTS = 5
"""A job can move four times at most before it has ended."""
_THREADS = 8


def get(tenant: str, job_id: str) -> Job:
    job = jobs.get(tenant, job_id) if is_job_id(job_id) else None
    if job is None:
        raise JobNotFoundError
    return job


def progress(job: Job) -> Progress:
    """Exact at any time: a job whose results are collected knows it, of any other the shards are added up.

    What another part of the stack does is as far as its last event told.
    """
    told = _told(job)
    return _counted(job) if told is None else told


def percentages(page: Sequence[Job]) -> dict[str, float]:
    """How far each of several jobs is. Shards are asked for side by side: a page may be full of jobs that run."""
    told = {job.id: found.percentage for job in page if (found := _told(job)) is not None}
    running = [job for job in page if job.id not in told]
    with ThreadPoolExecutor(_THREADS) as threads:
        return told | {job.id: one.percentage for job, one in zip(running, threads.map(_counted, running), strict=True)}


def _told(job: Job) -> Progress | None:
    """What the job itself tells; None while only its shards can."""
    if job.completed is not None and job.failed is not None:
        return Progress(resolved=job.completed + job.failed, failed=job.failed, total=job.total or 0)
    if job.reached is not None:
        return job.reached
    if job.started_at is None or delegating.is_delegated(job):
        return Progress(total=job.total or 0)
    return None


def _counted(job: Job) -> Progress:
    return shards.progress(shards.of_job(job.tenant, job.id))


def cancel(caller: Caller, job_id: str, at: datetime) -> Job:
    for _ in range(_CANCEL_ATTEMPTS):
        job = get(caller.tenant, job_id)
        if job.state.ended:
            msg = f"the job is {job.state} already"
            raise JobEndedError(msg, details={"status": job.state})
        event = facts.event_of(job, facts.CANCELLED, at, actor=caller.subject, was=job.state)
        try:
            jobs.move(job, JobState.CANCELLED, event, message="Job cancelled", level="WARNING")
        except JobMovedError:
            continue
        return job
    msg = "the job changes too fast; try again"
    raise JobMovedError(msg, retry_after=1)


def results(job: Job) -> Results:
    if job.results is not None:
        return job.results
    match job.state:
        case JobState.FAILED:
            msg = "the job failed before it had results"
        case JobState.CANCELLED:
            msg = "the job was cancelled; what it had done by then is collected shortly, if there is any"
        case _:
            msg = f"the job is {job.state}: its results come when it ends"
    raise NoResultsError(msg, details={"status": job.state})
