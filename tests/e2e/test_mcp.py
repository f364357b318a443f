"""The MCP server on the deployed stack, by the protocol's own client."""

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from local.target import Target
from support import loops
from support.deployed import api, new_tenant


def test_the_official_client_runs_a_tool_and_an_agent(stack: Target) -> None:
    key = new_tenant(stack, "mcp")["api_key"]
    with api(stack, key) as client:
        asked = {"name": "Helper", "type": "qa", "configuration": {"system_prompt": "Answer in one sentence."}}
        reply = client.post("/api/v1/agents", json=asked)
        reply.raise_for_status()
        agent = reply.json()["id"]

    async def talk() -> None:
        async with (
            httpx2.AsyncClient(headers={"X-API-Key": key}, timeout=60) as http,
            Client(streamable_http_client(f"{stack['base_url']}/mcp", http_client=http)) as mcp,
        ):
            assert {"tool-json-transform", agent} <= {tool.name for tool in (await mcp.list_tools()).tools}
            ran = await mcp.call_tool("tool-json-transform", {"data": {"a": [1, 2]}, "path": "$.a[*]"})
            assert ran.structured_content["values"] == [1, 2]
            said = await mcp.call_tool(agent, {"prompt": "Repeat this word: hello"})
            assert said.structured_content["result"] == {"text": "hello"}

    loops.run(talk())
