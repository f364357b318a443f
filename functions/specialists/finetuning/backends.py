"""What every provider that trains is asked for, in no provider's words."""

from typing import Any, Protocol

from pentarch.llm import catalogue
from specialists.errors import ProviderRefusedError
from specialists.finetuning.bedrock import BedrockJob
from specialists.finetuning.openai import OpenAIJob
from specialists.model import Training
from specialists.parameters import FineTuned


class Job(Protocol):
    """The job at a provider that belongs to one training, for one look. It is begun once, whoever looks."""

    def begin(self, training: Training, prepared: dict[str, Any]) -> Training:
        """Begin it unless it is there already, and keep what is known of it."""

    def look(self, training: Training) -> tuple[dict[str, Any], dict[str, float]]:
        """What is known of it now (`told` has the shape), and its metrics."""

    def stop(self, training: Training) -> None:
        """End it, and take back what was left there. Doing it again changes nothing."""

    def tidy(self, training: Training) -> None:
        """Take back what was only needed for learning."""

    def close(self) -> None: ...


def of(parameters: FineTuned) -> Job:
    entry = entry_of(parameters)
    if parameters.backend == "bedrock":
        return BedrockJob(parameters)
    return OpenAIJob(entry, parameters)


def entry_of(parameters: FineTuned) -> dict[str, Any]:
    found = catalogue.entry(parameters.provider)
    needed = parameters.backend != "openai" or (found is not None and found.get("base_url"))
    if found is None or found.get("kind") != parameters.backend or not needed:
        msg = f"the providers' secret has no entry {parameters.provider!r} of the kind {parameters.backend!r}"
        raise ProviderRefusedError(msg)
    return found
