"""What the OpenAI-compatible routes answer."""

from typing import Any

from pentarch_client.records import Record


class Message(Record):
    """Of a whole answer, or a piece of one."""

    role: str | None
    content: str | None
    tool_calls: list[Record] | None


class CompatibleChoice(Record):
    index: int
    message: Message
    finish_reason: str | None


class ChatCompletion(Record):
    id: str
    model: str
    choices: list[CompatibleChoice]
    usage: Record


class ChunkChoice(Record):
    index: int
    delta: Message
    finish_reason: str | None


class Chunk(Record):
    id: str
    model: str
    choices: list[ChunkChoice]
    usage: Record | None


class Embeddings(Record):
    model: str
    data: list[Record]
    usage: dict[str, Any]
