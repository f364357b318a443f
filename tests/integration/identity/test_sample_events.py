"""The events of `events/` run as they are: what `sam local invoke` sends is what the functions take."""

import json
from typing import Any

import pytest

from identity import api, bootstrap, rotate
from pentarch.web.app import lambda_handler
from support.template import ROOT

pytestmark = pytest.mark.usefixtures("aws")


def sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / f"identity-{name}.json").read_text())
    return event


def test_the_bootstrap_and_the_rotation_run() -> None:
    assert rotate.handler(sample("rotate"), None)["rotated"]
    assert bootstrap.handler(sample("bootstrap"), None)["tenant"] == "local"
    assert not rotate.handler(sample("rotate"), None)["rotated"]


@pytest.mark.parametrize("name", ["api-login", "api-token"])
def test_a_made_up_credential_reaches_the_check_and_fails_it(name: str) -> None:
    answer = lambda_handler(api.make_app())(sample(name), None)
    assert answer["statusCode"] == 401
