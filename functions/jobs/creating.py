"""Making jobs: of what a caller asks, or of what failed in a job that has ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast

from pydantic import BaseModel, ValidationError

from jobs import prefixes, service, sources
from jobs.delegates import DELEGATES
from jobs.errors import NothingToRetryError
from jobs.ids import is_job_id, new_job_id
from jobs.parameters import PARAMETERS, JobParameters
from jobs.schemas import JobRequest, JobTemplate
from pentarch.files import store as files
from pentarch.files.model import JOBS, place
from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.model import Caller
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.tables import Transaction
from pentarch.work import facts, jobs
from pentarch.work.model import Job, JobState, LogLine, Owner, Source
from pentarch.work.quota import quota_of

_LINES = "application/x-ndjson"
_NO_SOURCE = Source("", is_prefix=False)
MAX_KEPT_BYTES = 64 * 1024
"""An item holds 400 KB, and a firing reads it."""
MAX_WAIT = timedelta(days=366)


class Parameters(Protocol):
    """What a job of any type was asked for."""

    def kept(self) -> dict[str, Any]: ...


def create(
    caller: Caller,
    asked: JobRequest,
    correlation_id: str,
    at: datetime,
    *,
    job_id: str | None = None,
    recurrence: str | None = None,
    also: Callable[[Transaction], None] | None = None,
) -> Job:
    """Keep the inputs, then the job and its event in one transaction; planning follows from the event.

    With a `job_id` of one's own JobExistsError tells that it was made before. `also` adds to the transaction.
    """
    begins = _begin(asked, at)
    needed = _dependencies(caller.tenant, asked)
    require_leave(caller, asked)
    parameters = checked(asked)
    job_id = job_id or new_job_id(at)
    if isinstance(parameters, JobParameters):
        source, total = _source(caller.tenant, job_id, parameters, begins)
    else:
        source, total = _NO_SOURCE, 1
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
        owner=Owner.of(caller),
        source=source,
        correlation_id=correlation_id,
        total=total,
        log=(LogLine(at, "INFO", f"Job {state}"),),
        scheduled_at=begins,
        depends_on=needed,
        recurrence=recurrence,
    )
    _add(job, caller, at, also)
    return job


def require_leave(caller: Caller, asked: JobTemplate) -> None:
    """Who may not begin a thing may not by a job. Raises PermissionDeniedError."""
    delegate = DELEGATES.get(asked.type)
    missing = [scope for scope in delegate.needs if not caller.may(scope)] if delegate else []
    if missing:
        raise PermissionDeniedError(missing[0])


def require(caller: Caller, asked: JobTemplate) -> None:
    """That such a job can be made later. Raises PermissionDeniedError, and InvalidInputError, which names the field."""
    require_leave(caller, asked)
    checked(asked)
    if len(asked.model_dump_json().encode()) > MAX_KEPT_BYTES:
        msg = f"a recurring job has {MAX_KEPT_BYTES} bytes at most: let input_source say where its inputs lie"
        raise InvalidInputError(msg, field="job.parameters")


def retry(caller: Caller, job_id: str, correlation_id: str, at: datetime) -> Job:
    """Make a job of the inputs without an answer in one that has ended: a job's end, and its results, are for good."""
    before = service.get(caller.tenant, job_id)
    if not before.state.ended:
        msg = f"the job is {before.state}: what fails can be tried again when it has ended"
        raise NothingToRetryError(msg, details={"status": before.state})
    if not before.failed:
        msg = "no input of the job has failed"
        raise NothingToRetryError(msg, details={"status": before.state})
    delegated = before.type in DELEGATES
    again = "the same again as" if delegated else f"the {before.failed} failed inputs of"
    job = replace(
        before,
        id=new_job_id(at),
        state=JobState.QUEUED,
        created_at=at,
        owner=Owner.of(caller),
        source=_NO_SOURCE,
        correlation_id=correlation_id,
        total=1 if delegated else before.failed,
        started_at=None,
        ended_at=None,
        completed=None,
        failed=None,
        results=None,
        log=(LogLine(at, "INFO", f"Job queued: {again} {before.id}"),),
        scheduled_at=None,
        depends_on=(),
        retry_of=before.id,
        recurrence=None,
        target=None,
        reached=None,
    )
    _add(job, caller, at)
    return job


def _add(job: Job, caller: Caller, at: datetime, also: Callable[[Transaction], None] | None = None) -> None:
    event = facts.event_of(
        job, facts.CREATED, at, job_type=job.type, priority=job.priority, inputs=job.total, state=job.state
    )
    jobs.add(job, event, quota_of(caller.tenant, caller.tier), also=also)


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


def checked(asked: JobTemplate) -> Parameters:
    """The parameters as the service takes them. Raises InvalidInputError, which names the field."""
    delegate = DELEGATES.get(asked.type)
    schema: type[BaseModel] | None = delegate.parameters if delegate else PARAMETERS.get(asked.service)
    if schema is None:
        msg = f"jobs of the service {asked.service!r} are not offered yet, only of: {', '.join(sorted(PARAMETERS))}"
        raise InvalidInputError(msg, field="service")
    try:
        return cast("Parameters", schema.model_validate(asked.parameters))
    except ValidationError as error:
        first: Any = error.errors(include_url=False)[0]
        field = ".".join(["parameters", *(str(part) for part in first["loc"])])
        msg = f"{field}: {first['msg']}"
        raise InvalidInputError(msg, field=field) from error


def _source(tenant: str, job_id: str, parameters: JobParameters, begins: datetime | None) -> tuple[Source, int | None]:
    """Where the inputs are from now on, and how many there are if that is known yet.

    Of a job for later the address is kept, and looked at when its time comes: until then there may be nothing below it.
    """
    address = parameters.input_source
    if address is not None and not address.startswith(sources.DATA_SCHEME):
        prefixes.parsed(address)
        return Source(address if begins else prefixes.checked(tenant, address), is_prefix=True), None
    lines = sources.from_inline(parameters.inputs or ()) if address is None else sources.from_data_url(address)
    key = place(JOBS, tenant, job_id, "request.jsonl")
    files.put(key, b"\n".join(lines) + b"\n", _LINES)
    return Source(key, is_prefix=False), len(lines)
