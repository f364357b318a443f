"""The governed model call on the deployed stack."""

import time
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

from local.target import Target
from support.deployed import api, eventually, new_tenant

GENERATE = "/api/v1/llm/generate"
TRIES = 3
"""A minute may end while requests are sent, and the next has a limit of its own."""


def test_a_call_is_answered_and_counted_exactly_once(stack: Target) -> None:
    key = new_tenant(stack, "counted")["api_key"]
    with api(stack, key) as client:
        answers = [
            client.post(GENERATE, json={"prompt": f"Repeat this word: word{number}"}).json()["data"]
            for number in range(5)
        ]
        assert [answer["response"] for answer in answers] == [f"word{number}" for number in range(5)]

        def used() -> dict[str, int]:
            told: dict[str, int] = client.get("/api/v1/llm/usage").json()["data"]["total"]
            return told

        total = eventually(used, lambda told: told["requests"] >= 5)
        time.sleep(2)  # what is counted twice would be counted by now
        assert used() == total
        assert total["requests"] == 5
        tokens = sum(answer["tokens_used"] for answer in answers)
        assert total["prompt_tokens"] + total["completion_tokens"] == tokens


def test_200_parallel_requests_against_a_limit_of_120_pass_120(stack: Target) -> None:
    for _ in range(TRIES):
        key = new_tenant(stack, "limited")["api_key"]
        with api(stack, key) as client:
            client.get("/api/v1/llm/models").raise_for_status()
            if time.time() % 60 > 25:  # the limit is per minute: let them all fall into one
                time.sleep(60 - time.time() % 60)
            minute = time.time() // 60
            with ThreadPoolExecutor(20) as pool:
                replies = list(pool.map(lambda _: client.post(GENERATE, json={"prompt": "Count to two."}), range(200)))
        if time.time() // 60 == minute:
            break
    statuses = [reply.status_code for reply in replies]
    assert (statuses.count(200), statuses.count(429)) == (120, 80)
    refused = next(reply for reply in replies if reply.status_code == 429)
    assert refused.json()["error"]["code"] == "RATE_LIMITED"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_the_openai_package_works_by_changing_base_url_and_key(stack: Target) -> None:
    with openai.OpenAI(base_url=f"{stack['base_url']}/v1", api_key=str(stack["user_api_key"])) as client:
        pieces = client.chat.completions.create(
            model="gpt-4", messages=[{"role": "user", "content": "Repeat this word: banana"}], stream=True
        )
        assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == "banana"
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve("no-such-model")


def test_every_reply_carries_the_callers_correlation_id(stack: Target) -> None:
    with api(stack) as client:
        for path in ("/api/v1/llm/models", "/api/v2/nowhere", "/api/v2/jobs/none", "/health"):
            reply = client.get(path, headers={"X-Correlation-ID": "trace-me"})
            assert reply.headers["X-Correlation-ID"] == "trace-me", path


def test_a_browser_may_ask_from_another_origin(stack: Target) -> None:
    asked = {"Origin": "https://app.test", "Access-Control-Request-Method": "POST"}
    with api(stack) as client:
        reply = client.options(GENERATE, headers=asked | {"Access-Control-Request-Headers": "x-api-key"})
        assert reply.status_code == 200
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.headers["X-Correlation-ID"]
        answered = client.get("/api/v1/llm/models", headers={"Origin": "https://app.test"})
        assert answered.headers["Access-Control-Allow-Origin"] == "*"
