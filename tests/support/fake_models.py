"""A model that answers by a function of the prompt, and remembers what it was asked."""

from collections.abc import Callable, Sequence

from pentarch.llm.catalogue import Backend, Catalogue
from pentarch.llm.model import Completion, CompletionStream, Embeddings, ModelSpec, Prompt, Sensitivity, Usage

PRICE_NANO_USD = 7


class FakeModel:
    """Answers with the prompt's last message in capitals until `answer` is replaced."""

    name = "fake"

    def __init__(self, model: str = "fake-model") -> None:
        self.spec = ModelSpec(
            name=model,
            provider=self.name,
            context_window=1_000_000,
            max_output_tokens=100_000,
            input_nano_usd=PRICE_NANO_USD,
            output_nano_usd=PRICE_NANO_USD,
            max_sensitivity=Sensitivity.CRITICAL,
        )
        self.asked: list[str] = []
        self.prompts: list[Prompt] = []
        self.answer: Callable[[str], str] = str.upper

    def catalogue(self) -> Catalogue:
        return Catalogue({self.spec.name: Backend(self.spec, self)})

    def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion:  # noqa: ARG002 (a provider's)
        text = prompt.messages[-1].content
        self.asked.append(text)
        self.prompts.append(prompt)
        return Completion(self.answer(text), "stop", Usage(2, 3))

    def stream(self, model: str, prompt: Prompt, *, timeout: float) -> CompletionStream:
        raise NotImplementedError

    def embed(self, model: str, texts: Sequence[str], *, timeout: float) -> Embeddings:
        raise NotImplementedError
