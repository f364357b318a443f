"""Works on shards of llm jobs: one governed model call for each input."""

from typing import Any

from pentarch.llm.call import Answer, ModelRequest
from pentarch.llm.model import Message, Prompt, Role, Sampling, Sensitivity
from pentarch.llm.service import MODEL_TIMEOUT_S, Gateway
from pentarch.platform.tables import Transaction
from pentarch.work import dead_letters
from pentarch.work.inputs import text_of
from pentarch.work.messages import consumer
from pentarch.work.worker import ShardWorker, Task

QUEUE = "LLM_WORK_QUEUE_URL"
ACTION = "llm_generate"
INPUT_TIME_S = MODEL_TIMEOUT_S + 15
"""The model's time, and room for what is read and written around it."""

GATEWAY = Gateway()


def answer(task: Task) -> None:
    def record(transaction: Transaction, answer: Answer) -> None:
        task.record(transaction, _output(answer))

    GATEWAY.complete(task.caller, _request(task), also=record)


def _request(task: Task) -> ModelRequest:
    asked = task.job.parameters
    messages = [Message(Role.USER, text_of(task.input, "prompt"))]
    if asked.get("system"):
        messages.insert(0, Message(Role.SYSTEM, asked["system"]))
    sampling = Sampling(
        max_tokens=asked["max_tokens"],
        temperature=asked["temperature"],
        top_p=asked.get("top_p"),
        frequency_penalty=asked.get("frequency_penalty"),
        presence_penalty=asked.get("presence_penalty"),
    )
    declared = asked.get("sensitivity")
    return ModelRequest(
        Prompt(tuple(messages), sampling),
        asked["model"],
        action=ACTION,
        declared=Sensitivity(declared) if declared else None,
        cache_ttl_s=asked.get("cache_ttl"),
        correlation_id=task.job.correlation_id,
    )


def _output(answer: Answer) -> dict[str, Any]:
    completion = answer.completion
    return {
        "text": completion.text,
        "model": answer.model,
        "requested_model": answer.requested_model,
        "finish_reason": completion.finish_reason,
        "tokens_used": completion.usage.total_tokens,
        "cached": answer.cached,
        "sensitivity": answer.sensitivity,
        "event_id": answer.event_id,
    }


handler = consumer(QUEUE, ShardWorker(QUEUE, answer, INPUT_TIME_S).take, given_up=dead_letters.note)
