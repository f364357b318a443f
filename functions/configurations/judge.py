"""Whether a configuration is valid: the JSON Schema of its type, and the rules that no schema can say."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from configurations.errors import InvalidConfigurationError
from pentarch.configuration.model import ConfigType

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

MAX_VALUE_BYTES = 16 * 1024
"""A page shows up to 100 configurations with two values each, and Lambda answers with 6 MB at most."""
_TYPES = Path(__file__).with_name("types")
_SUM_TOLERANCE = 1e-6
"""0.1 + 0.2 is not 0.3: weights that were written as decimals add up to 1 only so nearly."""
_ROOT = "value"

Fault = tuple[str, str]
"""The field, and what is wrong with it."""


@cache
def schema_of(config_type: ConfigType) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((_TYPES / f"{config_type}.json").read_text())
    return found


def faults(config_type: ConfigType, value: Mapping[str, Any]) -> dict[str, list[str]]:
    """Everything that is wrong with a value, by field; empty when it is valid."""
    size = len(json.dumps(value, ensure_ascii=False).encode())
    if size > MAX_VALUE_BYTES:
        return {_ROOT: [f"has {size} bytes; at most {MAX_VALUE_BYTES} are kept"]}
    found: dict[str, list[str]] = {}
    for field, message in _against_schema(config_type, value):
        found.setdefault(field, []).append(message)
    if not found and config_type in _RULES:  # the rules rely on the form
        for field, message in _RULES[config_type](value):
            found.setdefault(field, []).append(message)
    return found


def check(config_type: ConfigType, value: Mapping[str, Any]) -> None:
    found = faults(config_type, value)
    if found:
        raise InvalidConfigurationError(found)


def _against_schema(config_type: ConfigType, value: Mapping[str, Any]) -> Iterator[Fault]:
    for error in sorted(_validator(config_type).iter_errors(value), key=lambda error: list(map(str, error.path))):
        yield ".".join([_ROOT, *(str(part) for part in error.path)]), error.message


@cache
def _validator(config_type: ConfigType) -> "Draft202012Validator":
    # 45 ms of an import that only changes need.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema_of(config_type))


def _weights_add_up(value: Mapping[str, Any]) -> Iterator[Fault]:
    total = math.fsum(value.values())
    if abs(total - 1) > _SUM_TOLERANCE:
        yield _ROOT, f"the weights add up to {total:.6g}, not to 1"


def _risk_is_acknowledged(value: Mapping[str, Any]) -> Iterator[Fault]:
    """A tenant may ask for more care than is built in as it likes, and for less only in so many words."""
    from pentarch.llm.classification import FLOORS, UNDECLARED, Kind
    from pentarch.llm.model import Sensitivity

    if value.get("acknowledge_risk"):
        return
    hint = 'is less than what is built in ({}); say "acknowledge_risk": true to have it all the same'
    if "undeclared" in value and Sensitivity(value["undeclared"]).rank < UNDECLARED.rank:
        yield f"{_ROOT}.undeclared", hint.format(UNDECLARED)
    for kind, wanted in value.get("floors", {}).items():
        floor = FLOORS[Kind(kind)]
        if Sensitivity(wanted).rank < floor.rank:
            yield f"{_ROOT}.floors.{kind}", hint.format(floor)


_RULES: Mapping[ConfigType, Callable[[Mapping[str, Any]], Iterator[Fault]]] = {
    ConfigType.ROUTING_WEIGHTS: _weights_add_up,
    ConfigType.SENSITIVITY_POLICY: _risk_is_acknowledged,
}
