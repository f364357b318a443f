"""HTTP entry point of jobs, as the Ai-semble reference has them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Response

from jobs import creating, dead_letters_api, recurring_api, schemas, service
from jobs.ids import is_job_id
from pentarch.files import store as files
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.web.access import access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router
from pentarch.work import jobs, pace
from pentarch.work.model import Job, JobState

MAX_LIMIT = 100
MAX_OFFSET = 100_000
"""Walked by keys, 0.1 KB each; whoever wants more follows `next_cursor`."""
MAX_BODY_BYTES = 5 * 1024 * 1024
"""Lambda answers with 6 MB at most; larger results are an address to fetch them from."""
ADDRESS_LIFETIME_S = 3600

router = governed_router(prefix="/api/v2/jobs", tags=["Ai-semble: jobs"])


@router.post("", status_code=201, summary="Create a job")
@access("jobs:write", spends=True, idempotent=True)
async def create_job(body: schemas.JobRequest, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    now = clock.now()
    return _made(creating.create(caller, body, correlation_id, now), now)


@router.post("/{job_id}/retry", status_code=201, summary="Make a job of the inputs that failed in another")
@access("jobs:write", spends=True, idempotent=True)
async def retry_job(job_id: str, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    now = clock.now()
    return _made(creating.retry(caller, job_id, correlation_id, now), now)


@router.get("", summary="List jobs, newest first")
@access("jobs:read")
async def list_jobs(
    caller: CurrentCaller,
    status: JobState | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 20,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
    cursor: str | None = None,
) -> dict[str, Any]:
    if cursor is not None and not is_job_id(cursor):
        msg = "cursor is the next_cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor")
    page = jobs.page(caller.tenant, status, limit=limit, offset=offset, cursor=cursor)
    return schemas.listed(page, service.percentages(page.jobs), limit=limit, offset=offset)


@router.get("/{job_id}", summary="A job's state, progress and log")
@access("jobs:read")
async def get_job(job_id: str, caller: CurrentCaller) -> dict[str, Any]:
    job = service.get(caller.tenant, job_id)
    progress = service.progress(job)
    measured = None if job.state.ended else pace.read(job.tenant, job.service)
    end = pace.estimated_end(job, clock.now(), seconds_per_input=measured, progress=progress)
    address = files.presigned_url(job.results.key, expires_in_s=ADDRESS_LIFETIME_S) if job.results else None
    return schemas.detailed(job, progress, end, address)


@router.get("/{job_id}/results", summary="A job's results: the file itself, or where to fetch it when it is large")
@access("jobs:read")
async def get_results(job_id: str, caller: CurrentCaller) -> Response:
    results = service.results(service.get(caller.tenant, job_id))
    if results.size <= MAX_BODY_BYTES:
        return Response(files.get(results.key), media_type=results.media_type)
    address = files.presigned_url(results.key, expires_in_s=ADDRESS_LIFETIME_S)
    return JsonReply(schemas.elsewhere(results, address, ADDRESS_LIFETIME_S))


@router.delete("/{job_id}", summary="Cancel a job")
@access("jobs:write")
async def cancel_job(job_id: str, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    return schemas.cancelled(service.cancel(caller, job_id, now), now)


def _made(job: Job, at: datetime) -> dict[str, Any]:
    measured = pace.read(job.tenant, job.service)
    return schemas.created(job, pace.estimated_end(job, at, seconds_per_input=measured))


app = build_app("Pentarch jobs", recurring_api.router, dead_letters_api.router, router)
handler = lambda_handler(app)
