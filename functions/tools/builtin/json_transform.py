"""Selecting from JSON and building new JSON, by JSONPath as RFC 9535 has it."""

from collections.abc import Mapping
from typing import Any

from jsonpath import CompoundJSONPath, JSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathError

from tools.failures import Code, ToolFailedError

_ENVIRONMENT = JSONPathEnvironment(strict=True)


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    return transformed(**request["parameters"])


def transformed(
    data: Any,  # noqa: ANN401 (any JSON value)
    path: str = "$",
    map: Mapping[str, str] | None = None,  # noqa: A002 (the parameter's name)
    max_values: int = 1000,
) -> dict[str, Any]:
    """The selected values in document order, or what is built from each."""
    fields = {name: _compiled(one, f"map.{name}") for name, one in (map or {}).items()}
    values: list[Any] = []
    is_cut = False
    try:
        for match in _compiled(path, "path").finditer(data):
            if len(values) == max_values:
                is_cut = True
                break
            values.append(match.obj if map is None else _built(match.obj, fields))
    except JSONPathError as error:
        msg = f"the path cannot be followed: {_first_line(error)}"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg) from error
    return {"values": values, "count": len(values), "truncated": is_cut}


def _compiled(path: str, where: str) -> JSONPath:
    try:
        compiled = _ENVIRONMENT.compile(path)
    except (JSONPathError, RecursionError) as error:
        msg = f"{where} is no JSONPath: {_first_line(error)}"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg) from error
    if isinstance(compiled, CompoundJSONPath):
        msg = f"{where} is no JSONPath: it joins several"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg)
    return compiled


def _built(value: Any, fields: Mapping[str, JSONPath]) -> dict[str, Any]:  # noqa: ANN401 (any JSON value)
    built: dict[str, Any] = {}
    for name, path in fields.items():
        found = path.findall(value)
        built[name] = (found[0] if found else None) if path.singular_query() else found
    return built


def _first_line(error: Exception) -> str:
    """The others draw where in the path it is."""
    return str(error).partition("\n")[0]
