"""Works on shards of nlp jobs: one governed analysis, or summary, of each text."""

from collections.abc import Mapping
from typing import Any

from nlp import service
from nlp.local.summarizing import length
from nlp.model import AUTO, DEFAULT_MOST, MAX_CHARACTERS, Kind, Lengths, Question
from nlp.service import Done, Shown, Terms
from pentarch.llm.model import Sensitivity
from pentarch.llm.service import MODEL_TIMEOUT_S
from pentarch.platform.tables import Transaction
from pentarch.work import dead_letters
from pentarch.work.errors import UnworkableInputError
from pentarch.work.inputs import text_of
from pentarch.work.messages import consumer
from pentarch.work.worker import ShardWorker, Task

QUEUE = "NLP_WORK_QUEUE_URL"
SUMMARY = "summarization"
INPUT_TIME_S = MODEL_TIMEOUT_S + 15
"""The backend's time, and room for what is read and written around it."""


def work(task: Task) -> None:
    text = text_of(task.input, "text", "prompt")
    if len(text) > MAX_CHARACTERS:
        msg = f"the text has {len(text)} characters, and {MAX_CHARACTERS} at most are taken"
        raise UnworkableInputError(msg)
    if task.job.parameters.get("analysis_type") == SUMMARY:
        _summarize(task, text)
    else:
        _analyze(task, text)


def _analyze(task: Task, text: str) -> None:
    asked = task.job.parameters

    def record(transaction: Transaction, done: Done[Shown]) -> None:
        task.record(transaction, {"text_length": len(text), **done.value, **_made_by(done)})

    one = asked.get("analysis_type")
    kinds = frozenset(map(Kind, [one] if one else asked.get("analysis_types") or Kind))
    question = Question(text, kinds, asked.get("language", AUTO))
    service.analyze(task.caller, question, _terms(task), also=record)


def _summarize(task: Task, text: str) -> None:
    asked = task.job.parameters

    def record(transaction: Transaction, done: Done[str]) -> None:
        lengths = {"original_length": length(text), "summary_length": length(done.value)}
        task.record(transaction, {"summary": done.value, **lengths, **_made_by(done)})

    bounds = Lengths.asked(asked.get("min_length"), asked.get("max_length", DEFAULT_MOST))
    service.summarize(task.caller, text, bounds, _terms(task), also=record)


def _terms(task: Task) -> Terms:
    asked: Mapping[str, Any] = task.job.parameters
    declared = asked.get("sensitivity")
    return Terms(asked.get("model"), Sensitivity(declared) if declared else None, task.job.correlation_id)


def _made_by(done: Done[Any]) -> dict[str, Any]:
    return {"model": done.model, "sensitivity": done.sensitivity, "event_id": done.event_id}


handler = consumer(QUEUE, ShardWorker(QUEUE, work, INPUT_TIME_S).take, given_up=dead_letters.note)
