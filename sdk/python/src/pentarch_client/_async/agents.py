"""Meta-Agents' agents and tools."""

from collections.abc import Mapping, Sequence
from typing import Any

from pentarch_client._async.endpoints import AsyncEndpoints
from pentarch_client._async.listing import AsyncListing
from pentarch_client.models import Agent, Execution, Tool, ToolResult
from pentarch_client.records import Record
from pentarch_client.requests import given

_AGENT = "/api/v1/agents/{agentId}"
_TOOL = "/api/v1/tools/{toolId}"


class AsyncAgents(AsyncEndpoints):
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
    ) -> AsyncListing[Agent]:
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

    async def create(
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
        return Agent(await self._send("POST", "/api/v1/agents", body=body))

    async def get(self, agent_id: str) -> Agent:
        return Agent(await self._send("GET", _AGENT, places={"agentId": agent_id}))

    async def update(
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
        return Agent(await self._send("PUT", _AGENT, places=places, body=body, headers=_match(version)))

    async def delete(self, agent_id: str, *, version: int | None = None) -> None:
        await self._send("DELETE", _AGENT, places={"agentId": agent_id}, headers=_match(version))

    async def execute(
        self,
        agent_id: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        timeout: int | None = None,  # noqa: ASYNC109 (of the execution, in seconds)
    ) -> Execution:
        """Begin an execution; `executions.wait` waits for its end."""
        body = given(parameters=parameters, context=context, timeout=timeout)
        return Execution(await self._send("POST", _AGENT + "/execute", places={"agentId": agent_id}, body=body))

    def versions(
        self, agent_id: str, *, page_size: int | None = None, before: int | None = None
    ) -> AsyncListing[Agent]:
        query = given(pageSize=page_size, before=before)
        return self._list(_AGENT + "/versions", "data", Agent, query, agentId=agent_id)

    async def version(self, agent_id: str, number: int) -> Agent:
        places = {"agentId": agent_id, "number": number}
        return Agent(await self._send("GET", _AGENT + "/versions/{number}", places=places))


class AsyncTools(AsyncEndpoints):
    async def list(self) -> Sequence[Tool]:
        return [Tool(entry) for entry in (await self._send("GET", "/api/v1/tools"))["data"]]

    async def create(self, definition: Mapping[str, Any]) -> Tool:
        """A tool of one's own: an HTTP operation or an MCP server, as docs/tools.md shows them."""
        return Tool(await self._send("POST", "/api/v1/tools", body=dict(definition)))

    async def get(self, tool_id: str) -> Tool:
        return Tool(await self._send("GET", _TOOL, places={"toolId": tool_id}))

    async def update(self, tool_id: str, change: Mapping[str, Any]) -> Tool:
        return Tool(await self._send("PUT", _TOOL, places={"toolId": tool_id}, body=dict(change)))

    async def delete(self, tool_id: str) -> None:
        await self._send("DELETE", _TOOL, places={"toolId": tool_id})

    async def refresh(self, tool_id: str) -> Record:
        """Ask an MCP server again what it has."""
        return Record(await self._send("POST", _TOOL + "/refresh", places={"toolId": tool_id}))

    async def execute(
        self,
        tool_id: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: int | None = None,  # noqa: ASYNC109 (of the tool, in seconds)
    ) -> ToolResult:
        """Run a tool and wait for its result; its own failure is a result too."""
        body = given(parameters=parameters, timeout=timeout)
        places = {"toolId": tool_id}
        return ToolResult(await self._send("POST", _TOOL + "/execute", places=places, body=body, repeatable=False))


def _match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}
