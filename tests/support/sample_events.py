"""The sample events of `events/`: whose they are, what they are answered, and how their functions are set up."""

import json
import re
from typing import Any

from local import samples
from local.deploy import Profile
from support.template import ROOT, resources

EVENTS = ROOT / "events"
NAMES = sorted(file.stem for file in EVENTS.glob("*.json"))
FUNCTIONS = resources("AWS::Serverless::Function")
DOCUMENTED = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \|$", (EVENTS / "README.md").read_text(), re.MULTILINE))


def function_of(event: str) -> str:
    function = samples.function_of(event, FUNCTIONS)
    assert function is not None, f"{event} begins as no function does"
    return function


def handler_of(function: str) -> tuple[str, str]:
    """Its module and its name there."""
    place = FUNCTIONS[function]["Properties"]["Handler"]
    if isinstance(place, dict):  # where tokens stream, a web server takes the handler's place
        place = place["Fn::If"][2]
    module, _, name = place.rpartition(".")
    return module, name


def settings_of(function: str) -> dict[str, str]:
    """The function's own variables, as far as the template or the local profile says them in so many words."""
    given = Profile(ROOT / "samconfig.toml").parameters
    found = {}
    for name, value in FUNCTIONS[function]["Properties"]["Environment"]["Variables"].items():
        said = given.get(str(value.get("Ref"))) if isinstance(value, dict) else value
        if isinstance(said, str):
            found[name] = said
    return found


def check(event: str, answer: Any) -> None:
    """An answer is what `events/README.md` says."""
    documented = DOCUMENTED[event]
    if documented[:3].isdecimal():
        assert answer["statusCode"] == int(documented[:3]), answer["body"]
    elif documented == "no failures":
        assert answer == {"batchItemFailures": []}
    else:
        assert json.loads(json.dumps(answer))
