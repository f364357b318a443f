# Written from _async by unasync.py ("make sdk"): change it there.
"""Model calls: MetaQore's gateway, and the OpenAI-compatible routes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.streams import EVENTS, ChunkStream, TextStream
from pentarch_client.models import ChatCompletion, Completion, Embeddings, ModelEntry, Usage
from pentarch_client.records import Record
from pentarch_client.requests import Request, given

_GENERATE = "/api/v1/llm/generate"
_CHAT = "/v1/chat/completions"


class Llm(Endpoints):
    def generate(
        self,
        prompt: str,
        *,
        model: str | None = None,
        agent_name: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        cache_ttl: int | None = None,
        sensitivity: str | None = None,
    ) -> Completion:
        """Ask a model. `sensitivity` is PUBLIC, INTERNAL, SENSITIVE or CRITICAL; `cache_ttl` is in seconds."""
        body = given(
            prompt=prompt,
            model=model,
            agent_name=agent_name,
            max_tokens=max_tokens,
            temperature=temperature,
            cache_ttl=cache_ttl,
            sensitivity=sensitivity,
        )
        return Completion(self._send("POST", _GENERATE, body=body, repeatable=False))

    def stream(
        self,
        prompt: str,
        *,
        model: str | None = None,
        agent_name: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        cache_ttl: int | None = None,
        sensitivity: str | None = None,
    ) -> TextStream:
        """Ask a model, and read its answer as it comes."""
        body = given(
            prompt=prompt,
            model=model,
            agent_name=agent_name,
            max_tokens=max_tokens,
            temperature=temperature,
            cache_ttl=cache_ttl,
            sensitivity=sensitivity,
            stream=True,
        )
        return TextStream(self._transport, Request("POST", _GENERATE, body=body, headers=EVENTS, repeatable=False))

    def models(self) -> list[ModelEntry]:
        found = self._send("GET", "/api/v1/llm/models")
        return [ModelEntry(entry) for entry in found["models"]]

    def usage(self, start_date: date | str | None = None, end_date: date | str | None = None) -> Usage:
        """What was used by day, model and credential; the last 30 days unless said otherwise."""
        query = given(start_date=start_date, end_date=end_date)
        return Usage(self._send("GET", "/api/v1/llm/usage", query=query))


class Compatible(Endpoints):
    """The OpenAI-compatible routes, for whoever does not have OpenAI's own client at hand."""

    def chat(self, model: str, messages: Sequence[Mapping[str, Any]], **options: Any) -> ChatCompletion:  # noqa: ANN401 (as OpenAI names them)
        body = {"model": model, "messages": list(messages), **options}
        return ChatCompletion(self._send("POST", _CHAT, body=body, repeatable=False))

    def stream(self, model: str, messages: Sequence[Mapping[str, Any]], **options: Any) -> ChunkStream:  # noqa: ANN401 (as OpenAI names them)
        body = {"model": model, "messages": list(messages), **options, "stream": True}
        return ChunkStream(self._transport, Request("POST", _CHAT, body=body, headers=EVENTS, repeatable=False))

    def embeddings(
        self,
        model: str,
        input: str | Sequence[str],  # noqa: A002 (OpenAI's name)
        *,
        encoding_format: str | None = None,
        sensitivity: str | None = None,
    ) -> Embeddings:
        texts = input if isinstance(input, str) else list(input)
        body = given(model=model, input=texts, encoding_format=encoding_format, sensitivity=sensitivity)
        return Embeddings(self._send("POST", "/v1/embeddings", body=body, repeatable=False))

    def models(self) -> list[Record]:
        return [Record(entry) for entry in (self._send("GET", "/v1/models"))["data"]]

    def model(self, model: str) -> Record:
        return Record(self._send("GET", "/v1/models/{model}", places={"model": model}))
