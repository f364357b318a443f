import json
from typing import Any

import pytest

from pentarch.web.body import StrictRequest


def read(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        StrictRequest({"type": "http"}, receive).json().send(None)  # it waits for nothing, so it needs no loop
    except StopIteration as done:
        return done.value
    pytest.fail("the body was not there at once")


@pytest.mark.parametrize(
    "text", ['{"a": 1.5e10}', '"\\ud83d\\ude00"', '"\\\\ud800"', "null", "12345678901234567890", '"ä"']
)
def test_json_is_read_as_python_reads_it(text: str) -> None:
    assert read(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "text", ["NaN", "[Infinity]", "-Infinity", "1e999", '"\\ud800"', '{"\\udfff": 1}', '["\\uD83D x"]', "{"]
)
def test_what_no_reply_and_no_table_can_carry_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        read(text.encode())
