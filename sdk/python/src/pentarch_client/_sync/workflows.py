# Written from _async by unasync.py ("make sdk"): change it there.
"""Meta-Agents' workflows and executions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client._sync.waiting import wait
from pentarch_client.models import Execution, ExecutionStatus, LogEntry, Step, Workflow
from pentarch_client.records import Record
from pentarch_client.requests import given

_WORKFLOW = "/api/v1/workflows/{workflowId}"
_EXECUTION = "/api/v1/executions/{executionId}"
_STEP = _EXECUTION + "/steps/{stepId}"
Time = datetime | str | None


class Workflows(Endpoints):
    def list(
        self,
        *,
        type: str | None = None,  # noqa: A002 (the reference's name)
        status: str | None = None,
        search: str | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Listing[Workflow]:
        query = given(
            type=type,
            status=status,
            search=search,
            sortBy=sort_by,
            sortOrder=sort_order,
            page=page,
            pageSize=page_size,
        )
        return self._list("/api/v1/workflows", "data", Workflow, query)

    def create(
        self,
        name: str,
        steps: Sequence[Mapping[str, Any]],
        *,
        description: str | None = None,
        type: str | None = None,  # noqa: A002 (the reference's name)
        version: str | None = None,
        status: str | None = None,
        error_handling: Mapping[str, Any] | None = None,
        monitoring: Mapping[str, Any] | None = None,
        timeout: int | None = None,
        tags: Sequence[str] | None = None,
    ) -> Workflow:
        body = given(
            name=name,
            steps=[dict(step) for step in steps],
            description=description,
            type=type,
            version=version,
            status=status,
            error_handling=error_handling,
            monitoring=monitoring,
            timeout=timeout,
            tags=tags,
        )
        return Workflow(self._send("POST", "/api/v1/workflows", body=body))

    def get(self, workflow_id: str) -> Workflow:
        return Workflow(self._send("GET", _WORKFLOW, places={"workflowId": workflow_id}))

    def update(self, workflow_id: str, **changes: Any) -> Workflow:  # noqa: ANN401 (as `create` names them)
        """Change what is given, by the names that `create` has."""
        places = {"workflowId": workflow_id}
        return Workflow(self._send("PUT", _WORKFLOW, places=places, body=given(**changes)))

    def delete(self, workflow_id: str) -> None:
        self._send("DELETE", _WORKFLOW, places={"workflowId": workflow_id})

    def execute(
        self,
        workflow_id: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        context: Mapping[str, Any] | None = None,
    ) -> Execution:
        """Begin an execution; `executions.wait` waits for its end."""
        body = given(parameters=parameters, context=context)
        places = {"workflowId": workflow_id}
        return Execution(self._send("POST", _WORKFLOW + "/execute", places=places, body=body))

    def versions(self, workflow_id: str, *, limit: int | None = None, before: int | None = None) -> Listing[Workflow]:
        query = given(limit=limit, before=before)
        return self._list(_WORKFLOW + "/versions", "data", Workflow, query, workflowId=workflow_id)

    def version(self, workflow_id: str, revision: int) -> Workflow:
        places = {"workflowId": workflow_id, "revision": revision}
        return Workflow(self._send("GET", _WORKFLOW + "/versions/{revision}", places=places))


class Executions(Endpoints):
    def list(
        self,
        *,
        workflow_id: str | None = None,
        agent_id: str | None = None,
        status: str | None = None,
        start: Time = None,
        end: Time = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Listing[Execution]:
        query = given(
            workflow_id=workflow_id,
            agent_id=agent_id,
            status=status,
            from_=start,
            to=end,
            page=page,
            pageSize=page_size,
        )
        return self._list("/api/v1/executions", "data", Execution, query)

    def get(self, execution_id: str) -> Execution:
        return Execution(self._send("GET", _EXECUTION, places={"executionId": execution_id}))

    def status(self, execution_id: str) -> ExecutionStatus:
        return ExecutionStatus(self._send("GET", _EXECUTION + "/status", places={"executionId": execution_id}))

    def wait(
        self,
        execution_id: str,
        *,
        on_progress: Callable[[ExecutionStatus], object] | None = None,
        seconds: float = 3600,
    ) -> Execution:
        """The execution with its results, once it has ended."""
        wait(
            lambda: self.status(execution_id),
            lambda seen: seen.is_over,
            what=f"execution {execution_id}",
            seconds=seconds,
            tell=on_progress,
        )
        return self.get(execution_id)

    def logs(
        self,
        execution_id: str,
        *,
        level: str | None = None,
        start: Time = None,
        end: Time = None,
        limit: int | None = None,
    ) -> Listing[LogEntry]:
        query = given(level=level, from_=start, to=end, limit=limit)
        return self._list(_EXECUTION + "/logs", "logs", LogEntry, query, executionId=execution_id)

    def cancel(self, execution_id: str) -> Record:
        return Record(self._send("POST", _EXECUTION + "/cancel", places={"executionId": execution_id}))

    def rerun(
        self,
        execution_id: str,
        *,
        from_step: str | None = None,
        input: Mapping[str, Any] | None = None,  # noqa: A002 (the API's name)
        parameters: Mapping[str, Any] | None = None,
    ) -> Execution:
        """Run an ended execution again from a step on; those before keep their results."""
        body = given(from_step=from_step, input=input, parameters=parameters)
        return Execution(self._send("POST", _EXECUTION + "/rerun", places={"executionId": execution_id}, body=body))

    def step(self, execution_id: str, step_id: str) -> Step:
        places = {"executionId": execution_id, "stepId": step_id}
        return Step(self._send("GET", _STEP, places=places))

    def approve(
        self, execution_id: str, step_id: str, *, comment: str | None = None, data: Mapping[str, Any] | None = None
    ) -> Record:
        """Approve what a step waits for; `data` is what later steps read."""
        places = {"executionId": execution_id, "stepId": step_id}
        body = given(comment=comment, data=data)
        return Record(self._send("POST", _STEP + "/approve", places=places, body=body))

    def reject(
        self, execution_id: str, step_id: str, *, comment: str | None = None, data: Mapping[str, Any] | None = None
    ) -> Record:
        places = {"executionId": execution_id, "stepId": step_id}
        body = given(comment=comment, data=data)
        return Record(self._send("POST", _STEP + "/reject", places=places, body=body))
