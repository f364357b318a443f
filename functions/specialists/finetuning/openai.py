"""A training as a job of a server that fine-tunes as OpenAI does.

Every step is kept before the next one. A worker that dies in between leaves a file or a job that carries the
training's id, and who comes next finds it before it would begin another.
"""

from collections.abc import Mapping
from typing import Any

from pentarch.files import store as files
from pentarch.platform.observability import logger
from specialists import trainings
from specialists.errors import ProviderRefusedError
from specialists.finetuning import told
from specialists.finetuning.openai_api import FineTuning
from specialists.model import Training
from specialists.parameters import FineTuned

_ENDED = frozenset({"succeeded", "failed", "cancelled"})


class OpenAIJob:
    def __init__(self, entry: Mapping[str, Any], parameters: FineTuned) -> None:
        self._parameters = parameters
        self._provider = FineTuning(entry)

    def close(self) -> None:
        self._provider.close()

    def begin(self, training: Training, prepared: dict[str, Any]) -> Training:
        sent = dict(training.tuning.get("files", {}))
        job = self._provider.find(training.id, sent.get("train"), training.created_at)
        if job is None:
            for split, file in prepared["conversations"].items():
                if split not in sent:
                    sent[split] = self._provider.upload(f"{training.id}-{split}.jsonl", files.get(file["key"]))
                    training = trainings.record(training, {**training.tuning, "files": sent})
            asked = self._parameters
            job = self._provider.begin(training.id, asked.base_model, sent, epochs=asked.epochs, seed=asked.seed)
        return trainings.record(training, {**training.tuning, **_facts(job)})

    def look(self, training: Training) -> tuple[dict[str, Any], dict[str, float]]:
        ident = str(training.tuning["job"])
        job = self._provider.job(ident)
        steps, metrics = told.steps(self._provider.events(ident))
        return {**_facts(job), **steps}, metrics

    def stop(self, training: Training) -> None:
        sent = training.tuning.get("files", {})
        job = self._provider.find(training.id, sent.get("train"), training.created_at)
        if job is not None and job.get("status") not in _ENDED:
            self._provider.cancel(str(job["id"]))
        self.tidy(training)

    def tidy(self, training: Training) -> None:
        for file in training.tuning.get("files", {}).values():
            try:
                self._provider.remove(file)
            except ProviderRefusedError:
                logger().warning("a provider keeps an uploaded file", file=file, exc_info=True)


def _facts(job: Mapping[str, Any]) -> dict[str, Any]:
    found = told.facts(job)
    return {**found, "outcome": found["status"] if found["status"] in _ENDED else None}
