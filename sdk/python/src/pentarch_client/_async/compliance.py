"""MetaQore's auditor: assessments, the sealed audit trail, exports, schedules, requests of persons."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import httpx

from pentarch_client import errors
from pentarch_client._async.endpoints import AsyncEndpoints, unwrapped
from pentarch_client._async.listing import AsyncListing
from pentarch_client._async.waiting import wait
from pentarch_client.models import AuditEvent, Check, FrameworkStatus, Schedule, SubjectRequest
from pentarch_client.records import Record
from pentarch_client.requests import Request, given

_CHECK = "/api/v1/compliance/checks/{id}"
_SCHEDULE = "/api/v1/compliance/schedules/{framework}"
_SUBJECTS = "/api/v1/compliance/subjects/requests"
_LONGEST_PAUSE_S = 10.0


class AsyncCompliance(AsyncEndpoints):
    async def check(
        self,
        framework: str,
        *,
        scope: Mapping[str, Any] | None = None,
        evidence_types: Sequence[str] | None = None,
        generate_report: bool | None = None,
        background: bool | None = None,
    ) -> Check:
        """Assess SOC2, GDPR, HIPAA or PCI-DSS. A large scope is worked on afterwards: see `wait_for_check`."""
        body = given(
            framework=framework,
            scope=scope,
            evidence_types=evidence_types,
            generate_report=generate_report,
            async_=background,
        )
        return Check(await self._send("POST", "/api/v1/compliance/check", body=body))

    def checks(self, *, framework: str | None = None, limit: int | None = None) -> AsyncListing[Check]:
        return self._list("/api/v1/compliance/checks", "checks", Check, given(framework=framework, limit=limit))

    async def get_check(self, check_id: str) -> Check:
        return Check(await self._send("GET", _CHECK, places={"id": check_id}))

    async def wait_for_check(
        self, check_id: str, *, on_progress: Callable[[Check], object] | None = None, seconds: float = 900
    ) -> Check:
        return await wait(
            lambda: self.get_check(check_id),
            lambda seen: seen.is_over,
            what=f"check {check_id}",
            seconds=seconds,
            tell=on_progress,
        )

    async def verify_check(self, check_id: str) -> Record:
        """Make its verdicts again from the evidence that is stored."""
        return Record(await self._send("POST", _CHECK + "/verify", places={"id": check_id}))

    async def cancel_check(self, check_id: str) -> Check:
        """Cancel one that is worked on in the background."""
        return Check(await self._send("POST", _CHECK + "/cancel", places={"id": check_id}))

    async def report(self, check_id: str, *, format: str | None = None) -> bytes:  # noqa: A002 (the reference's name)
        """An assessment's report: pdf, json, csv or ocsf."""
        request = Request("GET", _CHECK + "/report", places={"id": check_id}, query=given(format=format))
        return (await self._transport.file(request)).content

    async def report_links(self, check_id: str, *, format: str | None = None) -> Record:  # noqa: A002 (the reference's name)
        """Addresses of the report that need no credential, for an hour at most."""
        query = given(format=format, link=True)
        return Record(await self._send("GET", _CHECK + "/report", places={"id": check_id}, query=query))

    async def linked_report(self, report_id: str, **signed: Any) -> bytes:  # noqa: ANN401 (the link's query)
        """What a signed link leads to; `signed` is its query."""
        request = Request("GET", "/api/v1/compliance/reports/{id}", places={"id": report_id}, query=signed)
        return (await self._transport.file(request)).content

    async def withdraw_links(self) -> None:
        """End every link to a report that was given out."""
        await self._send("DELETE", "/api/v1/compliance/links")

    async def status(self, *, framework: str | None = None, organization: str | None = None) -> list[FrameworkStatus]:
        query = given(framework=framework, organization=organization)
        found = await self._send("GET", "/api/v1/compliance/status", query=query)
        return [FrameworkStatus(entry) for entry in found["frameworks"]]

    def audit(
        self,
        *,
        start_date: date | datetime | str | None = None,
        end_date: date | datetime | str | None = None,
        agent: str | None = None,
        action: str | None = None,
        resource: str | None = None,
        sensitivity: str | None = None,
        actor: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> AsyncListing[AuditEvent]:
        """The audit trail, newest first."""
        query = given(
            start_date=start_date,
            end_date=end_date,
            agent=agent,
            action=action,
            resource=resource,
            sensitivity=sensitivity,
            actor=actor,
            limit=limit,
            offset=offset,
        )
        return self._list("/api/v1/compliance/audit", "events", AuditEvent, query)

    async def event(self, event_id: str) -> AuditEvent:
        return AuditEvent(await self._send("GET", "/api/v1/compliance/audit/{id}", places={"id": event_id}))

    async def proof(self, event_id: str) -> Record:
        """That an event is in the sealed tree; `pentarch verify-audit` checks it."""
        return Record(await self._send("GET", "/api/v1/compliance/audit/{id}/proof", places={"id": event_id}))

    async def root(self) -> Record:
        """The signed head of the tree, with the key that signs it."""
        return Record(await self._send("GET", "/api/v1/compliance/audit/root"))

    async def consistency(self, first: int, second: int | None = None) -> Record:
        """That the tree of the second size is that of the first with leaves appended."""
        query = given(from_=first, to=second)
        return Record(await self._send("GET", "/api/v1/compliance/audit/consistency", query=query))

    async def export(
        self,
        format: str,  # noqa: A002 (the reference's name)
        *,
        schema: str | None = None,
        start_date: date | datetime | str | None = None,
        end_date: date | datetime | str | None = None,
        framework: str | None = None,
        agent: str | None = None,
        action: str | None = None,
        resource: str | None = None,
        sensitivity: str | None = None,
        actor: str | None = None,
        on_progress: Callable[[Record], object] | None = None,
        seconds: float = 900,
    ) -> bytes:
        """The trail as a file: json, csv, pdf or ocsf. A large one is made in the background and waited for.

        Raises NotMadeError for one that failed or was cancelled meanwhile.
        """
        query = given(
            format=format,
            schema=schema,
            start_date=start_date,
            end_date=end_date,
            framework=framework,
            agent=agent,
            action=action,
            resource=resource,
            sensitivity=sensitivity,
            actor=actor,
        )
        response = await self._transport.redirect(Request("GET", "/api/v1/compliance/export", query=query))
        end = time.monotonic() + seconds
        while response.status_code == httpx.codes.ACCEPTED:
            told = Record(unwrapped(response.json()))
            if on_progress is not None:
                on_progress(told)
            if time.monotonic() > end:
                what = f"export {told.export_id}"
                raise errors.WaitTimedOutError(what, seconds, told)
            await asyncio.sleep(min(_LONGEST_PAUSE_S, errors.retry_after(response) or 1.0))
            request = Request("GET", "/api/v1/compliance/exports/{id}", places={"id": told.export_id})
            response = await self._transport.redirect(request)
            if response.status_code == httpx.codes.OK:
                what = f"export {told.export_id}"
                raise errors.NotMadeError(what, Record(unwrapped(response.json())))
        if response.has_redirect_location:
            response = await self._transport.fetch(response.headers["Location"])
        return response.content

    async def export_state(self, export_id: str) -> Record:
        """Where an export stands that is made in the background; once it is made, its `download_url`."""
        request = Request("GET", "/api/v1/compliance/exports/{id}", places={"id": export_id})
        return Record(unwrapped((await self._transport.redirect(request)).json()))

    async def cancel_export(self, export_id: str) -> Record:
        """Take back that one wants it: it is cancelled when nobody else does."""
        return Record(await self._send("POST", "/api/v1/compliance/exports/{id}/cancel", places={"id": export_id}))

    async def schedules(self) -> list[Schedule]:
        found = await self._send("GET", "/api/v1/compliance/schedules")
        return [Schedule(entry) for entry in found["schedules"]]

    async def schedule(self, framework: str) -> Schedule:
        return Schedule(await self._send("GET", _SCHEDULE, places={"framework": framework}))

    async def set_schedule(
        self,
        framework: str,
        *,
        expression: str | None = None,
        interval: str | None = None,
        enabled: bool | None = None,
        scope: Mapping[str, Any] | None = None,
        range_days: int | None = None,
        evidence_types: Sequence[str] | None = None,
        generate_report: bool | None = None,
    ) -> Schedule:
        """Assess by `rate(...)` or `cron(...)` in `expression`, or by a daily, weekly, monthly, quarterly interval."""
        body = given(
            expression=expression,
            interval=interval,
            enabled=enabled,
            scope=scope,
            range_days=range_days,
            evidence_types=evidence_types,
            generate_report=generate_report,
        )
        return Schedule(await self._send("PUT", _SCHEDULE, places={"framework": framework}, body=body))

    async def delete_schedule(self, framework: str) -> None:
        await self._send("DELETE", _SCHEDULE, places={"framework": framework})

    async def request_subject(self, kind: str, subject: str, *, reason: str | None = None) -> SubjectRequest:
        """Ask for what is known of a person (`access`), or for its erasure (`erasure`)."""
        body = given(kind=kind, subject=subject, reason=reason)
        return SubjectRequest(await self._send("POST", _SUBJECTS, body=body))

    def subject_requests(self, *, limit: int | None = None) -> AsyncListing[SubjectRequest]:
        return self._list(_SUBJECTS, "requests", SubjectRequest, given(limit=limit))

    async def subject_request(self, request_id: str) -> SubjectRequest:
        return SubjectRequest(await self._send("GET", _SUBJECTS + "/{id}", places={"id": request_id}))
