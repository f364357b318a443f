"""Models that answer by a function of the prompt, and remember what they were asked."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pentarch.llm.catalogue import Backend, Catalogue
from pentarch.llm.model import (
    TOOLS,
    Completion,
    CompletionStream,
    Embeddings,
    ModelSpec,
    Prompt,
    Role,
    Sensitivity,
    ToolCall,
    Usage,
)

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


class ToolModel(FakeModel):
    """Calls tools: one after the other what each round of `rounds` names, then it answers with what they said."""

    def __init__(self, *rounds: Sequence[tuple[str, str]], model: str = "fake-model") -> None:
        super().__init__(model)
        self.spec = replace(self.spec, features=("chat", "completion", TOOLS))
        self.rounds = rounds

    def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion:  # noqa: ARG002 (a provider's)
        self.prompts.append(prompt)
        done = sum(bool(message.tool_calls) for message in prompt.messages)
        if done < len(self.rounds) and prompt.tools and prompt.tool_choice != "none":
            calls = tuple(
                ToolCall(f"c{done}-{place}", name, given) for place, (name, given) in enumerate(self.rounds[done])
            )
            return Completion("", "tool_calls", Usage(10, 5), calls)
        said = [message.content for message in prompt.messages if message.role is Role.TOOL]
        return Completion(" | ".join(said) or self.answer(prompt.messages[-1].content), "stop", Usage(10, 5))
