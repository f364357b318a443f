"""The protocol's own Python client, over HTTP against the application."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import uvicorn
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from mcpserver.api import app
from support import loops
from support.lambdas import Caller


@pytest.fixture
def address(acme: Caller) -> Iterator[str]:  # noqa: ARG001 (a fixture that another needs)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_lists_and_calls_tools(address: str, acme: Caller, mode: Any) -> None:
    async def talk() -> None:
        async with httpx2.AsyncClient(headers=dict(acme.headers)) as http:
            transport = streamable_http_client(address, http_client=http)
            async with Client(transport, mode=mode) as client:
                offered = [tool.name for tool in (await client.list_tools()).tools]
                assert {"tool-git", "workflow-1"} <= set(offered)
                told = await client.call_tool("agent-1", {"prompt": "Write"})
                assert not told.is_error
                assert told.structured_content["result"] == {"text": "done"}
                with pytest.raises(MCPError, match="Unknown tool"):
                    await client.call_tool("nothing", {})
                await client.session.send_ping()

    loops.run(talk())
