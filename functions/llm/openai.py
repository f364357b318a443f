"""The OpenAI-compatible API, so that its official clients work by changing base URL and key.

Beside OpenAI's own fields a request may hold `sensitivity`, `cache_ttl` and `agent_name`; a reply tells in `pentarch`
what was asked for, who served it, and which event proves it. What no backend here can do (images, several choices;
tools where no model calls them) is refused, not ignored.
"""

import time
from typing import Annotated, Any, Literal, Self

from fastapi import Path, Request
from pydantic import BaseModel, Field, model_validator
from starlette.responses import Response

from llm import calling
from llm.asking import (
    CacheTtl,
    MaxTokens,
    Name,
    Penalty,
    Temperature,
    TopP,
    gateway,
)
from llm.streaming import server_sent_events
from pentarch.llm.call import Answer, ModelRequest
from pentarch.llm.errors import ModelNotFoundError
from pentarch.llm.model import Message, Prompt, Role, Sampling, Sensitivity
from pentarch.llm.service import AnswerStream
from pentarch.platform.errors import InvalidInputError, PentarchError
from pentarch.platform.money import usd
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller, admitted
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

router = governed_router(prefix="/v1", tags=["OpenAI-compatible"])

MAX_EMBEDDING_INPUTS = 2048
_UNSUPPORTED = ("functions", "audio", "modalities", "prediction", "web_search_options")


class TextPart(BaseModel):
    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    tool_calls: Annotated[list[calling.CallMade], Field(max_length=calling.MAX_TOOLS)] | None = None
    tool_call_id: Annotated[str, Field(min_length=1, max_length=256)] | None = None

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if self.content is None and not self.tool_calls:
            msg = "content is missing"
            raise ValueError(msg)
        if self.tool_calls and self.role != "assistant":
            msg = "only an assistant calls tools"
            raise ValueError(msg)
        if (self.role == "tool") != (self.tool_call_id is not None):
            msg = "a tool's message, and no other, has a tool_call_id"
            raise ValueError(msg)
        return self

    def message(self) -> Message:
        given = self.content or ""
        text = given if isinstance(given, str) else "".join(part.text for part in given)
        role = Role.SYSTEM if self.role == "developer" else Role(self.role)
        return Message(role, text, tuple(one.call() for one in self.tool_calls or ()), self.tool_call_id or "")


class StreamOptions(BaseModel):
    include_usage: bool = False


class ChatCompletionRequest(BaseModel, extra="allow"):
    model: Name
    messages: list[ChatMessage] = Field(min_length=1)
    max_tokens: MaxTokens | None = None
    max_completion_tokens: MaxTokens | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    n: int | None = Field(default=None, ge=1, le=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    sensitivity: Sensitivity | None = None
    cache_ttl: CacheTtl | None = None
    agent_name: Name | None = None
    tools: Annotated[list[calling.ToolOffered], Field(max_length=calling.MAX_TOOLS)] | None = None
    tool_choice: calling.ToolChoice | None = None

    def request(self, correlation_id: str) -> ModelRequest:
        for name in _UNSUPPORTED:
            if (self.model_extra or {}).get(name):
                msg = f"{name} is not supported"
                raise InvalidInputError(msg, field=name)
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())
        defaults = Sampling()
        sampling = Sampling(
            max_tokens=self.max_completion_tokens or self.max_tokens or defaults.max_tokens,
            temperature=defaults.temperature if self.temperature is None else self.temperature,
            top_p=self.top_p,
            frequency_penalty=self.frequency_penalty,
            presence_penalty=self.presence_penalty,
            stop=stop,
            seed=self.seed,
        )
        messages = tuple(message.message() for message in self.messages)
        prompt = Prompt(messages, sampling, **calling.offered(self.tools or [], self.tool_choice))
        calling.check_results(prompt)
        return ModelRequest(
            prompt,
            self.model,
            action="llm_chat",
            declared=self.sensitivity,
            agent=self.agent_name,
            cache_ttl_s=self.cache_ttl,
            correlation_id=correlation_id,
        )


@router.post("/chat/completions", summary="Answer a conversation, at once or streamed", response_model=None)
@access("llm:invoke", spends=True)
async def chat_completions(body: ChatCompletionRequest, http: Request) -> Response:
    current = admitted(http)
    request = body.request(current.correlation_id)
    head = {"id": f"chatcmpl-{current.correlation_id}", "created": int(time.time())}
    if body.stream:
        wants_usage = bool(body.stream_options and body.stream_options.include_usage)
        return _streamed(gateway().stream(current.caller, request), body.model, head, wants_usage=wants_usage)
    answer = gateway().complete(current.caller, request)
    message: dict[str, Any] = {"role": Role.ASSISTANT, "content": answer.completion.text, "refusal": None}
    if answer.completion.tool_calls:
        message["content"] = answer.completion.text or None
        message["tool_calls"] = calling.shown(answer.completion.tool_calls)
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": answer.completion.finish_reason,
    }
    told = head | {
        "object": "chat.completion",
        "model": answer.model,
        "choices": [choice],
        "usage": _usage(answer),
        "pentarch": _provenance(answer),
    }
    return JsonReply(told)


def _streamed(stream: AnswerStream, asked_for: str, head: dict[str, Any], *, wants_usage: bool) -> Response:
    frame = head | {"object": "chat.completion.chunk", "model": asked_for}
    first = [True]

    def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return frame | {"choices": [choice]}

    def piece(text: str) -> dict[str, Any]:
        role = {"role": Role.ASSISTANT} if first[0] else {}
        first[0] = False
        return chunk(role | {"content": text})

    def end(answer: Answer) -> list[dict[str, Any] | str]:
        frame["model"] = answer.model
        calls = [{"index": place} | one for place, one in enumerate(calling.shown(answer.completion.tool_calls))]
        called = [chunk({"role": Role.ASSISTANT, "tool_calls": calls})] if calls else []
        last = chunk({}, answer.completion.finish_reason) | {"pentarch": _provenance(answer)}
        usage = [frame | {"choices": [], "usage": _usage(answer)}] if wants_usage else []
        return [*called, last, *usage, "[DONE]"]

    def failure(error: PentarchError) -> dict[str, Any]:
        return {"error": {"message": error.message, "type": "server_error", "param": None, "code": None}}

    return server_sent_events(stream, piece=piece, end=end, failure=failure)


def _usage(answer: Answer) -> dict[str, Any]:
    usage = answer.completion.usage
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }


def _provenance(answer: Answer) -> dict[str, Any]:
    return {
        "requested_model": answer.requested_model,
        "provider": answer.provider,
        "cached": answer.cached,
        "sensitivity": answer.sensitivity,
        "cost_usd": usd(answer.cost_nano_usd),
        "audit_event_id": answer.event_id,
        "trace_id": answer.event_id,
    }


class EmbeddingsRequest(BaseModel):
    model: Name
    input: str | Annotated[list[str], Field(min_length=1, max_length=MAX_EMBEDDING_INPUTS)]
    encoding_format: Literal["float", "base64"] = "float"
    sensitivity: Sensitivity | None = None


@router.post("/embeddings", summary="Turn texts into vectors")
@access("llm:invoke", spends=True)
async def embeddings(body: EmbeddingsRequest, http: Request) -> JsonReply:
    current = admitted(http)
    texts = [body.input] if isinstance(body.input, str) else body.input
    if not all(texts):
        msg = "input must not be empty"
        raise InvalidInputError(msg, field="input")
    request = ModelRequest(
        Prompt(tuple(Message(Role.USER, text) for text in texts)),
        body.model,
        action="llm_embed",
        declared=body.sensitivity,
        correlation_id=current.correlation_id,
    )
    found, answer = gateway().embed(current.caller, request, texts)
    told = {
        "object": "list",
        "model": answer.model,
        "data": [
            {"object": "embedding", "index": index, "embedding": _encoded(vector, body.encoding_format)}
            for index, vector in enumerate(found.vectors)
        ],
        "usage": {"prompt_tokens": found.usage.prompt_tokens, "total_tokens": found.usage.total_tokens},
        "pentarch": _provenance(answer),
    }
    return JsonReply(told)


def _encoded(vector: tuple[float, ...], encoding: str) -> list[float] | str:
    if encoding == "float":
        return list(vector)
    import base64
    from array import array

    # OpenAI's base64 is of little-endian 32-bit floats, which is what every Lambda architecture has.
    return base64.b64encode(array("f", vector).tobytes()).decode()


@router.get("/models", summary="List the models")
@access("llm:read")
async def models(caller: CurrentCaller) -> dict[str, Any]:
    return {"object": "list", "data": [_listed(spec.name, spec.provider) for spec in gateway().models(caller.tenant)]}


@router.get("/models/{model:path}", summary="Look a model up")
@access("llm:read")
async def model_of(model: Annotated[str, Path()], caller: CurrentCaller) -> dict[str, Any]:
    for spec in gateway().models(caller.tenant):
        if spec.name == model:
            return _listed(spec.name, spec.provider)
    msg = f"no model is named {model!r}"
    raise ModelNotFoundError(msg, details={"field": "model"})


def _listed(name: str, owner: str) -> dict[str, Any]:
    # The field is required, and nobody tells when a model was made: the epoch stands for "unknown".
    return {"id": name, "object": "model", "created": 0, "owned_by": owner}
