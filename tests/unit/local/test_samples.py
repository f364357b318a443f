from pathlib import Path

import pytest

from local import samples
from local.errors import LocalStackError

FUNCTIONS = ["EdgeFunction", "LlmApiFunction", "LlmWorkerFunction", "LlmFunction"]


@pytest.mark.parametrize(
    ("event", "function"),
    [
        ("llm-api-generate", "LlmApiFunction"),
        ("llm-api", "LlmApiFunction"),
        ("llm-worker-shard", "LlmWorkerFunction"),
        ("llm-apiary", "LlmFunction"),
        ("edge-api-unknown-path", "EdgeFunction"),
        ("ops-api-health", None),
    ],
)
def test_an_events_name_begins_with_its_functions(event: str, function: str | None) -> None:
    assert samples.function_of(event, FUNCTIONS) == function


def test_placeholders_become_the_stacks_credentials() -> None:
    values = samples.values({"api_key": 'k"1', "base_url": "http://x"})

    assert samples.fill('{"X-API-Key": "${API_KEY}"}', values) == '{"X-API-Key": "k\\"1"}'


def test_a_placeholder_without_a_value_is_named() -> None:
    with pytest.raises(LocalStackError, match="JOB_ID"):
        samples.fill("${JOB_ID} ${API_KEY}", {"API_KEY": "k"})


def test_a_value_is_given_by_name() -> None:
    assert samples.pair("JOB_ID=a=b") == ("JOB_ID", "a=b")
    with pytest.raises(LocalStackError, match="NAME=value"):
        samples.pair("JOB_ID")


def test_an_event_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "ops-api-health.json").write_text("{}")

    assert samples.read(tmp_path, "ops-api-health.json") == "{}"
    with pytest.raises(LocalStackError, match="there are ops-api-health"):
        samples.read(tmp_path, "missing")
