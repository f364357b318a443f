"""pentarch/extractive as a backend like any other."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from pentarch.llm.extractive.sources import Passage
from pentarch.llm.model import Completion, Embeddings, ModelSpec, Prompt, Sensitivity, ToolCall, Usage

MODEL = "pentarch/extractive"

SPEC = ModelSpec(
    name=MODEL,
    provider="pentarch",
    context_window=32_768,
    max_output_tokens=8_192,
    input_nano_usd=0,
    output_nano_usd=0,
    features=("chat", "completion", "summarization", "embeddings"),
    description=(
        "Quotes and summarises the text it is given, answers about Pentarch, and makes lexical embeddings. "
        "It has no weights and no knowledge of the world, calls no tools, is deterministic, and runs inside Pentarch."
    ),
    max_sensitivity=Sensitivity.CRITICAL,  # what it reads never leaves the process
    region="local",
    preference=-1000,  # any model with weights writes better
)


def available() -> bool:
    """Whether this Python's SQLite has the full-text index that questions are answered with."""
    from pentarch.llm.extractive import fts5

    return fts5.available()


def count_tokens(text: str) -> int:
    """Tokens as this model counts them: words, punctuation marks, and characters of scripts without spaces."""
    from pentarch.llm.extractive.text import count_tokens as count

    return count(text)


class ExtractiveProvider:
    """Answers in this process. `passages` are further texts to answer from, such as a tenant's specialists know.

    Sampling other than `max_tokens` and `stop` changes nothing: the same prompt has the same answer. No method waits
    for anything, so `timeout` has nothing to bound.

    What does the work is imported at the first call: functions that never fall back on this model do not pay for it.
    """

    name = "pentarch"

    def __init__(self, passages: Sequence[Passage] = ()) -> None:
        self._passages = tuple(passages)

    def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion:
        stream = self.stream(model, prompt, timeout=timeout)
        text = "".join(stream)
        return Completion(text=text, finish_reason=stream.finish_reason, usage=stream.usage)

    def stream(self, model: str, prompt: Prompt, *, timeout: float) -> "ExtractiveStream":  # noqa: ARG002 - see above
        from pentarch.llm.extractive.answer import answer

        return ExtractiveStream(prompt, lambda: answer(prompt, self._passages))

    def embed(self, model: str, texts: Sequence[str], *, timeout: float) -> Embeddings:  # noqa: ARG002 - see above
        from pentarch.llm.extractive.embedding import embed

        tokens = sum(map(count_tokens, texts))
        usage = Usage(prompt_tokens=tokens, completion_tokens=0)
        return Embeddings(vectors=tuple(map(embed, texts)), usage=usage)


class ExtractiveStream:
    """The answer word by word. Nothing is looked up before the first word is asked for."""

    def __init__(self, prompt: Prompt, answer: Callable[[], Iterator[str]]) -> None:
        self.finish_reason = "stop"
        self.tool_calls: tuple[ToolCall, ...] = ()
        self._prompt_tokens = sum(count_tokens(message.content) for message in prompt.messages)
        self.usage = Usage(prompt_tokens=self._prompt_tokens, completion_tokens=0)
        self._closed = False
        self._answer = answer
        self._sampling = prompt.sampling
        self._pieces = self._counted()

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def close(self) -> None:
        self._closed = True

    def _counted(self) -> Iterator[str]:
        written = 0
        pieces = self._until_stop(self._within_limit())
        while not self._closed and (piece := next(pieces, "")):
            written += count_tokens(piece)
            self.usage = Usage(prompt_tokens=self._prompt_tokens, completion_tokens=written)
            yield piece

    def _within_limit(self) -> Iterator[str]:
        """The words of the answer up to `max_tokens`; an answer has one token at least."""
        from pentarch.llm.extractive.text import first_tokens, pieces

        left = max(self._sampling.max_tokens, 1)
        for segment in self._answer():
            for piece in pieces(segment):
                needed = count_tokens(piece)
                if needed > left:
                    self.finish_reason = "length"
                    if left:
                        yield first_tokens(piece, left)
                    return
                left -= needed
                yield piece

    def _until_stop(self, written: Iterator[str]) -> Iterator[str]:
        """The pieces up to the first stop sequence; the end of the text is held back while it could begin one.

        An answer that begins with a stop sequence is empty: who sets one means it.
        """
        stops = [stop for stop in self._sampling.stop if stop]
        if not stops:
            yield from written
            return
        longest = max(map(len, stops))
        held: deque[str] = deque()
        for piece in written:
            held.append(piece)
            text = "".join(held)
            found = [at for stop in stops if (at := text.find(stop)) >= 0]
            if found:
                self.finish_reason = "stop"
                yield from _cut(held, min(found))
                return
            while held and len(text) - len(held[0]) >= longest - 1:
                text = text.removeprefix(held[0])
                yield held.popleft()
        yield from held


def _cut(written: Iterable[str], length: int) -> Iterator[str]:
    """The first `length` characters, in the pieces they come in."""
    for piece in written:
        if length <= 0:
            return
        yield piece[:length]
        length -= len(piece)
