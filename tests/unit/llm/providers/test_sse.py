import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.llm.providers import sse
from pentarch.llm.providers.sse import BrokenEventStreamError, events


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\ndata: b\n\n", ["a", "b"]),
        (b"data:a\r\n\r\ndata:b\r\n\r\n", ["a", "b"]),
        (b"data: a\r\rdata: b\r\r", ["a", "b"]),
        (b": ping\n\nevent: message\nid: 7\ndata: a\n\n", ["a"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"data:  a\n\n", [" a"]),
        (b"data: no empty line after it", ["no empty line after it"]),
        (b"<html>\n<p>data: a\n\n", []),
        (b"", []),
    ],
)
def test_the_data_of_each_event(stream: bytes, expected: list[str]) -> None:
    assert list(events([stream])) == expected


@given(
    texts=st.lists(st.text(), max_size=4),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    cuts=st.lists(st.integers(min_value=1, max_value=20), min_size=1),
)
def test_neither_cuts_nor_odd_characters_change_events(texts: list[str], line_end: str, cuts: list[int]) -> None:
    sent = [json.dumps(text, ensure_ascii=False) for text in texts if text.isprintable()] + ['"\u2028\x85"']
    stream = "".join(f"data: {data}{line_end}{line_end}" for data in sent).encode()
    chunks: list[bytes] = []
    place = 0
    while place < len(stream):
        size = cuts[len(chunks) % len(cuts)]
        chunks.append(stream[place : place + size])
        place += size

    assert list(events(chunks)) == sent


@pytest.mark.parametrize("stream", [b"data: \xff\n\n", b"data: " + b"x" * (sse.MAX_LINE_BYTES + 1)])
def test_what_is_no_event_stream_is_refused(stream: bytes) -> None:
    with pytest.raises(BrokenEventStreamError):
        list(events([stream]))
