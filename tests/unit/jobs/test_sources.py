import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import InputSourceError
from jobs.parameters import InlineInput
from jobs.sources import from_data_url, from_inline

LINE = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"])).filter(str.strip)


@given(st.lists(LINE, min_size=1), st.booleans())
def test_a_text_comes_through_a_data_url_as_it_is(lines: list[str], in_base64: bool) -> None:  # noqa: FBT001 (drawn)
    text = "\n".join(lines)
    data = ";base64," + base64.b64encode(text.encode()).decode() if in_base64 else "," + quote(text)
    assert [json.loads(line) for line in from_data_url(f"data:text/plain{data}")] == lines


def test_no_line_of_the_request_file_can_break_in_two() -> None:
    assert all(b"\n" not in line for line in from_inline(["a\nb", InlineInput(prompt="a\nb")]))


def test_without_a_media_type_it_is_text() -> None:
    assert from_data_url("data:,one") == [b'"one"']


@pytest.mark.parametrize("line", ['{"prompt": "x", "top_p": NaN}', '{"prompt": "x", "seed": 1e999}', r'"\ud800"'])
def test_a_line_that_no_reply_could_carry_is_refused(line: str) -> None:
    with pytest.raises(InputSourceError, match="input 1 is not JSON"):
        from_data_url(f"data:application/jsonl,{quote(line)}")


@pytest.mark.parametrize("url", ["data:", "data:text/html,x", "data:;base64,!", "data:application/jsonl,3"])
def test_what_is_no_data_url_of_inputs_is_refused(url: str) -> None:
    with pytest.raises(InputSourceError):
        from_data_url(url)
