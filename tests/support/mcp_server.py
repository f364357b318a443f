"""An MCP server on this machine, by the protocol's own package."""

import socket
import threading
import time
from types import TracebackType
from typing import Any, Self

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations


class McpServer:
    def __init__(self, *, json_response: bool = False) -> None:
        self.calls: list[str] = []
        self.headers: list[dict[str, str]] = []
        """Of each request."""
        self.server = server = MCPServer("shop")
        calls = self.calls

        @server.tool(annotations=ToolAnnotations(read_only_hint=True))
        def find_price(item: str) -> dict[str, Any]:
            """What an item costs."""
            calls.append(f"find {item}")
            return {"item": item, "price": 12}

        @server.tool()
        def place_order(item: str, count: int = 1) -> str:
            """Order something."""
            calls.append(f"order {item}")
            if count < 1:
                msg = "an order has one piece or more"
                raise ToolError(msg)
            return f"ordered {count} {item}"

        app = server.streamable_http_app(json_response=json_response)
        headers = self.headers

        async def noting(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
            await app(scope, receive, send)

        self._socket = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(noting, log_level="critical", lifespan="on", ws="none")
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._uvicorn.run, kwargs={"sockets": [self._socket]})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/mcp"

    def __enter__(self) -> Self:
        self._thread.start()
        for _ in range(500):
            if self._uvicorn.started:
                return self
            time.sleep(0.01)
        msg = "the server does not start"
        raise TimeoutError(msg)

    def stop(self) -> None:
        self._uvicorn.should_exit = self._uvicorn.force_exit = True
        self._thread.join()
        self._socket.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
