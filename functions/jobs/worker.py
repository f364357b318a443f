"""Takes the messages about whole jobs: plan one, or collect its results."""

from jobs import collector, planner
from pentarch.platform import clock
from pentarch.platform.observability import logger
from pentarch.work import jobs
from pentarch.work.messages import Run, consumer
from pentarch.work.model import JobState


def step(run: Run) -> None:
    tenant, job_id = str(run.body["tenant"]), str(run.body["job_id"])
    match run.body["step"]:
        case "plan":
            _plan(run, tenant, job_id)
        case collector.STEP:
            collector.collect(tenant, job_id, clock.now())
        case unknown:
            msg = f"{unknown!r} is no step of a job"
            raise ValueError(msg)


def _plan(run: Run, tenant: str, job_id: str) -> None:
    """On the last receive a job that still cannot be planned fails, so that nobody waits for it."""
    try:
        planner.plan(tenant, job_id, clock.now())
    except Exception:
        job = jobs.get(tenant, job_id) if run.is_last else None
        if job is None or job.state is not JobState.QUEUED:
            raise
        logger().exception("planning given up", job_id=job_id)
        planner.fail(job, "The inputs could not be read", clock.now())


handler = consumer(collector.QUEUE, step)
