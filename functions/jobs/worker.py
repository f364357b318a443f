"""Takes the messages about whole jobs: plan one, collect its results, follow what it began, make what recurs."""

from jobs import collector, delegating, planner, recurring, starting
from pentarch.platform import clock
from pentarch.platform.observability import logger
from pentarch.work import dead_letters, jobs
from pentarch.work.messages import Run, consumer
from pentarch.work.model import JobState

_NOT_YET = frozenset({JobState.SCHEDULED, JobState.WAITING})


def step(run: Run) -> None:
    tenant, job_id = str(run.body["tenant"]), str(run.body.get("job_id"))
    match run.body["step"]:
        case "plan":
            _plan(run, tenant, job_id)
        case collector.STEP:
            collector.collect(tenant, job_id, clock.now())
        case delegating.STEP:
            delegating.follow(tenant, str(run.body["target"]))
        case "recurrence":
            recurring.apply(tenant, str(run.body["recurrence_id"]))
        case recurring.STEP:
            recurring.fire(run)
        case "end":
            _end(tenant, job_id)
        case unknown:
            msg = f"{unknown!r} is no step of a job"
            raise ValueError(msg)


def _end(tenant: str, job_id: str) -> None:
    job = jobs.get(tenant, job_id)
    if job is None or not job.state.ended:
        return
    starting.unschedule(job)
    starting.release(job)
    if delegating.is_delegated(job):
        delegating.settle(job)
        return
    if job.state is JobState.CANCELLED:
        collector.collect(tenant, job_id, clock.now())
        job = jobs.get(tenant, job_id) or job
    collector.tidy(job)


def _plan(run: Run, tenant: str, job_id: str) -> None:
    """On the last receive a job that still cannot be planned fails, so that nobody waits for it."""
    at = clock.now()
    try:
        job = jobs.get(tenant, job_id)
        if job is None:
            logger().error("a message names a job that does not exist", job_id=job_id)
        elif job.state in _NOT_YET:
            starting.advance(job, at)
        elif delegating.is_delegated(job):
            delegating.start(job, at, is_repeat=run.receives > 1)
        else:
            planner.plan(job, at)
    except Exception:
        job = jobs.get(tenant, job_id) if run.is_last else None
        if job is not None and delegating.is_delegated(job) and job.state is JobState.RUNNING and not job.target:
            delegating.give_up(job)
            return
        if job is None or job.state not in _NOT_YET | {JobState.QUEUED}:
            raise
        logger().exception("planning given up", job_id=job_id)
        planner.fail(job, "The inputs could not be read", clock.now())


handler = consumer(collector.QUEUE, step, given_up=dead_letters.note)
