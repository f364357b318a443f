"""Doing a run: read its files, let the agent work, propose what it made.

A worker may die at any point. What it had written by then are contents under names of their own; one conditional write
of the session makes them the proposal, so a worker that takes the run over does it again and proposes once.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pentarch.files.errors import FileMissingError
from pentarch.identity.errors import QuotaExceededError
from pentarch.limits import leases
from pentarch.limits.errors import SlotLostError
from pentarch.llm.service import Gateway
from pentarch.platform import clock
from pentarch.platform.errors import PentarchError
from pentarch.platform.observability import logger
from pentarch.platform.passing import is_passing
from pentarch.platform.tables import Transaction
from pentarch.work import queue
from pentarch.work.errors import TenantInactiveError
from pentarch.work.messages import Run
from pentarch.work.owner import payer
from pentarch.workspace import paths
from pentarch.workspace import store as workspace
from pentarch.workspace.errors import FileTooLargeError, NoSuchFileError, PathError
from pentarch.workspace.model import Content
from sessions import facts, policy, proposals, service, store
from sessions.errors import AgentError, MovedError, RefusedRunError, RunError, RunTimeoutError
from sessions.lifecycle import Status
from sessions.model import MAX_LOG, Artifact, LogLine, Session
from sessions.modelled import Modelled, has_model, held
from sessions.rules import ALWAYS, RULES
from sessions.skills import catalogue
from sessions.skills.store import Skill
from sessions.work import Source, Task

QUEUE = "SESSIONS_QUEUE_URL"
MAX_TRIES = 3
RESERVE_S = 15
"""For what stands around the agent's work: proposing, and writing the end."""
RULES_MODEL = "rules"
_MAX_DELAY_S = 900


@cache
def gateway() -> Gateway:
    return Gateway()


def run(message: Run) -> None:
    tenant, session_id, number = str(message.body["tenant"]), str(message.body["id"]), message.body.get("round")
    session = store.get(tenant, session_id)
    if session is None or session.status is not Status.RUNNING or session.round != number:
        return
    at = clock.now()
    if session.is_leased(at) and session.leased_until is not None:
        _send_again(session, session.leased_until - at)
        return
    if session.tries >= MAX_TRIES:
        _Shift(session, message).fail(AgentError(f"{MAX_TRIES} workers ended without a result"))
        return
    try:
        taken = _take(session, message, at)
    except MovedError:
        _send_again(session, timedelta(seconds=1))
        return
    # If this worker dies, the queue would show the message again only after its own, longer time.
    _send_again(taken, (taken.leased_until or at) - at)
    _Shift(taken, message).work()


def _take(session: Session, message: Run, at: datetime) -> Session:
    started = session.started_at is None
    after = replace(
        session,
        started_at=session.started_at or at,
        updated_at=at,
        message="Started" if started else session.message,
        lease_owner=message.id,
        leased_until=message.lease_end(),
        tries=session.tries + 1,
    )
    event = facts.event_of(after, facts.STARTED, at, round=session.round)
    taken = store.replace_with(session, after, [event] if started else [])
    with suppress(SlotLostError):  # it waited longer than its slot was leased: it runs all the same
        leases.renew(service.slots_of(taken), service.POOL, taken.id, lease_s=service.LEASE_S, at=at)
    return taken


def _send_again(session: Session, after: timedelta) -> None:
    body = {"kind": "run", "tenant": session.tenant, "id": session.id, "round": session.round}
    delay = min(_MAX_DELAY_S, max(1, round(after.total_seconds()) + 1))
    queue.send(QUEUE, body, tenant=session.tenant, delay_s=delay)


class _Shift:
    """One worker's time with one run."""

    def __init__(self, session: Session, message: Run) -> None:
        self.session = session
        self._message = message
        self._begun = clock.now()
        self._timeout_s = 0.0

    def work(self) -> None:
        try:
            skill = catalogue.get(self.session.tenant, self.session.skill)
            self._timeout_s = skill.definition.timeout_s
            contents, produced_by, sources = self._contents(skill)
            self._say(0.9, "Comparing with the workspace")
            self._propose(contents, produced_by, sources)
        except MovedError:
            # Deleted, or taken over: whoever did that decides.
            logger().info("a run was taken from its worker", session_id=self.session.id)
        except RunError as error:
            self.fail(error)
        except PentarchError as error:
            if is_passing(error):
                self._release()
                raise
            self.fail(AgentError(error.message, details=error.details))
        except Exception:
            self._release()
            raise

    def fail(self, error: RunError) -> None:
        at = clock.now()
        after = self._ended(Status.FAILED, at, error.message, error=error.told())
        self._end(after, at, code=error.code)

    def _contents(self, skill: Skill) -> tuple[list[Content], str, tuple[Source, ...]]:
        self._say(0.1, "Reading the files")
        sources = self._sources()
        task = Task(
            sources=sources,
            args=self.session.input["args"],
            instructions=self.session.instructions,
            say=self._say,
            detail=self._detail,
            remaining_s=self._remaining_s,
        )
        texts, produced_by = self._texts(skill, task)
        folder = paths.folder_of(sources[0].path) if sources else ""
        return self._held(skill, texts, folder), produced_by, sources

    def _texts(self, skill: Skill, task: Task) -> tuple[Mapping[str, str], str]:
        """A model's where there is one to be had; else what the rules make, as far as the skill has such."""
        rules = RULES.get(skill.name) if skill.is_builtin else None
        if rules is None or (skill.name not in ALWAYS and has_model(gateway(), self.session.tenant)):
            try:
                caller = payer(self.session.tenant, self.session.owner.subject, clock.now())
            except (TenantInactiveError, QuotaExceededError) as error:
                raise RefusedRunError(error.message, details=error.details) from error
            found = Modelled(gateway(), caller, self.session, skill.definition, task).texts(accept_local=rules is None)
            if found is not None:
                return found
        if rules is None:
            msg = "no model here writes what the skill's outputs ask for, and the skill has no rules"
            raise AgentError(msg)
        self._say(0.3, "Working by rules")
        return rules(task), RULES_MODEL

    def _held(self, skill: Skill, texts: Mapping[str, str], folder: str) -> list[Content]:
        contents = []
        for output in skill.definition.outputs:
            text, faults = held(output, texts[output.path])
            if faults:
                msg = f"{output.path} does not keep its schema"
                raise AgentError(msg, details={"faults": faults[:5]})
            content = Content(_placed(folder, output.path), text.encode(), output.content_type)
            try:
                workspace.check_size(content)
            except FileTooLargeError as error:
                raise AgentError(error.message, details=error.details) from error
            contents.append(content)
        self._say(0.8, "Checking the outputs")
        return contents

    def _sources(self) -> tuple[Source, ...]:
        found = []
        for path in self.session.input["files"]:
            try:
                found.append(Source.of(workspace.get(self.session.tenant, path)))
            except (NoSuchFileError, FileMissingError) as error:
                msg = f"the workspace has no {path} any more"
                raise AgentError(msg, details={"path": path}) from error
            except UnicodeDecodeError as error:
                msg = f"{path} is no text in UTF-8"
                raise AgentError(msg, details={"path": path}) from error
        return tuple(found)

    def _propose(self, contents: Sequence[Content], produced_by: str, sources: Sequence[Source]) -> None:
        artifacts = proposals.make(self.session, contents)
        at = clock.now()
        changes: dict[str, Any] = {
            "artifacts": artifacts,
            "produced_by": produced_by,
            "sources": tuple(one.told() for one in sources),
            "progress": 1.0,
        }
        if all(_changes_nothing(one, content) for one, content in zip(artifacts, contents, strict=True)):
            after = self._ended(Status.COMPLETED, at, "The workspace has just this already", **changes)
        else:
            expires_at = at + policy.of(self.session.tenant).expires_after
            after = self._ended(Status.PENDING_APPROVAL, at, "Waiting for approval", expires_at=expires_at, **changes)
        self._end(after, at, digest=after.digest, produced_by=produced_by)

    def _ended(self, status: Status, at: datetime, message: str, **changes: Any) -> Session:  # noqa: ANN401
        return replace(
            self.session,
            status=status,
            updated_at=at,
            message=message,
            lease_owner=None,
            leased_until=None,
            log=self._logged(at, message),
            **changes,
        )

    def _end(self, after: Session, at: datetime, **data: Any) -> None:  # noqa: ANN401 (JSON)
        """End the run, tell of it, and free its slot, at once."""
        event = facts.event_of(
            after,
            facts.COMPLETE,
            at,
            status=after.status,
            artifacts=[one.path for one in after.artifacts],
            round=after.round,
            **data,
        )

        def free(transaction: Transaction) -> None:
            leases.release_with(transaction, service.slots_of(after), service.POOL, after.id)

        with suppress(MovedError):
            store.replace_with(self.session, after, [event], also=free)

    # Progress

    def _say(self, progress: float, message: str) -> None:
        """Tell how far the run is, once: a worker that takes over says nothing that was said before."""
        if self._remaining_s() <= 0:
            msg = f"the run took longer than {self._timeout_s:g} seconds"
            raise RunTimeoutError(msg, details={"timeout_s": self._timeout_s})
        if progress <= self.session.progress:
            return
        at = clock.now()
        after = replace(self.session, progress=progress, message=message, updated_at=at, log=self._logged(at, message))
        event = facts.event_of(
            after, facts.PROGRESS, at, progress=progress, message=message, status=after.status, round=after.round
        )
        self.session = store.replace_with(self.session, after, [event])

    def _detail(self, message: str) -> None:
        if self.session.verbose:
            self.session = replace(self.session, log=self._logged(clock.now(), message))

    def _logged(self, at: datetime, message: str) -> tuple[LogLine, ...]:
        return (*self.session.log, LogLine(at, message[:500]))[-MAX_LOG:]

    def _remaining_s(self) -> float:
        """Of the skill's time, and of the worker's own."""
        used = (clock.now() - self._begun).total_seconds()
        return min(self._timeout_s - used, self._message.remaining_s() - RESERVE_S)

    def _release(self) -> None:
        """Give the run back; harmless when it was taken."""
        with suppress(Exception):
            store.replace_with(self.session, replace(self.session, lease_owner=None, leased_until=None), [])


def _placed(folder: str, name: str) -> str:
    try:
        return paths.checked(folder + name)
    except PathError as error:
        raise AgentError(error.message) from error


def _changes_nothing(artifact: Artifact, content: Content) -> bool:
    return artifact.base_version != workspace.ABSENT and artifact.counts == "+0 -0" and _is_text(content.body)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
