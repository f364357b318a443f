"""Streaming for real: uvicorn runs the application, as the web adapter does on Lambda."""

import json
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import openai
import pytest
import uvicorn
from openai.types.chat import ChatCompletionMessageParam

from llm.api import app
from support.gateway import openai_like, use_providers, written
from support.lambdas import Caller
from support.upstream import FakeUpstream
from support.upstream_replies import Chat

GENERATE = "/api/v1/llm/generate"


@pytest.fixture
def base_url(api: Caller) -> Iterator[str]:  # noqa: ARG001 (a fixture that another needs)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


def test_the_first_token_arrives_before_the_last_one_is_made(
    base_url: str, api: Caller, upstream: FakeUpstream
) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(Chat(("one ", "two ", "three ", "four"), delay=0.15))
    arrivals: list[float] = []
    events: list[dict[str, object]] = []
    asked = {"prompt": "Count.", "stream": True}
    with httpx.stream("POST", base_url + GENERATE, json=asked, headers=dict(api.headers)) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        for line in reply.iter_lines():
            if line.startswith("data: "):
                arrivals.append(time.monotonic())
                events.append(json.loads(line[6:]))
    assert [event["data"] for event in events[:-1]] == ["one ", "two ", "three ", "four"]
    assert events[-1]["event"] == "complete"
    assert arrivals[-1] - arrivals[0] > 0.3
    assert [event.type for event in written()] == ["llm.completed"]


def test_a_client_that_goes_away_stops_the_upstream_call(base_url: str, api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(Chat(tuple(f"{number} " for number in range(200)), delay=0.05))
    asked = {"prompt": "Count.", "stream": True}
    with httpx.stream("POST", base_url + GENERATE, json=asked, headers=dict(api.headers)) as reply:
        lines = reply.iter_lines()
        assert next(lines).startswith("data: ")
    deadline = time.monotonic() + 5
    while not (upstream.aborted and written()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert upstream.aborted == 1
    [event] = written()
    assert event.type == "llm.abandoned"
    assert event.data["completion_tokens"] < 200


def test_an_upstream_that_breaks_off_is_told_in_the_stream(base_url: str, api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(Chat(("one ", "two "), finish_reason=None, usage=None, done=False))
    asked = {"prompt": "Count.", "stream": True}
    text = httpx.post(base_url + GENERATE, json=asked, headers=dict(api.headers)).text
    last = json.loads(text.strip().splitlines()[-1].removeprefix("data: "))
    assert last["event"] == "error"
    assert [event.type for event in written()] == ["llm.interrupted"]


def test_the_openai_package_talks_to_it(base_url: str, api: Caller) -> None:
    with openai.OpenAI(base_url=f"{base_url}/v1", api_key=api.headers["X-API-Key"]) as client:
        asked: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Repeat this word: banana"}]
        whole = client.chat.completions.create(model="gpt-4", messages=asked)
        assert whole.choices[0].message.content == "banana"
        assert whole.model == "pentarch/extractive"
        pieces = client.chat.completions.create(
            model="gpt-4", messages=asked, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(pieces)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "banana"
        assert chunks[-1].usage
        assert chunks[-1].usage.total_tokens > 0
        assert "pentarch/extractive" in [model.id for model in client.models.list()]
        assert client.models.retrieve("pentarch/extractive").owned_by == "pentarch"
        vectors = client.embeddings.create(model="pentarch/extractive", input=["a lamp", "a lamp"])
        assert vectors.data[0].embedding == vectors.data[1].embedding
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model="no-such-model", messages=asked)
    with (
        openai.OpenAI(base_url=f"{base_url}/v1", api_key="wrong") as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.models.list()
