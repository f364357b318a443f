"""Bodies of the jobs API, as the Ai-semble reference has them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from jobs.delegates import DELEGATES
from pentarch.platform.clock import iso
from pentarch.work.jobs import Page
from pentarch.work.model import MAX_DEPENDENCIES, Job, Priority, Progress, Results
from pentarch.work.recurrences import Recurrence


class JobTemplate(BaseModel):
    """What a job is to do."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"\S")]
    type: Literal["batch_processing", "inference", "training", "compliance_scan", "export", "workflow"]
    service: Literal["llm", "vision", "nlp", "specialists", "compliance", "workflows"] = Field(
        default="llm", description="Of the first two types which one works; of the others it says itself who does"
    )
    parameters: dict[str, Any]
    priority: Priority = Priority.NORMAL

    @model_validator(mode="before")
    @classmethod
    def _whose(cls, given: Any) -> Any:  # noqa: ANN401 (whatever was sent)
        """A type that one part of the stack does needs no service; of the others it must be said."""
        kind = given.get("type") if isinstance(given, Mapping) else None
        if not isinstance(kind, str) or kind not in DELEGATES:
            if isinstance(given, Mapping) and "service" not in given:
                msg = "service says who works on the inputs"
                raise ValueError(msg)
            return given
        return {"service": DELEGATES[kind].service, **given}

    @model_validator(mode="after")
    def _fits(self) -> "JobTemplate":
        delegate = DELEGATES.get(self.type)
        services = ("llm", "vision", "nlp") if delegate is None else (delegate.service,)
        if self.service not in services:
            msg = f"the service of a job of the type {self.type} is one of: {', '.join(services)}"
            raise ValueError(msg)
        return self


class JobRequest(JobTemplate):
    """And when."""

    scheduled_at: AwareDatetime | None = None
    depends_on: Annotated[list[str], Field(max_length=MAX_DEPENDENCIES)] = []


class RecurringJob(JobTemplate):
    """What a recurring job makes each time; its time is the recurrence's."""

    model_config = ConfigDict(extra="forbid")


class RecurrenceRequest(BaseModel):
    """One of `expression` and `interval`."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"\S")]
    expression: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    interval: Literal["daily", "weekly", "monthly", "quarterly"] | None = None
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "UTC"
    enabled: bool = True
    job: RecurringJob

    @model_validator(mode="after")
    def _one_of_both(self) -> "RecurrenceRequest":
        if (self.expression is None) == (self.interval is None):
            msg = "give either expression or interval"
            raise ValueError(msg)
        return self


def created(job: Job, estimated_end: datetime | None) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "name": job.name,
        "status": job.state,
        "created_at": iso(job.created_at),
        "estimated_completion": _iso(estimated_end),
        "priority": job.priority,
        **{name: value for name, value in _conditions(job).items() if value},
    }


def detailed(
    job: Job, progress: Progress, estimated_end: datetime | None, results_url: str | None = None
) -> dict[str, Any]:
    """`progress.completed` counts every input that is done with; `failed` of them have no answer."""
    return {
        "job_id": job.id,
        "name": job.name,
        "type": job.type,
        "service": job.service,
        "status": job.state,
        "priority": job.priority,
        "parameters": job.parameters,
        "progress": {
            "completed": progress.resolved,
            "failed": progress.failed,
            "total": progress.total,
            "percentage": progress.percentage,
        },
        "created_at": iso(job.created_at),
        "started_at": _iso(job.started_at),
        "completed_at": _iso(job.ended_at),
        "estimated_completion": _iso(estimated_end),
        **_conditions(job),
        "results_available": job.results is not None,
        "results_url": results_url,
        "logs": [{"timestamp": iso(line.at), "level": line.level, "message": line.message} for line in job.log],
    }


def _conditions(job: Job) -> dict[str, Any]:
    return {
        "scheduled_at": _iso(job.scheduled_at),
        "depends_on": list(job.depends_on),
        "retry_of": job.retry_of,
        "recurrence_id": job.recurrence,
        "target_id": job.target,
    }


def listed(page: Page, percentages: Mapping[str, float], *, limit: int, offset: int) -> dict[str, Any]:
    rows = [
        {
            "job_id": job.id,
            "name": job.name,
            "status": job.state,
            "progress": percentages[job.id],
            "created_at": iso(job.created_at),
        }
        for job in page.jobs
    ]
    pagination = {
        "limit": limit,
        "offset": offset,
        "total": page.total,
        "has_more": page.next_cursor is not None,
        "next_cursor": page.next_cursor,
    }
    return {"jobs": rows, "pagination": pagination}


def cancelled(job: Job, at: datetime) -> dict[str, Any]:
    message = "Job cancelled successfully"
    return {"job_id": job.id, "status": "cancelled", "cancelled_at": iso(at), "message": message}


def recurring(one: Recurrence, next_at: datetime | None) -> dict[str, Any]:
    missed = one.last_missed
    return {
        "recurrence_id": one.id,
        "name": one.name,
        "status": "active" if one.enabled else "paused",
        "expression": one.expression,
        "time_zone": one.time_zone,
        "next_at": _iso(next_at),
        "job": dict(one.job),
        "jobs_made": one.fired,
        "last_job_id": one.last_job,
        "last_due_at": _iso(one.last_due),
        "missed": one.missed,
        "last_missed": None if missed is None else {"due_at": iso(missed.due_at), "reason": missed.reason},
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
    }


def elsewhere(results: Results, address: str, expires_in_s: int) -> dict[str, Any]:
    return {
        "results_url": address,
        "expires_in": expires_in_s,
        "size_bytes": results.size,
        "media_type": results.media_type,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)
