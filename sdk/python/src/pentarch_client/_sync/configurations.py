# Written from _async by unasync.py ("make sdk"): change it there.
"""CAIO's versioned configurations."""

from collections.abc import Mapping, Sequence
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client.models import Configuration
from pentarch_client.records import Record
from pentarch_client.requests import given

_ONE = "/configurations/{config_id}"


class Configurations(Endpoints):
    def create(
        self,
        config_type: str,
        name: str,
        value: Mapping[str, Any],
        *,
        tenant_id: str | None = None,
        description: str | None = None,
    ) -> Configuration:
        body = given(
            config_type=config_type, name=name, value=dict(value), tenant_id=tenant_id, description=description
        )
        return Configuration(self._send("POST", "/configurations", body=body))

    def list(
        self, *, tenant_id: str | None = None, config_type: str | None = None, limit: int | None = None
    ) -> Listing[Configuration]:
        query = given(tenant_id=tenant_id, config_type=config_type, limit=limit)
        return self._list("/configurations", "configurations", Configuration, query)

    def get(self, config_id: str) -> Configuration:
        return Configuration(self._send("GET", _ONE, places={"config_id": config_id}))

    def update(
        self,
        config_id: str,
        value: Mapping[str, Any],
        *,
        expected_version: int | None = None,
        description: str | None = None,
        rollout: Mapping[str, Any] | None = None,
    ) -> Configuration:
        """Its next version; one that is not of the expected version is a conflict."""
        body = given(value=dict(value), expected_version=expected_version, description=description, rollout=rollout)
        return Configuration(self._send("PUT", _ONE, places={"config_id": config_id}, body=body))

    def delete(self, config_id: str, *, expected_version: int | None = None) -> Record:
        headers = _match(expected_version)
        return Record(self._send("DELETE", _ONE, places={"config_id": config_id}, headers=headers))

    def history(self, config_id: str, *, limit: int | None = None) -> Listing[Configuration]:
        return self._list(_ONE + "/history", "versions", Configuration, given(limit=limit), config_id=config_id)

    def rollback(self, config_id: str, version: int, *, expected_version: int | None = None) -> Configuration:
        """A new version with the value of an earlier one."""
        places = {"config_id": config_id, "version": version}
        headers = _match(expected_version)
        return Configuration(self._send("POST", _ONE + "/rollback/{version}", places=places, headers=headers))

    def move_rollout(
        self, config_id: str, percentage: int, *, version: int | None = None, expected_version: int | None = None
    ) -> Configuration:
        """Show a version that is being rolled out to more callers, to all (100) or to none (0)."""
        body = given(percentage=percentage, version=version, expected_version=expected_version)
        return Configuration(self._send("POST", _ONE + "/rollout", places={"config_id": config_id}, body=body))

    def approve(self, config_id: str, version: int) -> Configuration:
        places = {"config_id": config_id, "version": version}
        return Configuration(self._send("POST", _ONE + "/versions/{version}/approve", places=places))

    def reject(self, config_id: str, version: int) -> Configuration:
        places = {"config_id": config_id, "version": version}
        return Configuration(self._send("POST", _ONE + "/versions/{version}/reject", places=places))

    def validate(self, configuration: Mapping[str, Any]) -> Record:
        """Judge one, and save nothing."""
        return Record(self._send("POST", "/configurations/validate", body=dict(configuration)))

    def audit(self, *, config_id: str | None = None, limit: int | None = None) -> Listing[Record]:
        """Who changed what and when, newest first."""
        return self._list("/configurations/audit", "audit", Record, given(config_id=config_id, limit=limit))

    def schemas(self) -> Record:
        """The JSON Schema of each type's value."""
        return Record(self._send("GET", "/configurations/schemas"))

    def export(self, *, tenant_id: str | None = None, include_history: bool | None = None) -> Record:
        query = given(tenant_id=tenant_id, include_history=include_history)
        return Record(self._send("GET", "/configurations/export", query=query))

    def import_(
        self,
        configurations: Sequence[Mapping[str, Any]],
        *,
        hash: str | None = None,  # noqa: A002 (the API's name)
        dry_run: bool | None = None,
    ) -> Record:
        """Put a snapshot in, whole or not at all; the same one twice changes nothing."""
        body = given(configurations=[dict(entry) for entry in configurations], hash=hash, dry_run=dry_run)
        return Record(self._send("POST", "/configurations/import", body=body))


def _match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}
