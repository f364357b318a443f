"""Inputs of a job: where each lies, and reading them.

A manifest lists segments: a whole object, or a run of lines of one object, small enough to be read at once. Each names
the content that was seen when the job was planned, so what changes later is noticed and not worked on.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.platform.errors import PentarchError
from pentarch.work.errors import UnworkableInputError

MAX_INPUT_BYTES = 1024 * 1024
SEGMENT_BYTES = 4 * 1024 * 1024
LINES_SUFFIX = ".jsonl"
"""An object of this name holds an input in each line; any other is one input."""
_BLANK = b" \t\r\n\v\f"


@dataclass(frozen=True, slots=True)
class Span:
    """Where one input lies: bytes [start, end) of an object."""

    key: str
    etag: str
    start: int
    end: int
    origin: int | None = None
    """Of an input that is tried again: its number in the job that it first was in."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Neighbouring inputs that are read together. `by_line`: they are the lines of the range that are not blank."""

    key: str
    etag: str
    start: int
    end: int
    count: int
    by_line: bool
    origin: int | None = None
    """Of its first input."""


@dataclass(frozen=True, slots=True)
class Input:
    index: int
    key: str
    """The object that it comes from."""
    content: bytes
    is_line: bool
    problem: PentarchError | None = None
    """Why there is no content."""
    origin: int | None = None
    """Its number in the job that it first was in, where it is tried again."""

    @property
    def id(self) -> str:
        """What the input calls itself (the member `id` of a line), else its object's name, else its number."""
        if not self.is_line:
            return self.key.rpartition("/")[2]
        try:
            given = json.loads(self.content).get("id")
        except (ValueError, AttributeError, RecursionError):
            given = None
        return str(self.index if self.origin is None else self.origin) if given is None else str(given)


def text_of(given: Input, *names: str) -> str:
    """What an input says: an object as it is; a line as a JSON string, or as the first member of one of the names."""
    try:
        text = given.content.decode()
        said = json.loads(text) if given.is_line else text
    except (ValueError, RecursionError) as error:
        msg = "the input is not JSON" if given.is_line else "the input is not text in UTF-8"
        raise UnworkableInputError(msg) from error
    if isinstance(said, Mapping):
        said = next((said[name] for name in names if name in said), None)
    if not isinstance(said, str) or not said.strip():
        msg = f"the input holds no {names[0]}"
        raise UnworkableInputError(msg)
    return said


def is_by_line(key: str) -> bool:
    return key.endswith(LINES_SUFFIX)


def line_spans(key: str, etag: str, chunks: Iterable[bytes]) -> Iterator[Span]:
    """The lines that are not blank, without ever holding one whole."""
    start = position = 0
    blank = True
    for chunk in chunks:
        offset = 0
        while (newline := chunk.find(b"\n", offset)) >= 0:
            if not blank or chunk[offset:newline].strip(_BLANK):
                yield Span(key, etag, start, position + newline)
            start, offset, blank = position + newline + 1, newline + 1, True
        blank = blank and not chunk[offset:].strip(_BLANK)
        position += len(chunk)
    if not blank:
        yield Span(key, etag, start, position)


def segments(spans: Iterable[Span]) -> list[Segment]:
    """Join neighbouring lines of an object while they fit into one read."""
    joined: list[Segment] = []
    for span in spans:
        last = joined[-1] if joined else None
        by_line = is_by_line(span.key)
        fits = last and by_line and last.key == span.key and span.end - last.start <= SEGMENT_BYTES
        if last and fits and (last.origin is None or span.origin == last.origin + last.count):
            joined[-1] = Segment(last.key, last.etag, last.start, span.end, last.count + 1, by_line, last.origin)
        else:
            joined.append(Segment(span.key, span.etag, span.start, span.end, 1, by_line, span.origin))
    return joined


def to_manifest(found: Sequence[Segment]) -> bytes:
    return json.dumps([asdict(segment) for segment in found], separators=(",", ":")).encode()


def read(manifest: str, *, first: int, count: int, skip: int = 0, most: int = MAX_INPUT_BYTES) -> Iterator[Input]:
    """A shard's inputs from the `skip`th on, numbered from `first`; one read of S3 for each segment when it is due.

    An object that is one input may have `most` bytes, a line `MAX_INPUT_BYTES`. Without the manifest there is nothing
    to be read any more, and none of the `count` inputs has content.
    """
    try:
        listed = json.loads(files.get(manifest))
    except FileMissingError:
        problem = FileMissingError("the list of the job's inputs no longer exists")
        for number in range(first + skip, first + count):
            yield Input(number, manifest, b"", is_line=True, problem=problem)
        return
    index = first
    for entry in listed:
        segment = Segment(**entry)
        if index + segment.count > first + skip:
            for one in _inputs(segment, index, most):
                if one.index >= first + skip:
                    yield one
        index += segment.count


def chosen(manifest: str, *, first: int, wanted: frozenset[int]) -> Iterator[Span]:
    """Where the inputs of those numbers lie, each known by the number that it had when it was new."""
    index = first
    for entry in json.loads(files.get(manifest)):
        segment = Segment(**entry)
        if not wanted.isdisjoint(range(index, index + segment.count)):
            for number, span in enumerate(_spans(segment), index):
                if number in wanted:
                    origin = number if segment.origin is None else segment.origin + number - index
                    yield replace(span, origin=origin)
        index += segment.count


def _spans(segment: Segment) -> Iterator[Span]:
    if segment.count == 1:
        yield Span(segment.key, segment.etag, segment.start, segment.end)
        return
    text = files.get(segment.key, etag=segment.etag, start=segment.start, length=segment.end - segment.start)
    for span in line_spans(segment.key, segment.etag, [text]):
        yield replace(span, start=span.start + segment.start, end=span.end + segment.start)


def _inputs(segment: Segment, first: int, most: int) -> Iterator[Input]:
    try:
        contents = _contents(segment, most)
    except PentarchError as problem:
        for index in range(first, first + segment.count):
            yield Input(index, segment.key, b"", segment.by_line, problem, _origin(segment, index - first))
        return
    for index, content in enumerate(contents, first):
        bound = MAX_INPUT_BYTES if segment.by_line else most
        too_long = _too_long(len(content), bound) if len(content) > bound else None
        origin = _origin(segment, index - first)
        yield Input(index, segment.key, b"" if too_long else content, segment.by_line, too_long, origin)


def _origin(segment: Segment, offset: int) -> int | None:
    return None if segment.origin is None else segment.origin + offset


def _too_long(size: int, most: int) -> UnworkableInputError:
    return UnworkableInputError(f"the input has {size} bytes, and {most} at most are taken")


def _contents(segment: Segment, most: int) -> list[bytes]:
    size, bound = segment.end - segment.start, MAX_INPUT_BYTES if segment.by_line else most
    if segment.count == 1 and size > bound:
        raise _too_long(size, bound)
    if not segment.by_line:
        return [files.get(segment.key, etag=segment.etag)]
    text = files.get(segment.key, etag=segment.etag, start=segment.start, length=size)
    return [line for line in text.split(b"\n") if line.strip(_BLANK)]
