# Written from _async by unasync.py ("make sdk"): change it there.
"""Health, versions, updates, and the Model Context Protocol."""

from collections.abc import Mapping
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client.models import Health
from pentarch_client.records import Record
from pentarch_client.requests import given


class System(Endpoints):
    def health(self) -> Health:
        """MetaQore's and MetaForge's."""
        return Health(self._send("GET", "/api/v1/health"))

    def alive(self) -> Health:
        """CAIO's."""
        return Health(self._send("GET", "/health"))

    def version(self) -> Record:
        return Record(self._send("GET", "/api/v1/version"))

    def update(self, target_version: str) -> Record:
        """Begin an update, or tell how far it is."""
        return Record(self._send("POST", "/api/v1/update", body={"target_version": target_version}))

    def restart(self, *, graceful: bool | None = None) -> Record:
        return Record(self._send("POST", "/api/v1/restart", body=given(graceful=graceful)))

    def mcp(self, message: Mapping[str, Any]) -> Record:
        """A JSON-RPC message of the Model Context Protocol; clients of MCP speak to `/mcp` themselves."""
        headers = {"Accept": "application/json, text/event-stream"}
        answer = self._send("POST", "/mcp", body=dict(message), headers=headers, repeatable=False)
        return Record(answer or {})
