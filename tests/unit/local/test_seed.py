import io
import json
from typing import Any, cast

import pytest

from local import seed
from local.clients import Clients
from local.errors import LocalStackError
from local.stack import Resource, Stack
from local.target import CREDENTIALS

KEPT = {name: f"kept-{name}" for name in CREDENTIALS}
NEW = {name: f"new-{name}" for name in CREDENTIALS}


class Bootstrap:
    """Stands for Lambda with the bootstrap function behind it, and remembers what it was asked."""

    def __init__(self, *, known: bool) -> None:
        self.known = known
        self.asked: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "physical"
        request = json.loads(Payload)
        self.asked.append(request)
        already = self.known and not request.get("reset_credentials")
        answer = {"tenant": "local", "already": True} if already else {"tenant": "local", **NEW}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


class OneFunction:
    def named(self, logical_id: str) -> Resource:
        return Resource(logical_id, "physical", "AWS::Lambda::Function")


def make_tenant(bootstrap: Any, kept: dict[str, str]) -> dict[str, str]:
    return seed.make_tenant(cast("Clients", {"lambda": bootstrap}), cast("Stack", OneFunction()), kept)


def test_a_fresh_stack_gives_new_credentials_whatever_was_kept() -> None:
    assert make_tenant(Bootstrap(known=False), KEPT) == NEW


def test_kept_credentials_of_a_known_tenant_stay() -> None:
    bootstrap = Bootstrap(known=True)

    assert make_tenant(bootstrap, KEPT) == KEPT
    assert [request.get("reset_credentials") for request in bootstrap.asked] == [None]


@pytest.mark.parametrize("kept", [{}, {name: KEPT[name] for name in list(KEPT)[1:]}])
def test_lost_credentials_of_a_known_tenant_are_made_anew(kept: dict[str, str]) -> None:
    bootstrap = Bootstrap(known=True)

    assert make_tenant(bootstrap, kept) == NEW
    assert bootstrap.asked[-1]["reset_credentials"] is True


def test_a_failing_bootstrap_is_quoted() -> None:
    class Failing:
        def invoke(self, **_: Any) -> dict[str, Any]:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "no table"}')}

    with pytest.raises(LocalStackError, match="no table"):
        make_tenant(Failing(), {})


def test_the_models_are_left_alone_without_a_key_or_an_address() -> None:
    assert seed.providers({"PATH": "/bin"}) is None


@pytest.mark.parametrize(
    ("environ", "url", "key"),
    [
        ({"OPENAI_API_KEY": "sk"}, "https://api.openai.com/v1", "sk"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}, "http://127.0.0.1:11434/v1", ""),
        ({"OPENAI_API_KEY": "sk", "OPENAI_BASE_URL": "http://x/v1"}, "http://x/v1", "sk"),
    ],
)
def test_a_key_or_an_address_registers_a_provider(environ: dict[str, str], url: str, key: str) -> None:
    found = seed.providers(environ)

    assert found is not None
    (provider,) = found["providers"]
    assert (provider["base_url"], provider["api_key"]) == (url, key)
    assert provider["data_policy"] == {"max_sensitivity": "INTERNAL"}
