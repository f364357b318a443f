"""CAIO's services, their credentials, discovery and routing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pentarch_client._async.endpoints import AsyncEndpoints
from pentarch_client._async.listing import AsyncListing
from pentarch_client.models import Discovery, Routing, Service, Trace
from pentarch_client.records import Record
from pentarch_client.requests import given

_SERVICE = "/api/services/{service_id}"
_TRACE = "/api/traces/{trace_id}"
_CREDENTIAL = "/api/credentials/{name}"


class AsyncServices(AsyncEndpoints):
    async def register(
        self,
        service_id: str,
        name: str,
        base_url: str,
        contract: Mapping[str, Any] | None = None,
        *,
        version: str | None = None,
        protocol: str | None = None,
        contract_path: str | None = None,
    ) -> Record:
        body = given(
            service_id=service_id,
            name=name,
            base_url=base_url,
            contract=contract,
            version=version,
            protocol=protocol,
            contract_path=contract_path,
        )
        return Record(await self._send("POST", "/api/services/register", body=body))

    def list(
        self, *, capability: str | None = None, status: str | None = None, limit: int | None = None
    ) -> AsyncListing[Service]:
        query = given(capability=capability, status=status, limit=limit)
        return self._list("/api/services", "services", Service, query)

    async def get(self, service_id: str) -> Service:
        return Service(await self._send("GET", _SERVICE, places={"service_id": service_id}))

    async def update(
        self,
        service_id: str,
        *,
        name: str | None = None,
        version: str | None = None,
        base_url: str | None = None,
        protocol: str | None = None,
        contract_path: str | None = None,
        contract: Mapping[str, Any] | None = None,
        status: str | None = None,
    ) -> Service:
        """Change what is given; a contract is replaced whole."""
        body = given(
            name=name,
            version=version,
            base_url=base_url,
            protocol=protocol,
            contract_path=contract_path,
            contract=contract,
            status=status,
        )
        return Service(await self._send("PUT", _SERVICE, places={"service_id": service_id}, body=body))

    async def deregister(self, service_id: str) -> None:
        await self._send("DELETE", _SERVICE, places={"service_id": service_id})

    async def heartbeat(self, service_id: str, *, interval_seconds: int | None = None) -> Record:
        """Say that it lives; one that goes silent becomes inactive."""
        body = given(interval_seconds=interval_seconds)
        return Record(await self._send("POST", _SERVICE + "/heartbeat", places={"service_id": service_id}, body=body))

    async def observe(self, service_id: str, *, latency_ms: float, success: bool) -> Record:
        """Report how it answered."""
        body = {"latency_ms": latency_ms, "success": success}
        places = {"service_id": service_id}
        return Record(await self._send("POST", _SERVICE + "/observations", places=places, body=body, repeatable=False))

    async def contract_schema(self) -> Record:
        """The JSON Schema that contracts are held against."""
        return Record(await self._send("GET", "/api/services/schema"))


class AsyncRouter(AsyncEndpoints):
    async def discover(
        self,
        capability: str,
        *,
        constraints: Mapping[str, Any] | None = None,
        traits: Mapping[str, Any] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Discovery:
        body = given(capability=capability, constraints=constraints, traits=traits, limit=limit, cursor=cursor)
        return Discovery(await self._send("POST", "/api/discover", body=body))

    async def route(
        self,
        request: Mapping[str, Any],
        *,
        constraints: Mapping[str, Any] | None = None,
        policies: Mapping[str, Any] | None = None,
        dry_run: bool | None = None,
    ) -> Routing:
        """Choose the best service for a request, and prove it. Nothing is sent there: see `invoke`."""
        body = given(request=dict(request), constraints=constraints, policies=policies, dry_run=dry_run)
        return Routing(await self._send("POST", "/api/route", body=body))

    def traces(
        self,
        *,
        service_id: str | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        limit: int | None = None,
    ) -> AsyncListing[Trace]:
        query = given(service_id=service_id, from_=start, to=end, limit=limit)
        return self._list("/api/traces", "traces", Trace, query)

    async def trace(self, trace_id: str) -> Trace:
        """A decision and all that it was made from; `pentarch verify-route` makes it again."""
        return Trace(await self._send("GET", _TRACE, places={"trace_id": trace_id}))

    async def invoke(self, trace_id: str, payload: Any = None) -> Record:  # noqa: ANN401 (JSON)
        """Send what was routed to the service that was chosen."""
        return Record(
            await self._send("POST", _TRACE + "/invoke", places={"trace_id": trace_id}, body=given(payload=payload))
        )

    async def verify(self, trace_id: str) -> Record:
        """Let the server make the decision again from its trace, and compare."""
        return Record(await self._send("POST", _TRACE + "/verify", places={"trace_id": trace_id}))


class AsyncCredentials(AsyncEndpoints):
    """What services ask to be shown; no value is ever given back."""

    def list(self, *, limit: int | None = None) -> AsyncListing[Record]:
        return self._list("/api/credentials", "credentials", Record, given(limit=limit))

    async def put(self, name: str, value: str) -> Record:
        return Record(await self._send("PUT", _CREDENTIAL, places={"name": name}, body={"value": value}))

    async def delete(self, name: str) -> None:
        await self._send("DELETE", _CREDENTIAL, places={"name": name})
