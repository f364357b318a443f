"""Meta-Agents: agents, workflows, executions, tools."""

from typing import Any

from pentarch_client.records import Record


class Agent(Record):
    id: str
    name: str
    description: str
    type: str
    status: str
    configuration: Record
    capabilities: list[str]
    tags: list[str]
    metadata: Record
    created_at: str
    updated_at: str
    created_by: str


class Workflow(Record):
    id: str
    name: str
    description: str
    type: str
    status: str
    version: str
    revision: int
    steps: list[Record]
    created_at: str
    updated_at: str


class ExecutionProgress(Record):
    current_step: int
    total_steps: int
    percentage: float
    current_step_name: str | None


class Step(Record):
    step_id: str
    step_name: str
    agent_id: str | None
    status: str
    started_at: str | None
    completed_at: str | None
    duration: float | None
    result: Any


class Execution(Record):
    """`execution_id` where it was begun, `id` where it is looked at; both are the same."""

    id: str
    execution_id: str
    workflow_id: str | None
    workflow_name: str | None
    agent_id: str | None
    status: str
    started_at: str | None
    completed_at: str | None
    duration: float | None
    progress: ExecutionProgress
    steps: list[Step]
    final_result: Any
    metadata: Record

    @property
    def is_over(self) -> bool:
        return self.status in {"completed", "failed", "cancelled"}


class ExecutionStatus(Record):
    execution_id: str
    status: str
    progress: ExecutionProgress
    elapsed_time: float
    estimated_remaining: float | None

    @property
    def is_over(self) -> bool:
        return self.status in {"completed", "failed", "cancelled"}


class LogEntry(Record):
    timestamp: str
    level: str
    message: str
    step_id: str | None
    metadata: Record


class Tool(Record):
    id: str
    name: str
    description: str
    category: str
    capabilities: list[str]
    input_schema: dict[str, Any]


class ToolResult(Record):
    tool_id: str
    status: str
    result: Any
    error: Record | None
    execution_time: float
