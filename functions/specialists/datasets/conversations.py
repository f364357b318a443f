"""Rows as the conversations that providers learn from: one JSON object a line, a file for each split."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pentarch.files import store as files
from pentarch.llm.classification import classify
from pentarch.llm.model import Sensitivity
from pentarch.llm.sensitivity import inspect
from specialists.datasets.splitting import Split
from specialists.errors import BadDatasetError, Fault

MAX_BYTES = 64 * 1024 * 1024
"""Of all conversations: they are in memory, and so is the form that they are uploaded in."""
SENT: Mapping[str, tuple[Split, ...]] = {"openai": (Split.TRAIN, Split.VALIDATION), "bedrock": (Split.TRAIN,)}
"""By the kind of provider; not every base model of Bedrock takes rows to validate with. All others stay here."""
_SCHEMA = "bedrock-conversation-2024"


def _as_openai(instructions: str, text: str, label: str) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "system", "content": instructions},
            {"role": "user", "content": text},
            {"role": "assistant", "content": label},
        ]
    }


def _as_bedrock(instructions: str, text: str, label: str) -> dict[str, Any]:
    """As https://docs.aws.amazon.com/bedrock/latest/userguide/preparing-text-data.html has it."""
    return {
        "schemaVersion": _SCHEMA,
        "system": [{"text": instructions}],
        "messages": [
            {"role": "user", "content": [{"text": text}]},
            {"role": "assistant", "content": [{"text": label}]},
        ],
    }


_FORMS = {"openai": _as_openai, "bedrock": _as_bedrock}


class ConversationWriter:
    def __init__(self, prefix: str, instructions: str, declared: Sensitivity, backend: str) -> None:
        self._prefix = prefix
        self._instructions = instructions
        self._held = {split: bytearray() for split in SENT[backend]}
        self._backend = backend
        self._sensitivity = declared

    def add(self, split: Split, text: str, label: str) -> None:
        if split not in self._held:
            return
        self._sensitivity = classify(self._sensitivity, inspect(f"{text}\n{label}"))
        said = _FORMS[self._backend](self._instructions, text, label)
        self._held[split] += json.dumps(said, ensure_ascii=False).encode() + b"\n"
        if sum(map(len, self._held.values())) > MAX_BYTES:
            msg = f"the conversations have more than {MAX_BYTES} bytes, instructions included: give fewer rows"
            raise BadDatasetError([Fault(msg)])

    def finish(self) -> dict[str, Any]:
        written = {}
        for split, content in self._held.items():
            if content:
                key = f"{self._prefix}/{split}.jsonl"
                files.put(key, bytes(content), "application/jsonl")
                written[str(split)] = {"key": key, "sha256": sha256(content).hexdigest()}
        return {"conversations": written, "sensitivity": str(self._sensitivity)}
