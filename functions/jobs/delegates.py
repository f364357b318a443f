"""The types of jobs that another part of the stack does: how each is asked for, looked at and cancelled.

They are asked by their own APIs in the name of the job's owner, so the direct route and the job obey the same rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Body = Mapping[str, Any]


class _Parameters(BaseModel):
    """The shape alone; what the values may be is the API's to say, which refuses when the job begins."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    def kept(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)


class TrainingParameters(_Parameters):
    specialist_id: Identifier
    training_data: dict[str, Any]


class ScanParameters(_Parameters):
    framework: Name
    scope: dict[str, Any] = {}
    evidence_types: list[Name] | None = None
    generate_report: bool = True


class ExportParameters(_Parameters):
    format: Name
    schema_: Annotated[Name | None, Field(alias="schema")] = None
    start_date: Name | None = None
    end_date: Name | None = None
    framework: Name | None = None
    agent: Name | None = None
    action: Name | None = None
    resource: Name | None = None
    sensitivity: Name | None = None
    actor: Name | None = None


class WorkflowParameters(_Parameters):
    workflow_id: Identifier
    parameters: dict[str, Any] = {}
    context: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to an API; without a body it is a GET."""

    path: str
    body: Body | None = None
    query: Body = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """How far the thing is that a job began."""

    status: str
    done: int
    total: int
    reason: str | None
    document: Body
    """What the API shows of it, without addresses that expire."""

    @property
    def ended(self) -> bool:
        return self.status in ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Delegate:
    service: str
    api: str
    """The environment variable that names the API's function."""
    noun: str
    needs: tuple[str, ...]
    """The scopes for beginning, seeing and cancelling it."""
    parameters: type[_Parameters]
    begin: Callable[[Body], Ask]
    begun: str
    """Where the reply has the id of what it began."""
    path: Callable[[Body, str], str]
    look: Callable[[Body], Look]


def _path(template: str, *names: object) -> str:
    return template.format(*(quote(str(name), safe="") for name in names))


def _training(found: Body) -> Look:
    data = found["data"]
    error = data.get("error") or {}
    done, total = int(data["current_epoch"] or 0), int(data["total_epochs"] or 1)
    if data["status"] == "completed":  # it may have stopped early
        done = total = done or total
    return Look(data["status"], done, total, error.get("message"), data)


def _scan(found: Body) -> Look:
    data = {name: value for name, value in found["data"].items() if name not in ("report_url", "document_url")}
    return Look(data["status"], int(data["status"] == "completed"), 1, data.get("failure"), data)


def _export(found: Body) -> Look:
    data = {name: value for name, value in found["data"].items() if name not in ("download_url", "expires_in")}
    status = "running" if data["status"] == "requested" else data["status"]
    reason = "the export could not be made" if status == "failed" else None
    return Look(status, int(status == "completed"), 1, reason, data)


def _execution(found: Body) -> Look:
    ended = found["status"] == "completed"
    total = max(1, len(found["steps"]))
    done = total if ended else int(found["steps_completed"])
    return Look(found["status"], done, total, (found.get("error") or {}).get("message"), found)


DELEGATES: Mapping[str, Delegate] = {
    "training": Delegate(
        service="specialists",
        api="SPECIALISTS_API_FUNCTION",
        noun="training",
        needs=("specialists:write", "specialists:read"),
        parameters=TrainingParameters,
        begin=lambda asked: Ask(
            _path("/api/v1/specialists/{}/train", asked["specialist_id"]),
            {"training_data": asked["training_data"], "async": True},
        ),
        begun="training_job_id",
        path=lambda asked, one: _path("/api/v1/specialists/{}/training/{}", asked["specialist_id"], one),
        look=_training,
    ),
    "compliance_scan": Delegate(
        service="compliance",
        api="COMPLIANCE_API_FUNCTION",
        noun="compliance scan",
        needs=("compliance:write", "compliance:read"),
        parameters=ScanParameters,
        begin=lambda asked: Ask("/api/v1/compliance/check", {**asked, "async": True}),
        begun="check_id",
        path=lambda _, one: _path("/api/v1/compliance/checks/{}", one),
        look=_scan,
    ),
    "export": Delegate(
        service="compliance",
        api="COMPLIANCE_API_FUNCTION",
        noun="export",
        needs=("compliance:read",),
        parameters=ExportParameters,
        begin=lambda asked: Ask("/api/v1/compliance/export", query=asked),
        begun="export_id",
        path=lambda _, one: _path("/api/v1/compliance/exports/{}", one),
        look=_export,
    ),
    "workflow": Delegate(
        service="workflows",
        api="WORKFLOWS_API_FUNCTION",
        noun="execution",
        needs=("workflows:invoke", "workflows:read", "workflows:write"),
        parameters=WorkflowParameters,
        begin=lambda asked: Ask(
            _path("/api/v1/workflows/{}/execute", asked["workflow_id"]),
            {"parameters": asked.get("parameters", {}), "context": asked.get("context", {})},
        ),
        begun="execution_id",
        path=lambda _, one: _path("/api/v1/executions/{}", one),
        look=_execution,
    ),
}
"""By the type of the job."""
