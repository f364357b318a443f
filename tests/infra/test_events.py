"""The sample events: one for each function at least, and each is answered as `events/README.md` says."""

import importlib
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from local import samples
from support.sample_events import DOCUMENTED, EVENTS, FUNCTIONS, NAMES, check, function_of, handler_of, settings_of
from support.tenants import make_tenant

SECRET = re.compile(r"(pk|rt)_[a-z0-9-]+_[0-9a-z]{8,}_[A-Za-z0-9-]{20,}|sk-[A-Za-z0-9]{20,}|eyJ[A-Za-z0-9_-]{20,}")
CONTEXT = SimpleNamespace(
    aws_request_id="00000000-0000-4000-8000-000000000000", get_remaining_time_in_millis=lambda: 30_000
)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The function's own variables, as far as the template or the local profile says them in so many words."""
    for variable, said in settings_of(function_of(request.getfixturevalue("name"))).items():
        monkeypatch.setenv(variable, said)


def handler_for(event: str) -> Callable[[dict[str, Any], object], Any]:
    module, name = handler_of(function_of(event))
    found: Callable[[dict[str, Any], object], Any] = getattr(importlib.import_module(module), name)
    return found


def test_every_function_has_a_sample_event_and_every_event_a_function() -> None:
    assert {function_of(name) for name in NAMES} == set(FUNCTIONS)


def test_every_event_is_documented() -> None:
    assert sorted(DOCUMENTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_event_holds_a_credential(name: str) -> None:
    assert SECRET.search((EVENTS / f"{name}.json").read_text()) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("aws", "settled")
def test_an_event_is_answered_as_documented(name: str) -> None:
    text = samples.read(EVENTS, name)
    if "${" in text:
        text = samples.fill(text, {"API_KEY": make_tenant("local")})

    answer = handler_for(name)(json.loads(text), CONTEXT)

    check(name, answer)


@pytest.mark.parametrize("name", [name for name in NAMES if "${API_KEY}" in (EVENTS / f"{name}.json").read_text()])
@pytest.mark.usefixtures("aws", "settled")
def test_without_a_key_filled_in_nobody_gets_in(name: str) -> None:
    assert handler_for(name)(json.loads(samples.read(EVENTS, name)), CONTEXT)["statusCode"] == 401
