# Written from _async by unasync.py ("make sdk"): change it there.
"""Ai-semble's jobs, models and operation."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client._sync.waiting import wait
from pentarch_client.models import Health, Job, LogLine, Model, ModelPerformance, OpsStatus, RecurringJob
from pentarch_client.records import Record
from pentarch_client.requests import Request, given

_JOB = "/api/v2/jobs/{job_id}"
_MODEL = "/api/v2/models/{model_id}"
_RECURRING = "/api/v2/jobs/recurring/{recurrence_id}"


class Jobs(Endpoints):
    def create(
        self,
        name: str,
        service: str,
        parameters: Mapping[str, Any],
        *,
        type: str = "batch_processing",  # noqa: A002 (the reference's name)
        priority: str | None = None,
        scheduled_at: datetime | str | None = None,
        depends_on: Sequence[str] | None = None,
    ) -> Job:
        at = scheduled_at.isoformat() if isinstance(scheduled_at, datetime) else scheduled_at
        body = given(
            name=name,
            type=type,
            service=service,
            parameters=dict(parameters),
            priority=priority,
            scheduled_at=at,
            depends_on=depends_on,
        )
        return Job(self._send("POST", "/api/v2/jobs", body=body))

    def list(self, *, status: str | None = None, limit: int | None = None, offset: int | None = None) -> Listing[Job]:
        return self._list("/api/v2/jobs", "jobs", Job, given(status=status, limit=limit, offset=offset))

    def get(self, job_id: str) -> Job:
        return Job(self._send("GET", _JOB, places={"job_id": job_id}))

    def wait(self, job_id: str, *, on_progress: Callable[[Job], object] | None = None, seconds: float = 3600) -> Job:
        return wait(
            lambda: self.get(job_id),
            lambda seen: seen.is_over,
            what=f"job {job_id}",
            seconds=seconds,
            tell=on_progress,
        )

    def results(self, job_id: str) -> Sequence[Record]:
        """One for each input, in the inputs' order."""
        content = self.results_file(job_id)
        text = content.decode()
        rows = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line]
        return [Record(row) for row in rows]

    def results_file(self, job_id: str) -> bytes:
        """The file as it is: JSON lines, or whatever the job's `output_format` says."""
        response = self._transport.file(Request("GET", _JOB + "/results", places={"job_id": job_id}))
        if response.headers.get("Content-Type", "").startswith("application/json") and response.content[:1] == b"{":
            elsewhere = response.json()
            if "results_url" in elsewhere:
                response = self._transport.fetch(elsewhere["results_url"])
        return response.content

    def cancel(self, job_id: str) -> Record:
        return Record(self._send("DELETE", _JOB, places={"job_id": job_id}))

    def retry(self, job_id: str) -> Job:
        """A new job of the inputs that failed in this one."""
        return Job(self._send("POST", _JOB + "/retry", places={"job_id": job_id}))

    def dead_letters(self) -> Record:
        """Messages about the tenant's jobs that were given up, the oldest first."""
        return Record(self._send("GET", "/api/v2/jobs/dead-letters"))

    def redrive(self, message_ids: Sequence[str] | None = None, *, all: bool | None = None) -> Record:  # noqa: A002 (the API's name)
        """Send given-up messages back to the queue that they came from: those that are named, or all."""
        body = given(message_ids=message_ids, all=all)
        return Record(self._send("POST", "/api/v2/jobs/dead-letters/redrive", body=body))


class RecurringJobs(Endpoints):
    """Jobs that are made again and again."""

    def create(
        self,
        name: str,
        job: Mapping[str, Any],
        *,
        expression: str | None = None,
        interval: str | None = None,
        time_zone: str | None = None,
        enabled: bool | None = None,
    ) -> RecurringJob:
        """By `rate(...)` or `cron(...)` in `expression`, or by a daily, weekly, monthly, quarterly interval."""
        body = given(
            name=name, job=dict(job), expression=expression, interval=interval, time_zone=time_zone, enabled=enabled
        )
        return RecurringJob(self._send("POST", "/api/v2/jobs/recurring", body=body))

    def list(self, *, limit: int | None = None) -> Listing[RecurringJob]:
        return self._list("/api/v2/jobs/recurring", "recurring_jobs", RecurringJob, given(limit=limit))

    def get(self, recurrence_id: str) -> RecurringJob:
        return RecurringJob(self._send("GET", _RECURRING, places={"recurrence_id": recurrence_id}))

    def pause(self, recurrence_id: str) -> RecurringJob:
        places = {"recurrence_id": recurrence_id}
        return RecurringJob(self._send("POST", _RECURRING + "/pause", places=places))

    def resume(self, recurrence_id: str) -> RecurringJob:
        places = {"recurrence_id": recurrence_id}
        return RecurringJob(self._send("POST", _RECURRING + "/resume", places=places))

    def delete(self, recurrence_id: str) -> None:
        """The jobs that it made stay."""
        self._send("DELETE", _RECURRING, places={"recurrence_id": recurrence_id})


class Models(Endpoints):
    def list(self) -> Sequence[Model]:
        return [Model(entry) for entry in (self._send("GET", "/api/v2/models"))["models"]]

    def get(self, model_id: str) -> Model:
        return Model(self._send("GET", _MODEL, places={"model_id": model_id}))

    def register(self, manifest: Mapping[str, Any]) -> Model:
        """The model, with `upload`: the form that its file is sent to S3 with."""
        return Model(self._send("POST", "/api/v2/models", body=dict(manifest)))

    def upload(self, manifest: Mapping[str, Any], content: bytes) -> Model:
        """Register a model, and upload its file."""
        made = self.register(manifest)
        self._transport.upload(made.upload, made.name or made.id, content)
        return made

    def upload_form(self, model_id: str) -> Record:
        """A new form, when the first one's hour is over."""
        return Record(self._send("POST", _MODEL + "/upload", places={"model_id": model_id}, repeatable=False))

    def load(self, model_id: str, *, force_reload: bool | None = None, gpu_device: int | None = None) -> Record:
        body = given(force_reload=force_reload, gpu_device=gpu_device)
        return Record(self._send("POST", _MODEL + "/load", places={"model_id": model_id}, body=body))

    def unload(self, model_id: str) -> Record:
        return Record(self._send("POST", _MODEL + "/unload", places={"model_id": model_id}))

    def performance(self, model_id: str) -> ModelPerformance:
        return ModelPerformance(self._send("GET", _MODEL + "/performance", places={"model_id": model_id}))

    def delete(self, model_id: str) -> None:
        self._send("DELETE", _MODEL, places={"model_id": model_id})


class Operations(Endpoints):
    def health(self) -> Health:
        return Health(self._send("GET", "/api/v2/health"))

    def comprehensive_health(self) -> Record:
        return Record(self._send("GET", "/api/v2/health/comprehensive"))

    def metrics(self) -> str:
        """In Prometheus' text format."""
        return (self._transport.send(Request("GET", "/api/v2/metrics", headers={"Accept": "text/plain"}))).text

    def status(self) -> OpsStatus:
        return OpsStatus(self._send("GET", "/api/v2/ops/status"))

    def logs(
        self,
        *,
        service: str | None = None,
        level: str | None = None,
        trace_id: str | None = None,
        limit: int | None = None,
    ) -> Listing[LogLine]:
        query = given(service=service, level=level, trace_id=trace_id, limit=limit)
        return self._list("/api/v2/ops/logs", "logs", LogLine, query)

    def start(self, service: str, *, force: bool | None = None, wait_for_health: bool | None = None) -> Record:
        body = given(force=force, wait_for_health=wait_for_health)
        places = {"service": service}
        return Record(self._send("POST", "/api/v2/ops/services/{service}/start", places=places, body=body))

    def stop(self, service: str, *, force: bool | None = None, wait_for_health: bool | None = None) -> Record:
        body = given(force=force, wait_for_health=wait_for_health)
        places = {"service": service}
        return Record(self._send("POST", "/api/v2/ops/services/{service}/stop", places=places, body=body))
