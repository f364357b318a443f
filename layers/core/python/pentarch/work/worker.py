"""Working on a shard: take it by a lease, go through its inputs in order, leave it so that the next can go on.

What a service does with one input is a function of its own; everything that makes this safe against messages that
come twice, late or after a crash is here. An input's result and the step past it are one transaction, guarded by the
lease, so a worker that was thought dead and comes back changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from pentarch.events import store as events
from pentarch.identity.model import Caller
from pentarch.platform import clock
from pentarch.platform.errors import Meaning, PentarchError
from pentarch.platform.observability import logger
from pentarch.platform.tables import Transaction
from pentarch.work import facts, inputs, queue, results, shards
from pentarch.work.errors import GivenUpError, LeaseHeldError
from pentarch.work.inputs import Input
from pentarch.work.messages import Run
from pentarch.work.model import Job, JobState, Shard
from pentarch.work.owner import Standing, standing
from pentarch.work.sharding import LOST_TRIES, MAX_PAUSE_S, MAX_TRIES, TURN, pause_s

_PASSING = frozenset({Meaning.UNAVAILABLE, Meaning.UPSTREAM_FAILED, Meaning.UPSTREAM_TIMEOUT, Meaning.RATE_LIMITED})
"""Failures of the world and not of the input: the same input may well succeed later."""


class Record(Protocol):
    """Adds an input's result to the transaction of the event that tells of its making."""

    def __call__(self, transaction: Transaction, output: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """One input, and whom it is worked on for."""

    job: Job
    input: Input
    caller: Caller
    record: Record


@dataclass(frozen=True, slots=True)
class ShardWorker:
    """`perform` makes one result and commits it with `task.record`; it raises PentarchError when there is none."""

    queue: str
    """The environment variable with the address of the service's queue."""
    perform: Callable[[Task], None]
    input_time_s: float
    """How long one input may take: with less time left the shard is passed on."""
    max_object_bytes: int = inputs.MAX_INPUT_BYTES
    """Of an object that is one input; a line is never longer than `MAX_INPUT_BYTES`."""

    def take(self, run: Run) -> None:
        tenant, job_id, number = str(run.body["tenant"]), str(run.body["job_id"]), int(run.body["shard"])
        job, shard = shards.with_job(tenant, job_id, number)
        if job is None or shard is None:
            logger().error("a message names a shard that does not exist", body=run.body)
            return
        if shard.done or job.state is not JobState.RUNNING:
            return
        if run.is_last and shard.next_try <= LOST_TRIES:
            # Its workers died or met an outage: a fresh message goes on, and the shard itself counts the tries.
            self.send(job, shard)
            return
        at = clock.now()
        try:
            leased = shards.take(shard, run.id, at, run.lease_end())
        except LeaseHeldError as held:
            # If its holder dies, nobody else may know of this shard: the message must not end before the lease does.
            self.send(job, shard, _seconds_until(held.until, at))
            return
        shift = _Shift(self, run, job, leased)
        try:
            shift.work()
        except Exception:
            with suppress(Exception):  # the first error is the one to tell of
                shards.release(shift.shard)
            raise

    def send(self, job: Job, shard: Shard, delay_s: int = 0) -> None:
        body = message(shard.tenant, shard.job_id, shard.number)
        queue.send(queue.at_priority(self.queue, job.priority), body, tenant=shard.tenant, delay_s=delay_s)


@dataclass(slots=True)
class _Shift:
    """One worker's time with one shard."""

    worker: ShardWorker
    run: Run
    job: Job
    shard: Shard
    marked: datetime = field(default_factory=lambda: clock.now())  # noqa: PLW0108 (which clock is told when it is asked)
    """When the last input was done with."""

    def work(self) -> None:
        if self.shard.tries > MAX_TRIES:
            self._give_up_next()
            return
        most, turn_ends = self.worker.max_object_bytes, self.marked + TURN
        for given in self._inputs(most):
            at = clock.now()
            if self.run.remaining_s() < self.worker.input_time_s or at >= turn_ends:
                self._pass_on()
                return
            now = standing(self.job, at)
            if now.state is not JobState.RUNNING:
                shards.release(self.shard)
                return
            try:
                self._perform(given, now)
            except PentarchError as error:
                if error.meaning in _PASSING and self.shard.tries < MAX_TRIES:
                    self._pass_on(pause_s(self.shard.tries, error.retry_after))
                    return
                self._record_failure(given, error)
        self._finish()

    def _inputs(self, most: int = inputs.MAX_INPUT_BYTES) -> Iterator[Input]:
        """Those without a result."""
        shard = self.shard
        return inputs.read(shard.manifest, first=shard.first, count=shard.count, skip=shard.resolved, most=most)

    def _perform(self, given: Input, now: Standing) -> None:
        refusal = given.problem or now.refusal
        if refusal is not None:
            raise refusal
        if now.caller is None:
            msg = "a tenant without a refusal has a caller"
            raise RuntimeError(msg)
        before = self.shard
        after: list[Shard] = []

        def record(transaction: Transaction, output: Mapping[str, Any]) -> None:
            at = clock.now()
            results.add(transaction, before, results.answered(given, output), at)
            after[:] = [shards.advance(transaction, before, failed=False, worked=self._worked(at))]

        self.worker.perform(Task(self.job, given, now.caller, record))
        [self.shard] = after

    def _record_failure(self, given: Input, error: PentarchError) -> None:
        at = clock.now()
        line = results.failed(given, error)
        transaction = Transaction()
        results.add(transaction, self.shard, line, at)
        after = shards.advance(transaction, self.shard, failed=True, worked=self._worked(at))
        told = facts.event_of(self.job, facts.INPUT_FAILED, at, index=given.index, code=line["error"]["code"])
        events.record(transaction, told)
        transaction.commit()
        self.shard = after

    def _worked(self, at: datetime) -> timedelta:
        """Since the last input: what was written after it was done with is counted with the next."""
        before, self.marked = self.marked, at
        return max(at - before, timedelta())

    def _give_up_next(self) -> None:
        """Every worker that took the shard since its last result died: let the input that they began with fail."""
        given = next(self._inputs(), None)
        if given is None:
            self._finish()
            return
        self._record_failure(given, GivenUpError(f"{MAX_TRIES} tries to work on the input ended without a result"))
        self._pass_on()

    def _pass_on(self, delay_s: int = 0) -> None:
        """Leave the shard to a later message. After a crash in between, the present message is that one."""
        shards.release(self.shard)
        self.worker.send(self.job, self.shard, delay_s)

    def _finish(self) -> None:
        shard = self.shard
        told = facts.event_of(
            self.job,
            facts.SHARD_COMPLETED,
            clock.now(),
            shard=shard.number,
            completed=shard.resolved - shard.failed,
            failed=shard.failed,
        )
        shards.finish(shard, results.write_part(self.job, shard), told)


def message(tenant: str, job_id: str, number: int) -> dict[str, Any]:
    """What tells a service's worker of a shard."""
    return {"tenant": tenant, "job_id": job_id, "shard": number}


def _seconds_until(until: datetime, at: datetime) -> int:
    return min(MAX_PAUSE_S, max(1, round((until - at).total_seconds())))
