"""The values of a model call: what is asked, what a backend is, what it answered."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol

TOOLS = "tools"
"""The feature of a model that can call tools."""


class Sensitivity(StrEnum):
    """How confidential a prompt is; `rank` orders the classes."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    SENSITIVE = "SENSITIVE"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {name: rank for rank, name in enumerate(Sensitivity)}


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    """What a tool said to a call."""


class ToolCall(NamedTuple):
    """What a model asks for instead of an answer, or beside it."""

    id: str
    """Unique among the calls of one message; the tool's message names it."""
    name: str
    arguments: str
    """A JSON text, as the model wrote it: it may be no JSON at all."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may call: the name has letters, digits, `_` and `-`, 64 at most."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """A JSON Schema of an object."""


class Message(NamedTuple):
    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    """Of an assistant's message."""
    tool_call_id: str = ""
    """Of a tool's message: the call that it answers."""

    @property
    def text(self) -> str:
        """All that a backend sees of it."""
        return "\n".join((self.content, *(f"{call.name} {call.arguments}" for call in self.tool_calls)))


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a model is to write; what is None is left to the model."""

    max_tokens: int = 1000
    temperature: float = 0.7
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    logprobs: bool = False
    """Whether to ask how probable the answer was; a backend that cannot tell tells nothing."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation that ends with the message to answer."""

    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    tools: tuple[Tool, ...] = ()
    """A model without the feature is asked without them, unless `needs_tools`."""
    tool_choice: Literal["auto", "none", "required"] = "auto"
    needs_tools: bool = False
    """Whether only a model that calls tools will do."""
    call_id: str = ""
    """Names the call: a repetition has the same, and a backend that knows idempotency keys answers it once."""

    @property
    def parts(self) -> tuple[str, ...]:
        """All that a backend sees: each message, and each tool."""
        offered = (f"{tool.name}: {tool.description} {json.dumps(tool.parameters)}" for tool in self.tools)
        return (*(message.text for message in self.messages), *offered)

    @property
    def text(self) -> str:
        return "\n".join(self.parts)


class Usage(NamedTuple):
    """Tokens of one call; `estimated` when the backend did not count them itself."""

    prompt_tokens: int
    completion_tokens: int
    estimated: bool = False

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Completion(NamedTuple):
    """A finished answer. `finish_reason` is "stop", "length", "content_filter" or, with calls, "tool_calls"."""

    text: str
    finish_reason: str
    usage: Usage
    tool_calls: tuple[ToolCall, ...] = ()
    logprob: float | None = None
    """Natural logarithm of the probability of the whole text, where it was asked for and the backend told it."""


class Embeddings(NamedTuple):
    """One vector per input text, in the order of the inputs."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model that can be called, as the catalogue holds it."""

    name: str
    provider: str
    context_window: int
    """Tokens of prompt and answer together."""
    max_output_tokens: int
    input_nano_usd: int
    """Nano-dollars per prompt token."""
    output_nano_usd: int
    """Nano-dollars per answer token."""
    features: tuple[str, ...] = ("chat", "completion")
    description: str = ""
    max_sensitivity: Sensitivity | None = None
    """The most confidential class that this backend may see; None: nobody said, so nothing but PUBLIC."""
    region: str | None = None
    base_url: str = "internal://pentarch"
    """Where it runs; the default: in this process."""
    preference: int = 0
    """Among feasible models, the higher one is asked first."""

    def cost(self, usage: Usage) -> int:
        """Nano-dollars for a call's tokens."""
        return usage.prompt_tokens * self.input_nano_usd + usage.completion_tokens * self.output_nano_usd


class CompletionStream(Protocol):
    """An answer that arrives piece by piece.

    Iterating gives non-empty pieces of text. `finish_reason`, `usage` and `tool_calls` are final once iteration has
    ended, and the best known before that. `close` may be called at any time and from another thread: it stops the
    upstream call.
    A failure is raised from iteration as an `UpstreamError`.
    """

    finish_reason: str
    usage: Usage
    tool_calls: tuple[ToolCall, ...]

    def __iter__(self) -> Iterator[str]: ...

    def close(self) -> None: ...


class Provider(Protocol):
    """One way to reach models.

    All methods block, raise `pentarch.llm.errors.UpstreamError`, and honour `timeout`: seconds for the whole call; for
    a stream until the first piece and between two pieces.
    """

    name: str

    def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion: ...

    def stream(self, model: str, prompt: Prompt, *, timeout: float) -> CompletionStream: ...

    def embed(self, model: str, texts: Sequence[str], *, timeout: float) -> Embeddings: ...
