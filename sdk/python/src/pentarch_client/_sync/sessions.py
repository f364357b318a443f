# Written from _async by unasync.py ("make sdk"): change it there.
"""MetaForge: sessions, runs, approvals, the workspace, skills."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client._sync.live import follow
from pentarch_client._sync.waiting import wait
from pentarch_client.models import File, LiveEvent, Pending, Run, SessionDetails, Skill
from pentarch_client.records import Record
from pentarch_client.requests import Request, given

_SESSION = "/api/v1/session/{id}"
_FILE = "/api/v1/workspace/{path}"


class Sessions(Endpoints):
    def create(self, skill: str, files: Sequence[str] = (), args: Mapping[str, Any] | None = None) -> SessionDetails:
        """A session, to be run later."""
        body = {"skill": skill, "input": {"files": list(files), "args": dict(args or {})}}
        return SessionDetails(self._send("POST", "/api/v1/session/create", body=body))

    def run(
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
        return Run(self._send("POST", "/api/v1/agent/run", body=body))

    def get(self, session_id: str) -> SessionDetails:
        return SessionDetails(self._send("GET", _SESSION, places={"id": session_id}))

    def list(
        self, *, status: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> Listing[SessionDetails]:
        query = given(status=status, limit=limit, offset=offset)
        return self._list("/api/v1/sessions", "sessions", SessionDetails, query)

    def delete(self, session_id: str) -> Record:
        return Record(self._send("DELETE", _SESSION, places={"id": session_id}))

    def status(self, session_id: str) -> Run:
        return Run(self._send("GET", "/api/v1/agent/{id}/status", places={"id": session_id}))

    def wait(self, session_id: str, *, on_progress: Callable[[Run], object] | None = None, seconds: float = 900) -> Run:
        """The run once its agent has done its part."""
        return wait(
            lambda: self.status(session_id),
            lambda seen: seen.is_over,
            what=f"session {session_id}",
            seconds=seconds,
            tell=on_progress,
        )

    def artifact(self, session_id: str, path: str) -> bytes:
        """A file as it is proposed."""
        return self._artifact(session_id, path, diff=None)

    def diff(self, session_id: str, path: str) -> str:
        """A proposed file's difference from the workspace's, as `git apply` takes it."""
        return (self._artifact(session_id, path, diff=True)).decode()

    def _artifact(self, session_id: str, path: str, *, diff: bool | None) -> bytes:
        places = {"id": session_id, "path": path}
        request = Request("GET", _SESSION + "/artifacts/{path}", places=places, query=given(diff=diff))
        return (self._transport.file(request)).content

    def pending(self, *, limit: int | None = None) -> Listing[Pending]:
        return self._list("/api/v1/pending", "pending", Pending, given(limit=limit))

    def approve(
        self,
        session_id: str,
        *,
        comment: str | None = None,
        artifacts: Sequence[str] | None = None,
        digest: str | None = None,
    ) -> Record:
        """Apply what is proposed. With the `digest` of what was looked at, nothing else is applied."""
        body = given(comment=comment, artifacts=artifacts, digest=digest)
        return Record(self._send("POST", "/api/v1/approve/{id}", places={"id": session_id}, body=body))

    def reject(self, session_id: str, reason: str) -> Record:
        body = {"reason": reason}
        return Record(self._send("POST", "/api/v1/reject/{id}", places={"id": session_id}, body=body))

    def revise(self, session_id: str, instructions: str) -> Record:
        """Let the agent do it again, with what is asked for here."""
        body = {"instructions": instructions}
        return Record(self._send("POST", "/api/v1/revise/{id}", places={"id": session_id}, body=body))

    def events(self, session_id: str, *, last: int | None = None) -> Iterator[LiveEvent]:
        """A session's events from its beginning, or after `last`; a lost connection is taken up where it was.

        It does not end by itself: leave the loop at the event that you wait for.
        """
        return follow(self._transport, session_id, last)

    def system_status(self) -> Record:
        """The workspace and its sessions, the tools that are here, the agents."""
        return Record(self._send("GET", "/api/v1/status"))

    def ticket(self) -> Record:
        """A ticket to open the WebSocket with, for clients that cannot set a header."""
        return Record(self._send("POST", "/api/v1/ws/ticket"))


class Workspace(Endpoints):
    """The tenant's versioned files."""

    def list(self, prefix: str | None = None, *, limit: int | None = None) -> Listing[File]:
        return self._list("/api/v1/workspace", "files", File, given(prefix=prefix, limit=limit))

    def read(self, path: str, *, version: int | None = None) -> bytes:
        request = Request("GET", _FILE, places={"path": path}, query=given(version=version))
        return (self._transport.file(request)).content

    def history(self, path: str, *, limit: int | None = None) -> Listing[File]:
        """A file's versions, newest first."""
        return self._list(_FILE, "versions", File, given(history=True, limit=limit), path=path)

    def write(self, path: str, content: str | bytes, *, version: int | None = None) -> File:
        """A file's next version. `version` is the one that it replaces, 0 a new file; another one is a conflict."""
        data = content.encode() if isinstance(content, str) else content
        files = {"file": (path.rpartition("/")[2], data)}
        headers = _precondition(version)
        return File(self._send("PUT", _FILE, places={"path": path}, files=files, headers=headers))

    def delete(self, path: str, *, version: int | None = None) -> Record:
        """Its versions stay in its history."""
        return Record(self._send("DELETE", _FILE, places={"path": path}, headers=_precondition(version)))


class Skills(Endpoints):
    """Definitions are as docs/sessions.md shows one."""

    def list(self) -> Sequence[Skill]:
        return [Skill(entry) for entry in (self._send("GET", "/api/v1/skills"))["skills"]]

    def create(self, definition: Mapping[str, Any]) -> Skill:
        return Skill(self._send("POST", "/api/v1/skills", body=dict(definition)))

    def get(self, name: str) -> Skill:
        return Skill(self._send("GET", "/api/v1/skills/{name}", places={"name": name}))

    def replace(self, name: str, definition: Mapping[str, Any]) -> Skill:
        return Skill(self._send("PUT", "/api/v1/skills/{name}", places={"name": name}, body=dict(definition)))

    def delete(self, name: str) -> None:
        self._send("DELETE", "/api/v1/skills/{name}", places={"name": name})


def _precondition(version: int | None) -> dict[str, str]:
    if version is None:
        return {}
    return {"If-Match": f'"{version}"'} if version else {"If-None-Match": "*"}
