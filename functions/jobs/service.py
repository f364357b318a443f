"""What callers do with jobs: make, see, list and cancel them, and read their results."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from jobs import sources
from jobs.errors import InputSourceError, JobEndedError, JobNotFoundError, NoResultsError, NothingToRetryError
from jobs.ids import is_job_id, new_job_id
from jobs.parameters import PARAMETERS, JobParameters
from jobs.schemas import JobRequest
from pentarch.files import store as files
from pentarch.files.model import JOBS, Location, place
from pentarch.identity.model import Caller
from pentarch.platform.errors import InvalidInputError
from pentarch.work import facts, jobs, shards
from pentarch.work.errors import JobMovedError
from pentarch.work.model import Job, JobState, LogLine, Owner, Progress, Results, Source
from pentarch.work.quota import quota_of

_LINES = "application/x-ndjson"
MAX_WAIT = timedelta(days=366)
_CANCEL_ATTEMPTS = 5
"""A job can move four times at most before it has ended."""


def create(caller: Caller, asked: JobRequest, correlation_id: str, at: datetime) -> Job:
    """Keep the inputs, then the job and its event in one transaction; planning follows from the event."""
    begins = _begin(asked, at)
    needed = _dependencies(caller.tenant, asked)
    parameters = _parameters(asked)
    job_id = new_job_id(at)
    source, total = _source(caller.tenant, job_id, parameters)
    state = JobState.SCHEDULED if begins else JobState.WAITING if needed else JobState.QUEUED
    job = Job(
        tenant=caller.tenant,
        id=job_id,
        name=asked.name,
        type=asked.type,
        service=asked.service,
        parameters=parameters.kept(),
        priority=asked.priority,
        state=state,
        created_at=at,
        owner=_owner(caller),
        source=source,
        correlation_id=correlation_id,
        total=total,
        log=(LogLine(at, "INFO", f"Job {state}"),),
        scheduled_at=begins,
        depends_on=needed,
    )
    _add(job, caller, at)
    return job


def retry(caller: Caller, job_id: str, correlation_id: str, at: datetime) -> Job:
    """Make a job of the inputs without an answer in one that has ended: a job's end, and its results, are for good."""
    before = get(caller.tenant, job_id)
    if not before.state.ended:
        msg = f"the job is {before.state}: what fails can be tried again when it has ended"
        raise NothingToRetryError(msg, details={"status": before.state})
    if not before.failed:
        msg = "no input of the job has failed"
        raise NothingToRetryError(msg, details={"status": before.state})
    job = replace(
        before,
        id=new_job_id(at),
        state=JobState.QUEUED,
        created_at=at,
        owner=_owner(caller),
        source=Source("", is_prefix=False),
        correlation_id=correlation_id,
        total=before.failed,
        started_at=None,
        ended_at=None,
        completed=None,
        failed=None,
        results=None,
        log=(LogLine(at, "INFO", f"Job queued: the {before.failed} failed inputs of {before.id}"),),
        scheduled_at=None,
        depends_on=(),
        retry_of=before.id,
    )
    _add(job, caller, at)
    return job


def _add(job: Job, caller: Caller, at: datetime) -> None:
    event = facts.event_of(
        job, facts.CREATED, at, job_type=job.type, priority=job.priority, inputs=job.total, state=job.state
    )
    jobs.add(job, event, quota_of(caller.tier))


def _owner(caller: Caller) -> Owner:
    return Owner(caller.subject, caller.kind, caller.roles, caller.scopes)


def _begin(asked: JobRequest, at: datetime) -> datetime | None:
    """When the job is to begin; None: now, as also where the time has passed."""
    begins = asked.scheduled_at
    if begins is None or begins <= at:
        return None
    if begins > at + MAX_WAIT:
        msg = f"scheduled_at is {MAX_WAIT.days} days ahead at most"
        raise InvalidInputError(msg, field="scheduled_at")
    return begins.astimezone(UTC)


def _dependencies(tenant: str, asked: JobRequest) -> tuple[str, ...]:
    needed = tuple(dict.fromkeys(asked.depends_on))
    found = jobs.get_many(tenant, needed) if all(map(is_job_id, needed)) else [None]
    if not all(found):
        msg = "depends_on names a job that does not exist"
        raise InvalidInputError(msg, field="depends_on")
    for job in found:
        if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED):
            msg = f"depends_on names {job.id}, which is {job.state}"
            raise InvalidInputError(msg, field="depends_on")
    return needed


def get(tenant: str, job_id: str) -> Job:
    job = jobs.get(tenant, job_id) if is_job_id(job_id) else None
    if job is None:
        raise JobNotFoundError
    return job


def progress(job: Job) -> Progress:
    """Exact at any time: a job whose results are collected knows it, of any other the shards are added up."""
    if job.completed is not None and job.failed is not None:
        return Progress(resolved=job.completed + job.failed, failed=job.failed, total=job.total or 0)
    if job.started_at is None:
        return Progress(total=job.total or 0)
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


def _parameters(asked: JobRequest) -> JobParameters:
    schema = PARAMETERS.get(asked.service)
    if schema is None:
        msg = f"jobs of the service {asked.service!r} are not offered yet, only of: {', '.join(sorted(PARAMETERS))}"
        raise InvalidInputError(msg, field="service")
    try:
        return schema.model_validate(asked.parameters)
    except ValidationError as error:
        first: Any = error.errors(include_url=False)[0]
        field = ".".join(["parameters", *(str(part) for part in first["loc"])])
        msg = f"{field}: {first['msg']}"
        raise InvalidInputError(msg, field=field) from error


def _source(tenant: str, job_id: str, parameters: JobParameters) -> tuple[Source, int | None]:
    """Where the inputs are from now on, and how many there are if that is known yet."""
    address = parameters.input_source
    if address is not None and not address.startswith(sources.DATA_SCHEME):
        return Source(_location(tenant, address).prefix, is_prefix=True), None
    lines = sources.from_inline(parameters.inputs or ()) if address is None else sources.from_data_url(address)
    key = place(JOBS, tenant, job_id, "request.jsonl")
    files.put(key, b"\n".join(lines) + b"\n", _LINES)
    return Source(key, is_prefix=False), len(lines)


def _location(tenant: str, address: str) -> Location:
    location = Location.parse(address)
    if location is None:
        msg = "input_source is an s3:// address or a data: URL"
        raise InputSourceError(msg)
    if location.bucket != os.environ["FILES_BUCKET"] or not location.belongs_to(tenant):
        msg = f"jobs read from s3://{files.bucket()}/{place('files', tenant)}/ only"
        raise InputSourceError(msg)
    if not files.has_entries(location.prefix):
        msg = "there is no object below this prefix"
        raise InputSourceError(msg)
    return location
