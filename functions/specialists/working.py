"""Doing a training: look at its dataset, learn epoch by epoch, leave a signed model.

A worker may die at any point. What it had done is in objects that are named by their content, and the table's one
conditional write after each step says which of them count; who takes the training over begins there, and since nothing
of a step depends on time, place or worker, it ends in the same model.
"""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

from pentarch.events.actor import Actor
from pentarch.events.model import Event
from pentarch.files import store as files
from pentarch.files.errors import FileChangedError, FileMissingError
from pentarch.files.model import place
from pentarch.llm.specialists import opening
from pentarch.platform import clock
from pentarch.platform.observability import logger
from pentarch.platform.tables import Transaction
from pentarch.work import queue
from pentarch.work.errors import LeaseHeldError, LeaseLostError
from pentarch.work.messages import Run
from pentarch.work.sharding import MAX_PAUSE_S, MAX_TRIES
from specialists import arrays, facts, parameters, signing, store, trainings
from specialists.datasets.chunks import ChunkReader
from specialists.datasets.opening import opened
from specialists.datasets.preparing import prepare, prepare_conversations
from specialists.datasets.sources import WORK_AREA
from specialists.errors import BadDatasetError, Fault, ModelTamperedError, MovedError, ProviderRefusedError
from specialists.estimating import Pace
from specialists.finetuning import looking, measuring
from specialists.lifecycle import TrainingState, is_told
from specialists.model import Epoch, Specialist, Training, TrainingType, Version
from specialists.parameters import FineTuned, Supervised
from specialists.training import kinds, supervised
from specialists.training.measures import p95

QUEUE = "SPECIALISTS_QUEUE_URL"
_RESERVE_S = 30
"""For what stands around an epoch: reading the chunks, writing the checkpoint."""
_LATENCY_PROBES = 50
_TELLING_BYTES = 256 * 1024
"""Of a dataset whose epochs take longer than their checkpoints."""
_ATTEMPTS = 5


def train(run: Run) -> None:
    tenant, specialist_id, training_id = (str(run.body[name]) for name in ("tenant", "specialist_id", "job_id"))
    specialist, training = trainings.with_specialist(tenant, specialist_id, training_id)
    if specialist is None or training is None:
        logger().error("a message names a training that does not exist", body=run.body)
        return
    if training.state is TrainingState.CANCELLED:
        looking.stop(training)
    if training.state is not TrainingState.QUEUED and not training.state.works:
        return
    if run.is_last:
        # Its workers died or met an outage: a fresh message goes on, and the training itself counts the tries.
        _send(training)
        return
    at = clock.now()
    try:
        taken = trainings.take(training, run.id, at, run.lease_end())
    except LeaseHeldError as held:
        # If its holder dies, nobody else may know of this training: the message must not end before the lease does.
        _send(training, _seconds_until(held.until, at))
        return
    shift = _Shift(run, specialist, taken)
    try:
        shift.work()
    except BadDatasetError as error:
        shift.fail(error.told())
    except (FileMissingError, FileChangedError, ModelTamperedError) as error:
        # It rested until the bucket's rule had removed its files, or somebody changed them.
        shift.fail({"code": "FILES_LOST", "message": f"what it had done so far cannot be read: {error}"})
    except Exception:
        with suppress(Exception):  # the first error is the one to tell of
            trainings.release(shift.training)
        raise


def _send(training: Training, delay_s: int = 0) -> None:
    body = {
        "kind": "train",
        "tenant": training.tenant,
        "specialist_id": training.specialist_id,
        "job_id": training.id,
    }
    queue.send(QUEUE, body, tenant=training.tenant, delay_s=delay_s)


class _Shift:
    """One worker's time with one training."""

    def __init__(self, run: Run, specialist: Specialist, training: Training) -> None:
        self.run = run
        self.specialist = specialist
        self.training = training
        self.parameters = parameters.restore(training.type, training.parameters)
        self._actor = Actor(training.tenant, training.created_by, training.correlation_id)
        self._look_seconds: float | None = None
        """What this worker's look at the dataset took; None where an earlier one looked."""
        self._place = place(WORK_AREA, training.tenant, specialist.id, training.id)

    def work(self) -> None:
        tries = looking.MAX_TRIES if self.training.is_tuned else MAX_TRIES
        if self.training.tries > tries:
            self.fail({"code": "GIVEN_UP", "message": f"{tries} tries ended without a step forward"})
            return
        try:
            prepared = self._prepared()
            if isinstance(self.parameters, FineTuned):
                self._look(self.parameters, prepared)
            else:
                self._learn(prepared)
        except ProviderRefusedError as error:
            looking.tidy(self.training)
            self.fail({"code": "PROVIDER_REFUSED", "message": str(error)})
        except (MovedError, LeaseLostError):
            # Cancelled, paused or taken over meanwhile: whoever did that decides, and nothing of ours counts.
            logger().info("a training was taken from its worker", training_id=self.training.id)
            now = trainings.get(self.training.tenant, self.specialist.id, self.training.id)
            if now is not None and now.state is TrainingState.CANCELLED:
                looking.stop(now)

    def fail(self, error: dict[str, Any]) -> None:
        at = clock.now()
        event = facts.did(
            self._actor,
            facts.TRAINING_FAILED,
            self.specialist.id,
            at,
            job_id=self.training.id,
            training_type=self.training.type,
            code=error["code"],
        )
        with suppress(MovedError):
            trainings.move(self.training, TrainingState.FAILED, event, error=error)

    # The dataset

    def _prepared(self) -> dict[str, Any]:
        if self.training.prepared is not None:
            if self.training.state is not TrainingState.RUNNING:
                self._started(TrainingState.RUNNING)
            return dict(json.loads(files.get(self.training.prepared)))
        if self.training.state is TrainingState.QUEUED:
            self._started(TrainingState.VALIDATING)
        chunks = f"{self._place}/chunks"
        begun = perf_counter()
        open_table = partial(opened, self.training.source, self._place)
        if isinstance(self.parameters, FineTuned):
            instructions = opening(self.specialist.name, self.specialist.description)
            made = prepare_conversations(open_table, self.parameters, chunks, instructions)
        else:
            made = prepare(open_table, self.parameters, chunks)
        if isinstance(self.parameters, Supervised):
            reason = supervised.too_large(self.parameters, len(made.facts["labels"]))
            if reason is not None:
                raise BadDatasetError([Fault(reason)])
        self._look_seconds = perf_counter() - begun
        manifest = {**made.facts, "probes": made.probes, "examples": made.examples}
        key = f"{self._place}/prepared.json"
        files.put(key, arrays.canonical(manifest), "application/json")
        event = self._did(facts.DATASET_VALIDATED, rows=made.report["rows"], dataset_hash=made.report["dataset_hash"])
        self.training = trainings.move(self.training, TrainingState.RUNNING, event, report=made.report, prepared=key)
        return manifest

    def _started(self, state: TrainingState) -> None:
        self.training = trainings.move(self.training, state, self._did(facts.TRAINING_STARTED))

    # Learning

    def _learn(self, prepared: dict[str, Any]) -> None:
        learner = kinds.learner(self.parameters, prepared)
        if self.training.checkpoint is not None:
            learner.restore(*arrays.read(f"{self._place}/checkpoints", self.training.checkpoint))
        with ChunkReader(prepared["splits"]) as reader:
            while self.training.current_epoch < self.training.total_epochs and not learner.stopped:
                if self.run.remaining_s() < _RESERVE_S + 2 * (self.training.epoch_seconds or 0):
                    self._pass_on()
                    return
                begun = perf_counter()
                number = self.training.current_epoch + 1
                metrics = learner.epoch(number, reader)
                checkpoint = arrays.write(f"{self._place}/checkpoints", learner.arrays(), learner.facts())
                seconds = perf_counter() - begun
                self._advance(Epoch(number, round(seconds, 6), metrics), checkpoint)
            self._complete(prepared, *learner.finish(reader))

    def _advance(self, epoch: Epoch, checkpoint: str) -> None:
        """The step past an epoch; its condition is also how a worker hears that it was stopped."""
        before = self.training.epoch_seconds
        average = epoch.seconds if before is None else before + (epoch.seconds - before) / epoch.number
        total = self.training.total_epochs
        told = (
            self._did(facts.TRAINING_PROGRESSED, epoch=epoch.number, epochs=total)
            if is_told(epoch.number, total)
            else None
        )
        self.training = trainings.advance(self.training, epoch, checkpoint, round(average, 6), told)

    def _pass_on(self, delay_s: int = 0) -> None:
        """Leave the training to a later message. After a crash in between, the present message is that one."""
        trainings.release(self.training)
        _send(self.training, delay_s)

    def _look(self, settings: FineTuned, prepared: dict[str, Any]) -> None:
        """One look at the provider's job, and what it made is measured; the next look is a later message's."""
        self.training = looking.look(self.training, settings, prepared)
        outcome, model = self.training.tuning["outcome"], self.training.tuning["model"]
        if outcome is None:
            self._pass_on(looking.LOOK_AGAIN_S)
            return
        if outcome != "succeeded" or not model:
            looking.tidy(self.training)
            status = self.training.tuning["status"]
            self.fail({"code": "PROVIDER_FAILED", "message": f"the provider's training ended as {status}"})
            return
        about = measuring.about(settings, prepared, str(model))
        rows = prepared["probes"][: settings.measured_rows]
        measured = measuring.Measured(self.specialist, settings, about, rows)
        self.training, wait = measured.go_on(self.training, self.run.remaining_s)
        if wait is not None:
            self._pass_on(wait)
            return
        looking.tidy(self.training)
        tuning = self.training.tuning
        metrics = {**self.training.metrics, **measuring.metrics(tuning)}
        self._keep(prepared, {}, about, metrics, measuring.latency_ms(tuning))

    def _complete(
        self, prepared: dict[str, Any], model: arrays.Arrays, about: dict[str, Any], metrics: dict[str, Any]
    ) -> None:
        latency = _latency_ms(kinds.model(model, about), prepared["probes"])
        self._keep(prepared, model, about, metrics, latency)

    def _keep(
        self,
        prepared: dict[str, Any],
        model: arrays.Arrays,
        about: dict[str, Any],
        metrics: dict[str, Any],
        latency: float | None = None,
    ) -> None:
        tenant, specialist_id = self.specialist.tenant, self.specialist.id
        prefix = signing.prefix(tenant, specialist_id)
        model_hash = arrays.write(prefix, model, about)
        kept = {"probes": prepared["probes"], "examples": prepared["examples"]}
        files.put(f"{prefix}/{model_hash}/rows.json", arrays.canonical(kept), "application/json")
        signing.sign(tenant, specialist_id, model_hash)
        at = clock.now()
        made = Version(
            tenant=tenant,
            specialist_id=specialist_id,
            number=0,
            training_id=self.training.id,
            type=TrainingType(self.training.type),
            model_hash=model_hash,
            dataset_hash=prepared["dataset_hash"],
            metrics=metrics,
            latency_ms=latency,
            created_at=at,
            tuned=measuring.named(about) if self.training.is_tuned else None,
        )
        for _ in range(_ATTEMPTS):
            if self._commit(made, at):
                return
        raise MovedError

    def _commit(self, made: Version, at: datetime) -> bool:
        """End the training and add the version; False when the specialist changed meanwhile."""
        specialist, training = trainings.with_specialist(made.tenant, made.specialist_id, made.training_id)
        if specialist is None or training is None or training.state is not TrainingState.RUNNING:
            raise MovedError
        if training.lease_owner != self.training.lease_owner:
            raise LeaseLostError
        version = replace(made, number=specialist.latest_version + 1)
        shown = {name: value for name, value in made.metrics.items() if isinstance(value, int | float)}
        event = self._did(
            facts.TRAINED,
            version=version.number,
            model_hash=version.model_hash,
            dataset_hash=version.dataset_hash,
            performance_score=version.performance_score,
            metrics=shown,
        )

        def also(transaction: Transaction) -> None:
            trainings.add_move(
                transaction,
                self.training,
                TrainingState.COMPLETED,
                at,
                version=version.number,
                metrics=self._all_metrics(made),
            )
            store.put_version(transaction, version)
            self._add_pace(transaction)

        after = replace(specialist, latest_version=version.number, last_trained=at, accuracy=version.accuracy)
        try:
            store.replace_with(specialist, after, event, also=also)
        except MovedError:
            return False
        return True

    def _all_metrics(self, made: Version) -> dict[str, Any]:
        if made.tuned is not None:
            return dict(made.metrics)
        return {**made.metrics, "training_loss": self.training.metrics.get("loss")}

    def _add_pace(self, transaction: Transaction) -> None:
        size = int(self.training.source.get("bytes", 0))
        looked = self._look_seconds
        if size >= _TELLING_BYTES and self.training.epoch_seconds and looked is not None:
            before = trainings.pace(self.training.tenant)
            measured = Pace(looked / size, self.training.epoch_seconds / size)
            trainings.keep_pace(transaction, self.training.tenant, before, measured)

    def _did(self, event_type: str, **data: Any) -> Event:  # noqa: ANN401 (JSON)
        return facts.did(
            self._actor,
            event_type,
            self.specialist.id,
            clock.now(),
            job_id=self.training.id,
            training_type=self.training.type,
            **data,
        )


def _latency_ms(model: kinds.Model, probes: list[dict[str, Any]]) -> float:
    """The 95th percentile of single predictions."""
    inputs = [probe.get("text", probe.get("features")) for probe in probes[:_LATENCY_PROBES]]
    times = []
    for one in inputs:
        begun = perf_counter()
        model.predict([one])
        times.append(1000 * (perf_counter() - begun))
    return p95(times) or 0.0


def _seconds_until(until: datetime, at: datetime) -> int:
    return min(MAX_PAUSE_S, max(1, round((until - at).total_seconds())))
