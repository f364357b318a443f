"""A worker's look at a training that a provider does: begin it once, see how far it is, end it there too."""

from contextlib import closing
from typing import Any

from pentarch.llm.errors import UpstreamError
from pentarch.llm.model import Sensitivity
from pentarch.platform.observability import logger
from specialists import trainings
from specialists.errors import ProviderRefusedError
from specialists.finetuning import backends
from specialists.model import Training
from specialists.parameters import FineTuned, restore

LOOK_AGAIN_S = 60
MAX_TRIES = 50
"""A provider that is not reached for hours still trains, and is still paid."""


def look(training: Training, parameters: FineTuned, prepared: dict[str, Any]) -> Training:
    """One look. LeaseLostError when the training is another's, or was cancelled."""
    with closing(backends.of(parameters)) as job:
        if "job" not in training.tuning:
            _judge(backends.entry_of(parameters), Sensitivity(prepared["sensitivity"]))
            training = job.begin(training, prepared)
        found, metrics = job.look(training)
    looks = int(training.tuning.get("looks", 0)) + 1
    return trainings.record(training, {**training.tuning, **found, "looks": looks}, metrics or None)


def stop(training: Training) -> None:
    """End what a provider still does for a cancelled training. Doing it again changes nothing."""
    parameters = restore(training.type, training.parameters)
    if not isinstance(parameters, FineTuned):
        return
    try:
        with closing(backends.of(parameters)) as job:
            job.stop(training)
    except ProviderRefusedError:
        logger().warning("a provider's training could not be cancelled", training_id=training.id, exc_info=True)


def tidy(training: Training) -> None:
    """Take back what was uploaded, once nothing learns from it any more."""
    parameters = restore(training.type, training.parameters)
    if not isinstance(parameters, FineTuned) or not training.tuning:
        return
    try:
        with closing(backends.of(parameters)) as job:
            job.tidy(training)
    except (ProviderRefusedError, UpstreamError):
        logger().warning("what was uploaded could not be removed", training_id=training.id, exc_info=True)


def _judge(entry: dict[str, Any], found: Sensitivity) -> None:
    """A provider may learn from what it may see in prompts; without a data policy that is PUBLIC only."""
    cleared = Sensitivity((entry.get("data_policy") or {}).get("max_sensitivity") or Sensitivity.PUBLIC)
    if found.rank > cleared.rank:
        msg = f"the dataset is {found}, and this provider may see {cleared} at most"
        raise ProviderRefusedError(msg)
