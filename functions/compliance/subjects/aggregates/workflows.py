"""Workflows with their revisions, and executions: what they were given, what their steps left and wrote."""

from collections.abc import Iterator

from compliance.subjects.aggregates.objects import Files
from compliance.subjects.aggregates.rows import Texts, items_of

_HASH, _RANGE = "partition", "key"
_WORKFLOWS, _EXECUTIONS = "WorkflowsTable", "ExecutionsTable"
_WORKFLOW = "workflow#"
_PARTS = "QRCFX"
"""Of the list of all executions, by state."""
_WIRED = frozenset(
    {
        "id",
        "name",
        "agent_id",
        "tool_id",
        "workflow_id",
        "depends_on",
        "compensates",
        "condition",
        "for_each",
        "output_mapping",
        "created_by",
        "subject",
    }
)
"""What steps, agents and tools are found by."""


def _workflows(tenant: str) -> Iterator[str]:
    """The list of the tenant's workflows, and the revisions of each."""
    yield tenant
    for item in items_of(_WORKFLOWS, tenant, _WORKFLOW, hash_key=_HASH, range_key=_RANGE):
        yield f"{tenant}#{item[_RANGE]['S'].removeprefix(_WORKFLOW)}"


def _executions(tenant: str) -> Iterator[str]:
    for part in _PARTS:
        for item in items_of(_EXECUTIONS, f"{tenant}#all#{part}", hash_key=_HASH, range_key=_RANGE):
            yield f"{tenant}#{item[_RANGE]['S']}"


WORKFLOWS = Texts(
    "workflows",
    _WORKFLOWS,
    texts=("data",),
    references=_WIRED,
    hash_key=_HASH,
    range_key=_RANGE,
    partitions=_workflows,
).aggregate()
EXECUTIONS = Texts(
    "executions",
    _EXECUTIONS,
    texts=("data", "text", "message", "metadata", "wrong_message", "reason"),
    references=_WIRED,
    hash_key=_HASH,
    range_key=_RANGE,
    partitions=_executions,
).aggregate()
EXECUTION_FILES = Files("execution_files", "executions").aggregate()
