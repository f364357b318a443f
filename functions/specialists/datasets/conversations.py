"""Rows as the conversations that providers learn from: one JSON object a line, a file for each split."""

import json
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
_SENT = (Split.TRAIN, Split.VALIDATION)
"""The rows of the test split stay here."""


class ConversationWriter:
    def __init__(self, prefix: str, instructions: str, declared: Sensitivity) -> None:
        self._prefix = prefix
        self._instructions = instructions
        self._held = {split: bytearray() for split in _SENT}
        self._sensitivity = declared

    def add(self, split: Split, text: str, label: str) -> None:
        if split not in self._held:
            return
        self._sensitivity = classify(self._sensitivity, inspect(f"{text}\n{label}"))
        said = {
            "messages": [
                {"role": "system", "content": self._instructions},
                {"role": "user", "content": text},
                {"role": "assistant", "content": label},
            ]
        }
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
