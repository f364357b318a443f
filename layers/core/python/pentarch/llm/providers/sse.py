"""Server-sent events, as far as model servers use them."""

from collections.abc import Iterable, Iterator

MAX_LINE_BYTES = 1024 * 1024
"""No honest chunk of an answer is this long; beyond it the line is not buffered any further."""


class BrokenEventStreamError(Exception):
    """The bytes are no event stream."""


def events(chunks: Iterable[bytes]) -> Iterator[str]:
    """The data of each event. Comments and fields other than `data` are skipped.

    Lines are cut on bytes: `str.splitlines` (and httpx's `iter_lines`) would also cut at U+2028 and U+0085, which
    may stand inside a JSON string.
    """
    data: list[str] = []
    for line in _lines(chunks):
        name, _, value = line.partition(b":")
        if name == b"data":
            data.append(_decoded(value.removeprefix(b" ")))
        elif not line and data:
            yield "\n".join(data)
            data.clear()
    if data:  # servers exist that end without the empty line after the last event
        yield "\n".join(data)


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        message = "a line is not UTF-8"
        raise BrokenEventStreamError(message) from error


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        rest += chunk
        # A carriage return at the very end may be half of a CRLF, so it waits for the next chunk.
        held = b"\r" if rest.endswith(b"\r") else b""
        complete = rest[: len(rest) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = complete.split(b"\n")
        rest += held
        if len(rest) > MAX_LINE_BYTES:
            message = "a line is too long"
            raise BrokenEventStreamError(message)
        yield from lines
    if rest:
        yield rest.rstrip(b"\r")
