from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.work import inputs
from pentarch.work.inputs import Input, Span, line_spans, segments

TEXT = st.lists(st.sampled_from([b"", b" ", b"a", b"bc", b"\r", b"\xc3\xa9"])).map(b"\n".join)


def in_chunks(text: bytes, cuts: list[int]) -> Iterator[bytes]:
    start = 0
    for cut in sorted(cut % (len(text) + 1) for cut in cuts):
        yield text[start:cut]
        start = cut
    yield text[start:]


@given(TEXT, st.lists(st.integers(min_value=0)))
def test_spans_are_the_lines_that_are_not_blank_however_the_text_arrives(text: bytes, cuts: list[int]) -> None:
    spans = list(line_spans("k", "e", in_chunks(text, cuts)))
    assert [text[span.start : span.end] for span in spans] == [line for line in text.split(b"\n") if line.strip()]


@given(TEXT, st.integers(min_value=1, max_value=9))
def test_segments_hold_the_same_lines_in_the_same_order(text: bytes, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "SEGMENT_BYTES", most)
        joined = segments(line_spans("k.jsonl", "e", [text]))
    read = [line for one in joined for line in text[one.start : one.end].split(b"\n") if line.strip()]
    assert read == [line for line in text.split(b"\n") if line.strip()]
    assert sum(one.count for one in joined) == len(read)
    assert all(one.end - one.start <= most or one.count == 1 for one in joined)


def test_whole_objects_and_lines_of_different_objects_are_not_joined() -> None:
    spans = [Span("a.txt", "e", 0, 3), Span("b.jsonl", "e", 0, 3), Span("c.jsonl", "e", 4, 7), Span("d.md", "e", 0, 3)]
    assert [(one.key, one.count, one.by_line) for one in segments(spans)] == [
        ("a.txt", 1, False),
        ("b.jsonl", 1, True),
        ("c.jsonl", 1, True),
        ("d.md", 1, False),
    ]


@pytest.mark.parametrize(
    ("given_input", "name"),
    [
        (Input(4, "in/a.txt", b"text", is_line=False), "a.txt"),
        (Input(4, "in/a.jsonl", b'{"id": "mine", "prompt": "p"}', is_line=True), "mine"),
        (Input(4, "in/a.jsonl", b'{"id": 7}', is_line=True), "7"),
        (Input(4, "in/a.jsonl", b'{"prompt": "p"}', is_line=True), "4"),
        (Input(4, "in/a.jsonl", b'"text"', is_line=True), "4"),
        (Input(4, "in/a.jsonl", b"[[[", is_line=True), "4"),
        (Input(4, "in/a.jsonl", b"\xff", is_line=True), "4"),
    ],
)
def test_an_input_is_named_by_itself_its_object_or_its_number(given_input: Input, name: str) -> None:
    assert given_input.id == name
