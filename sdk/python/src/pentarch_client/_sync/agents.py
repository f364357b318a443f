# Written from _async by unasync.py ("make sdk"): change it there.
"""Meta-Agents' agents and tools."""

from collections.abc import Mapping, Sequence
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client.models import Agent, Execution, Tool, ToolResult
from pentarch_client.records import Record
from pentarch_client.requests import given

_AGENT = "/api/v1/agents/{agentId}"
_TOOL = "/api/v1/tools/{toolId}"


class Agents(Endpoints):
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
    ) -> Listing[Agent]:
        query = given(
            type=type,
            status=status,
            search=search,
            sortBy=sort_by,
            sortOrder=sort_order,
            page=page,
            pageSize=page_size,
        )
        return self._list("/api/v1/agents", "data", Agent, query)

    def create(
        self,
        name: str,
        type: str,  # noqa: A002 (the reference's name)
        *,
        description: str | None = None,
        status: str | None = None,
        configuration: Mapping[str, Any] | None = None,
        capabilities: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Agent:
        body = given(
            name=name,
            type=type,
            description=description,
            status=status,
            configuration=configuration,
            capabilities=capabilities,
            tags=tags,
            metadata=metadata,
        )
        return Agent(self._send("POST", "/api/v1/agents", body=body))

    def get(self, agent_id: str) -> Agent:
        return Agent(self._send("GET", _AGENT, places={"agentId": agent_id}))

    def update(
        self,
        agent_id: str,
        *,
        version: int | None = None,
        name: str | None = None,
        description: str | None = None,
        type: str | None = None,  # noqa: A002 (the reference's name)
        status: str | None = None,
        configuration: Mapping[str, Any] | None = None,
        capabilities: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Agent:
        """Change what is given. With the `version` that it is a change of, another one is a conflict."""
        body = given(
            name=name,
            description=description,
            type=type,
            status=status,
            configuration=configuration,
            capabilities=capabilities,
            tags=tags,
            metadata=metadata,
        )
        places = {"agentId": agent_id}
        return Agent(self._send("PUT", _AGENT, places=places, body=body, headers=_match(version)))

    def delete(self, agent_id: str, *, version: int | None = None) -> None:
        self._send("DELETE", _AGENT, places={"agentId": agent_id}, headers=_match(version))

    def execute(
        self,
        agent_id: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        timeout: int | None = None,
    ) -> Execution:
        """Begin an execution; `executions.wait` waits for its end."""
        body = given(parameters=parameters, context=context, timeout=timeout)
        return Execution(self._send("POST", _AGENT + "/execute", places={"agentId": agent_id}, body=body))

    def versions(self, agent_id: str, *, page_size: int | None = None, before: int | None = None) -> Listing[Agent]:
        query = given(pageSize=page_size, before=before)
        return self._list(_AGENT + "/versions", "data", Agent, query, agentId=agent_id)

    def version(self, agent_id: str, number: int) -> Agent:
        places = {"agentId": agent_id, "number": number}
        return Agent(self._send("GET", _AGENT + "/versions/{number}", places=places))


class Tools(Endpoints):
    def list(self) -> Sequence[Tool]:
        return [Tool(entry) for entry in (self._send("GET", "/api/v1/tools"))["data"]]

    def create(self, definition: Mapping[str, Any]) -> Tool:
        """A tool of one's own: an HTTP operation or an MCP server, as docs/tools.md shows them."""
        return Tool(self._send("POST", "/api/v1/tools", body=dict(definition)))

    def get(self, tool_id: str) -> Tool:
        return Tool(self._send("GET", _TOOL, places={"toolId": tool_id}))

    def update(self, tool_id: str, change: Mapping[str, Any]) -> Tool:
        return Tool(self._send("PUT", _TOOL, places={"toolId": tool_id}, body=dict(change)))

    def delete(self, tool_id: str) -> None:
        self._send("DELETE", _TOOL, places={"toolId": tool_id})

    def refresh(self, tool_id: str) -> Record:
        """Ask an MCP server again what it has."""
        return Record(self._send("POST", _TOOL + "/refresh", places={"toolId": tool_id}))

    def execute(
        self,
        tool_id: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: int | None = None,
    ) -> ToolResult:
        """Run a tool and wait for its result; its own failure is a result too."""
        body = given(parameters=parameters, timeout=timeout)
        places = {"toolId": tool_id}
        return ToolResult(self._send("POST", _TOOL + "/execute", places=places, body=body, repeatable=False))


def _match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}
