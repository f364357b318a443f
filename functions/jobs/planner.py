"""Planning a job: count its inputs, split them into shards, and hand those to the service that works on them.

The plan is frozen by one conditional write to S3, and whatever it names is written before it. So a planner that
crashes, or two at a time, end with one plan, whatever has become of the source meanwhile.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from jobs import prefixes
from jobs.errors import InputSourceError, SourceChangedError, UnplannableError
from jobs.services import QUEUES
from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.files.model import JOBS, place
from pentarch.platform.ids import uuid7
from pentarch.work import facts, inputs, jobs, owner, queue, results, shards
from pentarch.work.errors import JobMovedError, JobQuotaError
from pentarch.work.inputs import Span, is_by_line, line_spans, segments, to_manifest
from pentarch.work.model import Job, JobState, Shard
from pentarch.work.quota import Quota
from pentarch.work.sharding import MAX_INPUTS, split
from pentarch.work.worker import message

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Plan:
    id: str
    total: int


def plan(job: Job, at: datetime) -> None:
    """Bring a queued job to run. A repeat changes nothing, and sends what may not have been sent."""
    if job.state is JobState.QUEUED:
        try:
            _start(job, at)
        except (UnplannableError, JobQuotaError) as error:
            fail(job, str(error), at)
            return
        except JobMovedError:
            job = jobs.get(job.tenant, job.id) or job
    if not job.state.ended:
        _dispatch(job)


def fail(job: Job, reason: str, at: datetime) -> None:
    event = facts.event_of(job, facts.FAILED, at, status=JobState.FAILED, reason=reason, was=job.state)
    jobs.move(job, JobState.FAILED, event, message=reason, level="ERROR")


def _start(job: Job, at: datetime) -> None:
    frozen = _frozen(job) or _freeze(job)
    made = [
        Shard(job.tenant, job.id, number, run.start, len(run), _manifest(job, frozen.id, number))
        for number, run in enumerate(split(frozen.total))
    ]
    shards.add(made, at)
    event = facts.event_of(job, facts.STARTED, at, inputs=frozen.total, shards=len(made))
    message = f"Processing started: {frozen.total} inputs in {len(made)} shards"
    jobs.move(job, JobState.RUNNING, event, message=message, total=frozen.total, quota=_quota(job))


def _quota(job: Job) -> Quota | None:
    """Only of a job whose inputs are counted here: the others' were when it was made."""
    return owner.quota(job.tenant) if job.total is None else None


def _dispatch(job: Job) -> None:
    bodies = [
        message(job.tenant, job.id, shard.number) for shard in shards.of_job(job.tenant, job.id) if not shard.done
    ]
    queue.send_all(queue.at_priority(QUEUES[job.service], job.priority), bodies, tenant=job.tenant)


def _frozen(job: Job) -> Plan | None:
    try:
        return Plan(**json.loads(files.get(_place(job, "plan.json"))))
    except FileMissingError:
        return None


def _freeze(job: Job) -> Plan:
    """Cut the inputs as they are counted. What is held at a time is one shard's: they are read again for that."""
    plan = Plan(uuid7(), job.total or _counted(job))
    found = _spans(job)
    for number, run in enumerate(split(plan.total)):
        spans = list(islice(found, len(run)))
        if len(spans) < len(run):
            raise SourceChangedError
        files.put(_manifest(job, plan.id, number), to_manifest(segments(spans)), _JSON)
    if next(found, None) is not None:
        raise SourceChangedError
    body = json.dumps({"id": plan.id, "total": plan.total}).encode()
    if files.put_once(_place(job, "plan.json"), body, _JSON):
        return plan
    return _frozen(job) or plan


def _counted(job: Job) -> int:
    count = sum(1 for _ in islice(_spans(job), MAX_INPUTS + 1))
    if not count:
        msg = "The source holds no input"
        raise UnplannableError(msg)
    if count > MAX_INPUTS:
        msg = f"The source holds more than {MAX_INPUTS} inputs"
        raise UnplannableError(msg)
    return count


def _failed(job: Job, before: str) -> Iterator[Span]:
    """The inputs of an ended job that have no answer."""
    found = 0
    for shard in shards.of_job(job.tenant, before):
        wanted = results.failed_of(shard)
        if wanted:
            found += len(wanted)
            try:
                yield from inputs.chosen(shard.manifest, first=shard.first, wanted=wanted)
            except FileMissingError as error:
                msg = "The inputs of the job that is to be tried again are no longer there"
                raise UnplannableError(msg) from error
    if found != job.total:
        msg = "The results of the job that is to be tried again are no longer kept"
        raise UnplannableError(msg)


def _spans(job: Job) -> Iterator[Span]:
    if job.retry_of is not None:
        yield from _failed(job, job.retry_of)
        return
    source = job.source
    if source.is_prefix:
        found = files.entries(_prefix(job))
    else:
        request = files.entry(source.key)
        if request is None:
            msg = "The inputs are no longer there"
            raise UnplannableError(msg)
        found = iter([request])
    for entry in found:
        if is_by_line(entry.key):
            yield from line_spans(entry.key, entry.etag, files.chunks(entry.key, etag=entry.etag))
        else:
            yield Span(entry.key, entry.etag, 0, entry.size)


def _prefix(job: Job) -> str:
    if not job.source.key.startswith(prefixes.SCHEME):
        return job.source.key
    try:
        return prefixes.checked(job.tenant, job.source.key)
    except InputSourceError as error:
        raise UnplannableError(str(error)) from error


def _manifest(job: Job, plan_id: str, number: int) -> str:
    return _place(job, "inputs", plan_id, f"{number:04}.json")


def _place(job: Job, *names: str) -> str:
    return place(JOBS, job.tenant, job.id, *names)
