"""The LLM service of the Ai-semble reference."""

from typing import Any

from fastapi import Request
from pydantic import BaseModel, Field

from llm.asking import (
    CacheTtl,
    MaxTokens,
    Name,
    Penalty,
    Temperature,
    Text,
    TopP,
    gateway,
)
from pentarch.llm.call import Answer, ModelRequest
from pentarch.llm.model import Message, ModelSpec, Prompt, Role, Sampling, Sensitivity
from pentarch.platform.ids import short_id
from pentarch.platform.money import usd
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller, admitted
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v2/ai/llm", tags=["Ai-semble: language models"])

DEFAULT_MODEL = "gpt-3.5-turbo"


class Parameters(BaseModel):
    top_p: TopP | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None


class Asked(BaseModel):
    model: Name = DEFAULT_MODEL
    max_tokens: MaxTokens = 1000
    temperature: Temperature = 0.7
    parameters: Parameters = Parameters()
    sensitivity: Sensitivity | None = None
    cache_ttl: CacheTtl | None = None

    def request(self, messages: tuple[Message, ...], action: str, correlation_id: str) -> ModelRequest:
        sampling = Sampling(self.max_tokens, self.temperature, **self.parameters.model_dump())
        return ModelRequest(
            Prompt(messages, sampling),
            self.model,
            action=action,
            declared=self.sensitivity,
            cache_ttl_s=self.cache_ttl,
            correlation_id=correlation_id,
        )


class GenerateRequest(Asked):
    prompt: Text


class ChatMessage(BaseModel):
    role: Role
    content: Text


class ChatRequest(Asked):
    messages: list[ChatMessage] = Field(min_length=1)


@router.post("/generate", summary="Generate text")
@access("llm:invoke", spends=True)
async def generate(body: GenerateRequest, http: Request) -> JsonReply:
    current = admitted(http)
    request = body.request((Message(Role.USER, body.prompt),), "llm_generate", current.correlation_id)
    answer = gateway().complete(current.caller, request)
    told = {
        "request_id": short_id("req"),
        "model": answer.model,
        "requested_model": answer.requested_model,
        "generated_text": answer.completion.text,
        "metadata": _metadata(answer) | {"tokens_used": answer.completion.usage.total_tokens},
        "status": "completed",
    }
    return JsonReply(told)


@router.post("/chat", summary="Answer a conversation")
@access("llm:invoke", spends=True)
async def chat(body: ChatRequest, http: Request) -> JsonReply:
    current = admitted(http)
    messages = tuple(Message(message.role, message.content) for message in body.messages)
    answer = gateway().complete(current.caller, body.request(messages, "llm_chat", current.correlation_id))
    usage = answer.completion.usage
    told = {
        "request_id": short_id("req"),
        "model": answer.model,
        "requested_model": answer.requested_model,
        "choices": [
            {
                "message": {"role": Role.ASSISTANT, "content": answer.completion.text},
                "finish_reason": answer.completion.finish_reason,
            }
        ],
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
        },
        "metadata": _metadata(answer),
    }
    return JsonReply(told)


def _metadata(answer: Answer) -> dict[str, Any]:
    return {
        "processing_time": round(answer.seconds, 4),
        "cost": usd(answer.cost_nano_usd),
        "provider": answer.provider,
        "cached": answer.cached,
        "sensitivity": answer.sensitivity,
        "audit_event_id": answer.event_id,
        "trace_id": answer.event_id,
    }


@router.get("/models", summary="List the language models")
@access("llm:read")
async def models(caller: CurrentCaller) -> dict[str, Any]:
    return {"models": [_listed(spec) for spec in gateway().models(caller.tenant)]}


def _listed(spec: ModelSpec) -> dict[str, Any]:
    generates = ["text_generation"] if "completion" in spec.features else []
    return {
        "id": spec.name,
        "name": spec.name,
        "description": spec.description,
        "max_tokens": spec.context_window,
        "cost_per_token": usd(spec.output_nano_usd),
        "input_cost_per_token": usd(spec.input_nano_usd),
        "capabilities": [*generates, *spec.features],
        "status": "available",
    }
