# Written from _async by unasync.py ("make sdk"): change it there.
"""MetaQore's AI DevOps: what runs, scaling, roll-outs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client._sync.waiting import wait
from pentarch_client.models import Deployment, Resource, Scaling
from pentarch_client.records import Record
from pentarch_client.requests import given

_DEPLOYMENT = "/api/v1/infrastructure/deployments/{deployment_id}"


class Infrastructure(Endpoints):
    def list(self, *, type: str | None = None, status: str | None = None) -> Sequence[Resource]:  # noqa: A002 (the reference's name)
        found = self._send("GET", "/api/v1/infrastructure", query=given(type=type, status=status))
        return [Resource(entry) for entry in found["resources"]]

    def scale(self, service: str, replicas: int, *, environment: str | None = None, mode: str | None = None) -> Scaling:
        body = given(service=service, replicas=replicas, environment=environment, mode=mode)
        return Scaling(self._send("POST", "/api/v1/infrastructure/scale", body=body))

    def scaling(self, operation_id: str) -> Scaling:
        places = {"operation_id": operation_id}
        return Scaling(self._send("GET", "/api/v1/infrastructure/scale/{operation_id}", places=places))

    def deploy(
        self,
        service: str,
        version: str,
        *,
        config: Mapping[str, Any] | None = None,
        strategy: str | None = None,
    ) -> Deployment:
        """Roll out by `rolling_update`, `blue_green` or `canary`; see `wait_for_deployment`."""
        body = given(service=service, version=version, config=config, strategy=strategy)
        return Deployment(self._send("POST", "/api/v1/infrastructure/deploy", body=body))

    def deployments(
        self,
        *,
        kind: str | None = None,
        service: str | None = None,
        resource: str | None = None,
        status: str | None = None,
        limit: int | None = None,
    ) -> Listing[Deployment]:
        """Roll-outs of the kinds `service`, `specialist` and `configuration`, the latest first."""
        query = given(kind=kind, service=service, resource=resource, status=status, limit=limit)
        return self._list("/api/v1/infrastructure/deployments", "deployments", Deployment, query)

    def deployment(self, deployment_id: str) -> Deployment:
        return Deployment(self._send("GET", _DEPLOYMENT, places={"deployment_id": deployment_id}))

    def wait_for_deployment(
        self, deployment_id: str, *, on_progress: Callable[[Deployment], object] | None = None, seconds: float = 1800
    ) -> Deployment:
        return wait(
            lambda: self.deployment(deployment_id),
            lambda seen: seen.is_over,
            what=f"deployment {deployment_id}",
            seconds=seconds,
            tell=on_progress,
        )

    def rollback(self, deployment_id: str, *, target_version: str | None = None) -> Record:
        places = {"deployment_id": deployment_id}
        body = given(target_version=target_version)
        return Record(self._send("POST", _DEPLOYMENT + "/rollback", places=places, body=body))

    def synchronise(self, source: Mapping[str, Any], *, dry_run: bool | None = None) -> Record:
        """Bring the stack to the state that a document says, in S3 or in Git; `dry_run` only tells what differs."""
        body = given(source=source, dry_run=dry_run)
        return Record(self._send("POST", "/api/v1/infrastructure/sync", body=body))

    def synchronisation(self, sync_id: str) -> Record:
        places = {"sync_id": sync_id}
        return Record(self._send("GET", "/api/v1/infrastructure/sync/{sync_id}", places=places))
