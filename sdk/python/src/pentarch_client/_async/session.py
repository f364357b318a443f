"""A session at work."""

from collections.abc import AsyncIterator, Callable, Sequence

from pentarch_client._async.sessions import AsyncSessions
from pentarch_client.models import Artifact, LiveEvent, Run
from pentarch_client.records import Record


class AsyncSession:
    """What `run_skill` began. `run` is how it was when last looked at."""

    def __init__(self, sessions: AsyncSessions, run: Run) -> None:
        self._sessions = sessions
        self.run = run

    @property
    def id(self) -> str:
        return self.run.session_id

    @property
    def status(self) -> str:
        return self.run.status

    @property
    def artifacts(self) -> list[Artifact]:
        return self.run.artifacts or []

    async def refresh(self) -> Run:
        self.run = await self._sessions.status(self.id)
        return self.run

    async def wait_for_completion(
        self, *, on_progress: Callable[[Run], object] | None = None, seconds: float = 900
    ) -> Run:
        """Until the agent has done its part: then `status` is pending_approval, completed or failed."""
        self.run = await self._sessions.wait(self.id, on_progress=on_progress, seconds=seconds)
        return self.run

    async def diff(self, path: str) -> str:
        return await self._sessions.diff(self.id, path)

    async def approve(self, comment: str | None = None, *, artifacts: Sequence[str] | None = None) -> Record:
        """Apply what is proposed: what this object last saw of it, and nothing else."""
        digest = (self.run.approval or Record()).get("digest")
        decided = await self._sessions.approve(self.id, comment=comment, artifacts=artifacts, digest=digest)
        self.run = Run({**self.run, "status": decided.status})
        return decided

    async def reject(self, reason: str) -> Record:
        decided = await self._sessions.reject(self.id, reason)
        self.run = Run({**self.run, "status": decided.status})
        return decided

    async def revise(self, instructions: str) -> Record:
        decided = await self._sessions.revise(self.id, instructions)
        self.run = Run({**self.run, "status": decided.status})
        return decided

    def events(self, *, last: int | None = None) -> AsyncIterator[LiveEvent]:
        return self._sessions.events(self.id, last=last)
