"""Collecting a job: when its last shard is done, one file of all results, and the job's end."""

from datetime import datetime

from pentarch.files import store as files
from pentarch.files.assembly import Assembly
from pentarch.files.model import JOBS, place
from pentarch.work import facts, jobs, pace, queue, results, shards
from pentarch.work.errors import JobMovedError
from pentarch.work.model import Job, JobState, Progress, Results

QUEUE = "JOBS_QUEUE_URL"
STEP = "collect"
_PACE_ATTEMPTS = 3
_LOOK_AGAIN_S = 15
"""A worker gives its lease back with the input that it is at, which is long before the lease ends."""


def collect(tenant: str, job_id: str, at: datetime) -> None:
    """End a running job all of whose shards are done, or gather what a cancelled one had done. Else do nothing."""
    job = jobs.get(tenant, job_id)
    if job is None or job.results is not None or job.started_at is None:
        return
    if job.state is JobState.RUNNING and shards.all_done(tenant, job_id):
        _end(job, shards.progress(shards.of_job(tenant, job_id)), at)
    elif job.state is JobState.CANCELLED:
        found = shards.progress(shards.of_job(tenant, job_id))
        if found.leased_until is not None and found.leased_until > at:
            # A worker is still at its last input: look again until it is done with that, or its lease ends.
            body = {"step": STEP, "tenant": tenant, "job_id": job_id}
            wait = min(_LOOK_AGAIN_S, max(1, round((found.leased_until - at).total_seconds())))
            queue.send(QUEUE, body, tenant=tenant, delay_s=wait)
        elif found.resolved:
            _gather(job, found, at)


def _end(job: Job, found: Progress, at: datetime) -> None:
    written = _write(job)
    completed = found.resolved - found.failed
    state = JobState.COMPLETED if completed else JobState.FAILED
    event_type = facts.COMPLETED if completed else facts.FAILED
    event = facts.event_of(
        job, event_type, at, status=state, completed=completed, failed=found.failed, results=written.key
    )
    for attempt in range(1, _PACE_ATTEMPTS + 1):
        try:
            jobs.move(
                job,
                state,
                event,
                message=_summary(completed, found.failed),
                level="INFO" if completed else "ERROR",
                completed=completed,
                failed=found.failed,
                results=written,
                pace=pace.change(job, found) if attempt < _PACE_ATTEMPTS else None,
            )
        except pace.PaceChangedError:
            continue
        except JobMovedError:
            return  # cancelled, or ended by another message like this one
        else:
            return


def _gather(job: Job, found: Progress, at: datetime) -> None:
    written = _write(job)
    completed = found.resolved - found.failed
    event = facts.event_of(
        job, facts.RESULTS_COLLECTED, at, completed=completed, failed=found.failed, results=written.key
    )
    message = f"Results of {found.resolved} inputs kept"
    try:
        jobs.attach_results(job, written, event, completed=completed, failed=found.failed, message=message)
    except JobMovedError:
        return  # another message like this one was faster


def tidy(job: Job) -> None:
    """Remove what the file of results was put together of."""
    if job.results is not None and job.started_at is not None:
        files.delete_below(place(JOBS, job.tenant, job.id, "parts") + "/")


def _write(job: Job) -> Results:
    """The same file however often it is written: results never change once they are there.

    It is put together of the shards' own objects; of a shard that was not worked through, of its single results.
    """
    form = results.form_of(job)
    key = place(JOBS, job.tenant, job.id, f"results.{results.name_of(job)}")
    size = len(form.before)
    with Assembly(key, form.media_type) as whole:
        whole.write(form.before)
        left_out = len(form.between)  # before the first result of all
        for shard in shards.of_job(job.tenant, job.id):
            if shard.part_size is not None:
                whole.append(results.part_key(shard), shard.part_size, start=left_out)
                size, left_out = size + shard.part_size - left_out, 0
                continue
            for line in results.of_shard(shard):
                piece = (form.between + line)[left_out:]
                whole.write(piece)
                size, left_out = size + len(piece), 0
        whole.write(form.after)
    return Results(key, size + len(form.after), form.media_type)


def _summary(completed: int, failed: int) -> str:
    return f"Processing ended: {completed} inputs answered, {failed} failed"
