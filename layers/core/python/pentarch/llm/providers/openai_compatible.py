"""Any server that speaks OpenAI's API: OpenAI itself, vLLM, Ollama, llama.cpp and many more."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from pentarch.llm.model import Completion, Embeddings, Prompt, Usage
from pentarch.llm.providers import openai_wire
from pentarch.llm.providers.calls import Call
from pentarch.llm.providers.openai_failures import ParameterRefusedError
from pentarch.llm.providers.openai_stream import OpenAIStream

if TYPE_CHECKING:
    import httpx

    from pentarch.llm.providers.openai_http import Credential, OpenAIAnswer, OpenAIConnection
    from pentarch.platform.egress import Reach

_CHAT = "/chat/completions"

T = TypeVar("T")


class Secret(Protocol):
    """A pydantic `SecretStr`, for example."""

    def get_secret_value(self) -> str: ...


class OpenAICompatibleProvider:
    """Keep one for the life of the process: it holds the open connections. Threads may share it.

    A `base_url` of the operator's may be plain http and an address of the own machine or network; for one of a tenant's
    give a `reach`, and names that lead elsewhere are not asked. `credential` is asked for its value at each call. The
    environment's proxy variables are not followed. `transport` is for tests.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        api_key: Secret | str | None = None,
        *,
        transport: "httpx.BaseTransport | None" = None,
        credential: "Credential | None" = None,
        reach: "Reach | None" = None,
    ) -> None:
        if not base_url.startswith(("http://", "https://")):
            message = "a base URL starts with http:// or https://"
            raise ValueError(message)
        self.name = name
        self._base_url = base_url
        self._api_key = api_key
        self._transport = transport
        self._credential = credential
        self._reach = reach
        self._connection: OpenAIConnection | None = None
        self._connecting = Lock()
        self._refused: dict[str, frozenset[str]] = {}
        """By model, the parameters that it has refused, so that the next call does without them at once."""

    def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion:
        call = Call(timeout)

        def send(left_out: frozenset[str]) -> bytes:
            body = openai_wire.chat_request(model, prompt, stream=False, left_out=left_out)
            return self._connected().fetch(call, "POST", _CHAT, body, idempotency_key=prompt.call_id)

        return openai_wire.completion(self._with_accepted_parameters(model, prompt, send), prompt)

    def stream(self, model: str, prompt: Prompt, *, timeout: float) -> OpenAIStream:
        """Returns at once; the request goes out when the first piece is asked for."""

        def open_answer(call: Call) -> "OpenAIAnswer":
            def send(left_out: frozenset[str]) -> "OpenAIAnswer":
                body = openai_wire.chat_request(model, prompt, stream=True, left_out=left_out)
                return self._connected().open(call, "POST", _CHAT, body, idempotency_key=prompt.call_id)

            return self._with_accepted_parameters(model, prompt, send)

        return OpenAIStream(open_answer, prompt, timeout)

    def embed(self, model: str, texts: Sequence[str], *, timeout: float) -> Embeddings:
        if not texts:
            return Embeddings((), Usage(0, 0))
        body = openai_wire.embeddings_request(model, texts)
        answer = self._connected().fetch(Call(timeout), "POST", "/embeddings", body)
        return openai_wire.embeddings(answer, texts)

    def list_models(self, timeout: float) -> list[str]:
        """The names of the models that the server has, in its order."""
        return openai_wire.model_names(self._connected().fetch(Call(timeout), "GET", "/models"))

    def close(self) -> None:
        """Drop the idle connections; a later call opens new ones."""
        with self._connecting:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _connected(self) -> "OpenAIConnection":
        # httpx takes 0.2-0.4 s to import, which a cold start that calls no such server does not pay.
        from pentarch.llm.providers.openai_http import OpenAIConnection

        with self._connecting:
            if self._connection is None:
                key = self._api_key
                revealed = key if isinstance(key, str) else key.get_secret_value() if key else ""
                self._connection = OpenAIConnection(
                    self._base_url,
                    revealed,
                    transport=self._transport,
                    credential=self._credential,
                    reach=self._reach,
                )
            return self._connection

    def _with_accepted_parameters(self, model: str, prompt: Prompt, send: Callable[[frozenset[str]], T]) -> T:
        """Send; and again without what the model refuses, as reasoning models do with `temperature`."""
        needed = frozenset({"tools"}) if prompt.needs_tools else frozenset()
        while True:
            left_out = self._refused.get(model, frozenset()) - needed
            try:
                return send(left_out)
            except ParameterRefusedError as refusal:
                if refusal.parameter in left_out | needed:
                    raise
                self._refused[model] = self._refused.get(model, frozenset()) | {refusal.parameter}
