"""A worker's look at a training that a provider does: begin it once, see how far it is, end it there too.

Every step is kept before the next one. A worker that dies in between leaves a file or a job that carries the
training's id, and who comes next finds it before it would begin another.
"""

from typing import Any

from pentarch.files import store as files
from pentarch.llm import catalogue
from pentarch.llm.errors import UpstreamError
from pentarch.llm.model import Sensitivity
from pentarch.platform.observability import logger
from specialists import trainings
from specialists.errors import ProviderRefusedError
from specialists.finetuning import told
from specialists.finetuning.openai import FineTuning
from specialists.model import Training
from specialists.parameters import FineTuned, restore

LOOK_AGAIN_S = 60
MAX_TRIES = 50
"""A provider that is not reached for hours still trains, and is still paid."""


def look(training: Training, parameters: FineTuned, prepared: dict[str, Any]) -> Training:
    """One look. LeaseLostError when the training is another's, or was cancelled."""
    entry = _entry(parameters)
    with FineTuning(entry) as provider:
        if "job" not in training.tuning:
            _judge(entry, Sensitivity(prepared["sensitivity"]))
            training = _begun(provider, training, parameters, prepared)
        ident = str(training.tuning["job"])
        job = provider.job(ident)
        steps, metrics = told.steps(provider.events(ident))
    looks = int(training.tuning.get("looks", 0)) + 1
    return trainings.record(training, {**training.tuning, **told.facts(job), **steps, "looks": looks}, metrics or None)


def stop(training: Training) -> None:
    """End what a provider still does for a cancelled training. Doing it again changes nothing."""
    parameters = restore(training.type, training.parameters)
    if not isinstance(parameters, FineTuned):
        return
    try:
        with FineTuning(_entry(parameters)) as provider:
            sent = training.tuning.get("files", {})
            job = provider.find(training.id, sent.get("train"), training.created_at)
            if job is not None and job.get("status") not in told.ENDED:
                provider.cancel(str(job["id"]))
            _remove(provider, sent)
    except ProviderRefusedError:
        logger().warning("a provider's training could not be cancelled", training_id=training.id, exc_info=True)


def tidy(training: Training) -> None:
    """Take back what was uploaded, once nothing learns from it any more."""
    parameters = restore(training.type, training.parameters)
    if not isinstance(parameters, FineTuned) or "files" not in training.tuning:
        return
    try:
        with FineTuning(_entry(parameters)) as provider:
            _remove(provider, training.tuning.get("files", {}))
    except (ProviderRefusedError, UpstreamError):
        logger().warning("what was uploaded could not be removed", training_id=training.id, exc_info=True)


def _begun(provider: FineTuning, training: Training, parameters: FineTuned, prepared: dict[str, Any]) -> Training:
    sent = dict(training.tuning.get("files", {}))
    job = provider.find(training.id, sent.get("train"), training.created_at)
    if job is None:
        for split, file in prepared["conversations"].items():
            if split not in sent:
                sent[split] = provider.upload(f"{training.id}-{split}.jsonl", files.get(file["key"]))
                training = trainings.record(training, {**training.tuning, "files": sent})
        job = provider.begin(training.id, parameters.base_model, sent, epochs=parameters.epochs, seed=parameters.seed)
    return trainings.record(training, {**training.tuning, **told.facts(job)})


def _remove(provider: FineTuning, sent: dict[str, str]) -> None:
    for file in sent.values():
        try:
            provider.remove(file)
        except ProviderRefusedError:
            logger().warning("a provider keeps an uploaded file", file=file, exc_info=True)


def _entry(parameters: FineTuned) -> dict[str, Any]:
    found = catalogue.entry(parameters.provider)
    if found is None or found.get("kind") != parameters.backend or not found.get("base_url"):
        msg = f"the providers' secret has no entry {parameters.provider!r} of the kind {parameters.backend!r}"
        raise ProviderRefusedError(msg)
    return found


def _judge(entry: dict[str, Any], found: Sensitivity) -> None:
    """A provider may learn from what it may see in prompts; without a data policy that is PUBLIC only."""
    cleared = Sensitivity((entry.get("data_policy") or {}).get("max_sensitivity") or Sensitivity.PUBLIC)
    if found.rank > cleared.rank:
        msg = f"the dataset is {found}, and this provider may see {cleared} at most"
        raise ProviderRefusedError(msg)
