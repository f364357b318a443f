from collections.abc import Iterator
from threading import Thread

from pentarch.llm.model import Message, Prompt, Role
from pentarch.llm.providers.openai_stream import OpenAIStream

PROMPT = Prompt((Message(Role.USER, "a question"),))


class ClosedWhileItIsRead:
    """An answer whose stream another thread closes at the very moment that a piece arrives."""

    def __init__(self) -> None:
        self.stream = OpenAIStream(lambda _: self, PROMPT, timeout=5)
        self.closed = False

    def chunks(self) -> Iterator[bytes]:
        closer = Thread(target=self.stream.close)
        closer.start()
        closer.join()
        assert not self.closed, "whoever closes must not touch what is being read"
        yield b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n'

    def close(self) -> None:
        self.closed = True


def test_a_reader_that_is_overtaken_closes_the_answer_itself() -> None:
    answer = ClosedWhileItIsRead()

    assert next(answer.stream) == "a"

    assert answer.closed
    assert list(answer.stream) == []
