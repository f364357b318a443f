"""MetaForge: sessions, runs, approvals, the workspace, skills."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from pentarch_client._async.endpoints import AsyncEndpoints
from pentarch_client._async.listing import AsyncListing
from pentarch_client._async.live import follow
from pentarch_client._async.waiting import wait
from pentarch_client.models import File, LiveEvent, Pending, Run, SessionDetails, Skill
from pentarch_client.records import Record
from pentarch_client.requests import Request, given

_SESSION = "/api/v1/session/{id}"
_FILE = "/api/v1/workspace/{path}"


class AsyncSessions(AsyncEndpoints):
    async def create(
        self, skill: str, files: Sequence[str] = (), args: Mapping[str, Any] | None = None
    ) -> SessionDetails:
        """A session, to be run later."""
        body = {"skill": skill, "input": {"files": list(files), "args": dict(args or {})}}
        return SessionDetails(await self._send("POST", "/api/v1/session/create", body=body))

    async def run(
        self,
        skill: str,
        files: Sequence[str] = (),
        args: Mapping[str, Any] | None = None,
        *,
        options: Mapping[str, Any] | None = None,
        session_id: str | None = None,
    ) -> Run:
        """Run a skill's agent: in the session that is named or waits for just this, else in a new one."""
        asked = {"files": list(files), "args": dict(args or {})}
        body = given(skill=skill, input=asked, options=options, session_id=session_id)
        return Run(await self._send("POST", "/api/v1/agent/run", body=body))

    async def get(self, session_id: str) -> SessionDetails:
        return SessionDetails(await self._send("GET", _SESSION, places={"id": session_id}))

    def list(
        self, *, status: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> AsyncListing[SessionDetails]:
        query = given(status=status, limit=limit, offset=offset)
        return self._list("/api/v1/sessions", "sessions", SessionDetails, query)

    async def delete(self, session_id: str) -> Record:
        return Record(await self._send("DELETE", _SESSION, places={"id": session_id}))

    async def status(self, session_id: str) -> Run:
        return Run(await self._send("GET", "/api/v1/agent/{id}/status", places={"id": session_id}))

    async def wait(
        self, session_id: str, *, on_progress: Callable[[Run], object] | None = None, seconds: float = 900
    ) -> Run:
        """The run once its agent has done its part."""
        return await wait(
            lambda: self.status(session_id),
            lambda seen: seen.is_over,
            what=f"session {session_id}",
            seconds=seconds,
            tell=on_progress,
        )

    async def artifact(self, session_id: str, path: str) -> bytes:
        """A file as it is proposed."""
        return await self._artifact(session_id, path, diff=None)

    async def diff(self, session_id: str, path: str) -> str:
        """A proposed file's difference from the workspace's, as `git apply` takes it."""
        return (await self._artifact(session_id, path, diff=True)).decode()

    async def _artifact(self, session_id: str, path: str, *, diff: bool | None) -> bytes:
        places = {"id": session_id, "path": path}
        request = Request("GET", _SESSION + "/artifacts/{path}", places=places, query=given(diff=diff))
        return (await self._transport.file(request)).content

    def pending(self, *, limit: int | None = None) -> AsyncListing[Pending]:
        return self._list("/api/v1/pending", "pending", Pending, given(limit=limit))

    async def approve(
        self,
        session_id: str,
        *,
        comment: str | None = None,
        artifacts: Sequence[str] | None = None,
        digest: str | None = None,
    ) -> Record:
        """Apply what is proposed. With the `digest` of what was looked at, nothing else is applied."""
        body = given(comment=comment, artifacts=artifacts, digest=digest)
        return Record(await self._send("POST", "/api/v1/approve/{id}", places={"id": session_id}, body=body))

    async def reject(self, session_id: str, reason: str) -> Record:
        body = {"reason": reason}
        return Record(await self._send("POST", "/api/v1/reject/{id}", places={"id": session_id}, body=body))

    async def revise(self, session_id: str, instructions: str) -> Record:
        """Let the agent do it again, with what is asked for here."""
        body = {"instructions": instructions}
        return Record(await self._send("POST", "/api/v1/revise/{id}", places={"id": session_id}, body=body))

    def events(self, session_id: str, *, last: int | None = None) -> AsyncIterator[LiveEvent]:
        """A session's events from its beginning, or after `last`; a lost connection is taken up where it was.

        It does not end by itself: leave the loop at the event that you wait for.
        """
        return follow(self._transport, session_id, last)

    async def system_status(self) -> Record:
        """The workspace and its sessions, the tools that are here, the agents."""
        return Record(await self._send("GET", "/api/v1/status"))

    async def ticket(self) -> Record:
        """A ticket to open the WebSocket with, for clients that cannot set a header."""
        return Record(await self._send("POST", "/api/v1/ws/ticket"))


class AsyncWorkspace(AsyncEndpoints):
    """The tenant's versioned files."""

    def list(self, prefix: str | None = None, *, limit: int | None = None) -> AsyncListing[File]:
        return self._list("/api/v1/workspace", "files", File, given(prefix=prefix, limit=limit))

    async def read(self, path: str, *, version: int | None = None) -> bytes:
        request = Request("GET", _FILE, places={"path": path}, query=given(version=version))
        return (await self._transport.file(request)).content

    def history(self, path: str, *, limit: int | None = None) -> AsyncListing[File]:
        """A file's versions, newest first."""
        return self._list(_FILE, "versions", File, given(history=True, limit=limit), path=path)

    async def write(self, path: str, content: str | bytes, *, version: int | None = None) -> File:
        """A file's next version. `version` is the one that it replaces, 0 a new file; another one is a conflict."""
        data = content.encode() if isinstance(content, str) else content
        files = {"file": (path.rpartition("/")[2], data)}
        headers = _precondition(version)
        return File(await self._send("PUT", _FILE, places={"path": path}, files=files, headers=headers))

    async def delete(self, path: str, *, version: int | None = None) -> Record:
        """Its versions stay in its history."""
        return Record(await self._send("DELETE", _FILE, places={"path": path}, headers=_precondition(version)))


class AsyncSkills(AsyncEndpoints):
    """Definitions are as docs/sessions.md shows one."""

    async def list(self) -> Sequence[Skill]:
        return [Skill(entry) for entry in (await self._send("GET", "/api/v1/skills"))["skills"]]

    async def create(self, definition: Mapping[str, Any]) -> Skill:
        return Skill(await self._send("POST", "/api/v1/skills", body=dict(definition)))

    async def get(self, name: str) -> Skill:
        return Skill(await self._send("GET", "/api/v1/skills/{name}", places={"name": name}))

    async def replace(self, name: str, definition: Mapping[str, Any]) -> Skill:
        return Skill(await self._send("PUT", "/api/v1/skills/{name}", places={"name": name}, body=dict(definition)))

    async def delete(self, name: str) -> None:
        await self._send("DELETE", "/api/v1/skills/{name}", places={"name": name})


def _precondition(version: int | None) -> dict[str, str]:
    if version is None:
        return {}
    return {"If-Match": f'"{version}"'} if version else {"If-None-Match": "*"}
