"""Whether parameters keep a tool's schema, told by field."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pentarch.tools.model import Kind, ToolSpec

MAX_FAULTS = 20
MAX_MESSAGE = 300
FIELD = "parameters"


def faults(spec: ToolSpec, parameters: Any) -> dict[str, list[str]]:  # noqa: ANN401 (any JSON value)
    """Messages by field, `parameters.base` for example; empty where all is well."""
    if not isinstance(parameters, Mapping):
        return {FIELD: ["it must be an object"]}
    found: dict[str, list[str]] = {}
    for error in _worst(_validator(spec).iter_errors(parameters)):
        found.setdefault(_place(error), []).append(_words(error))
    if found:
        return found
    for rule, validator in zip(spec.rules, _rules(spec), strict=True):
        if not validator.is_valid(parameters):
            found.setdefault(f"{FIELD}.{rule.field}", []).append(rule.message)
    return found


def with_defaults(spec: ToolSpec, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, and the schema's defaults for those of its top level that are left out."""
    properties = spec.input_schema.get("properties", {})
    defaults = {name: one["default"] for name, one in properties.items() if isinstance(one, dict) and "default" in one}
    return defaults | dict(parameters)


def schema_fault(schema: Any) -> str | None:  # noqa: ANN401 (whatever somebody sent as a schema)
    """What is wrong with a JSON Schema of a tool; None if nothing is."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return "the schema's type must be object"
    if any("$ref" in part and not str(part["$ref"]).startswith("#") for part in _parts(schema)):
        return "a $ref may only point into the schema itself"
    try:
        Draft202012Validator.check_schema(schema)
    except (SchemaError, RecursionError) as error:
        return f"it is no JSON Schema: {str(getattr(error, 'message', error))[:MAX_MESSAGE]}"
    return None


def _parts(node: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 (any part of a schema)
    if isinstance(node, Mapping):
        yield node
        for one in node.values():
            yield from _parts(one)
    elif isinstance(node, list):
        for one in node:
            yield from _parts(one)


def _validator(spec: ToolSpec) -> Any:  # noqa: ANN401 (jsonschema makes its classes at run time)
    from jsonschema import Draft202012Validator, validators

    if spec.kind is Kind.BUILT_IN:
        return _built_in(spec.id)
    # A tenant's pattern could keep this process busy for hours; the API that it is for looks at it itself.
    lenient: Any = validators.extend(Draft202012Validator, {"pattern": _nothing, "patternProperties": _nothing})  # type: ignore[no-untyped-call]
    return lenient(spec.input_schema)


@lru_cache(maxsize=64)
def _built_in(tool_id: str) -> Any:  # noqa: ANN401 (as `_validator`)
    from jsonschema import Draft202012Validator

    from pentarch.tools.catalogue import built_in

    return Draft202012Validator(built_in()[tool_id].input_schema)


def _rules(spec: ToolSpec) -> list[Any]:
    from jsonschema import Draft202012Validator

    return [Draft202012Validator(rule.schema) for rule in spec.rules]


def _nothing(*_: object) -> None:
    """Find no fault."""


def _worst(errors: Iterator[Any]) -> Iterator[Any]:
    for _, error in zip(range(MAX_FAULTS), errors, strict=False):
        yield error


def _place(error: Any) -> str:  # noqa: ANN401 (jsonschema's error)
    path = [FIELD, *(str(part) for part in error.absolute_path)]
    if error.validator == "required" and isinstance(error.instance, Mapping):
        path += [name for name in error.validator_value if error.message.startswith(repr(name))]
    return ".".join(path)


def _words(error: Any) -> str:  # noqa: ANN401 (jsonschema's error)
    match error.validator:
        case "required":
            return "it is required"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            more = sorted(set(error.instance) - set(known)) if isinstance(error.instance, Mapping) else []
            return f"no such parameter: {', '.join(more)}"[:MAX_MESSAGE] if known else error.message[:MAX_MESSAGE]
        case "type":
            wanted = error.validator_value
            return f"it must be of type {wanted if isinstance(wanted, str) else ' or '.join(wanted)}"
        case "enum":
            return f"it must be one of {', '.join(map(str, error.validator_value))}"[:MAX_MESSAGE]
        case _:
            return str(error.message)[:MAX_MESSAGE]
