"""From a fragment of an OpenAPI 3 description to one tool: its parameters' schema, and where each of them goes."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pentarch.platform.errors import InvalidInputError
from pentarch.tools import validation

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
SAFE = ("get", "head", "options")
MAX_DESCRIPTION = 4000
_MAX_DEPTH = 12
_MAX_PARTS = 2000
_FIELD = "openapi"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NOT_SENT = ("accept", "content-type", "authorization")
"""Header parameters that OpenAPI says shall be ignored."""


class Operation(NamedTuple):
    description: str
    input_schema: dict[str, Any]
    target: dict[str, Any]
    acts: bool


class OpenApiError(InvalidInputError):
    """The fragment describes no operation that could be a tool."""

    def __init__(self, message: str, *, field: str = _FIELD) -> None:
        super().__init__(message, field=field)


def operation_of(fragment: Mapping[str, Any], wanted: str | None = None) -> Operation:
    """The one operation of the fragment, or the one that `wanted` names: by its operationId, or as `GET /path`."""
    if not str(fragment.get("openapi", "")).startswith("3."):
        msg = "the fragment says openapi: 3.0.x or 3.1.x"
        raise OpenApiError(msg)
    path, method, item, operation = _chosen(fragment, wanted)
    reading = _Reading(fragment)
    parameters = _parameters(reading, item, operation)
    properties = {one["name"]: one["schema"] for one in parameters}
    required = [one["name"] for one in parameters if one["required"]]
    body = _body(reading, operation)
    if body is not None:
        if "body" in properties:
            msg = "a parameter is named body, as the request's body is"
            raise OpenApiError(msg)
        properties["body"] = body.schema
        required += ["body"] if body.required else []
    left = set(re.findall(r"{([^}]*)}", path)) - {one["name"] for one in parameters if one["in"] == "path"}
    if left:
        msg = f"the path holds {', '.join(sorted(left))}, which is no parameter of it"
        raise OpenApiError(msg)
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    schema |= {"required": required} if required else {}
    fault = validation.schema_fault(schema)
    if fault is not None:
        raise OpenApiError(fault)
    said = operation.get("summary") or operation.get("description") or f"{method.upper()} {path}"
    target = {
        "method": method.upper(),
        "url": _server(fragment, item, operation) + path,
        "parameters": [{"name": one["name"], "in": one["in"]} for one in parameters],
        "body": None if body is None else body.media_type,
        "credential_header": _credential_header(fragment, operation),
    }
    return Operation(str(said)[:MAX_DESCRIPTION], schema, target, acts=method not in SAFE)


def _chosen(fragment: Mapping[str, Any], wanted: str | None) -> tuple[str, str, Mapping[str, Any], Mapping[str, Any]]:
    paths = fragment.get("paths")
    found = [
        (path, method, item, item[method])
        for path, item in (paths.items() if isinstance(paths, Mapping) else ())
        if isinstance(item, Mapping) and isinstance(path, str) and path.startswith("/")
        for method in METHODS
        if isinstance(item.get(method), Mapping)
    ]
    if wanted is not None:
        found = [one for one in found if wanted in (one[3].get("operationId"), f"{one[1].upper()} {one[0]}")]
    if len(found) != 1:
        msg = (
            f"the fragment has {len(found)} operations, and a tool is one: say which by `operation`"
            if wanted is None
            else "the fragment has no such operation"
        )
        raise OpenApiError(msg, field=_FIELD if wanted is None else "operation")
    return found[0]


class _Reading:
    """Follows references, each to its place within the fragment; what refers to itself is taken as anything."""

    def __init__(self, fragment: Mapping[str, Any]) -> None:
        self._fragment = fragment
        self._parts = 0

    def whole(self, node: Any, seen: tuple[str, ...] = (), depth: int = 0) -> Any:  # noqa: ANN401 (any JSON value)
        self._parts += 1
        if depth > _MAX_DEPTH * 3 or self._parts > _MAX_PARTS:
            msg = "the fragment is too deep or too large for a tool"
            raise OpenApiError(msg)
        if isinstance(node, Mapping):
            reference = node.get("$ref")
            if isinstance(reference, str):
                if reference in seen:
                    return {}
                return self.whole(self._at(reference), (*seen, reference), depth + 1)
            return {name: self.whole(one, seen, depth + 1) for name, one in node.items()}
        return [self.whole(one, seen, depth + 1) for one in node] if isinstance(node, list) else node

    def _at(self, reference: str) -> Any:  # noqa: ANN401 (any JSON value)
        node: Any = self._fragment
        for part in reference.removeprefix("#/").split("/") if reference.startswith("#/") else [""]:
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or name not in node:
                msg = f"the reference {reference[:200]} leads to nothing in the fragment"
                raise OpenApiError(msg)
            node = node[name]
        return node


def _parameters(reading: _Reading, item: Mapping[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those of the path and of the operation, which has the last word."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for said in (*_list(item.get("parameters")), *_list(operation.get("parameters"))):
        whole = reading.whole(said)
        one: Mapping[str, Any] = whole if isinstance(whole, Mapping) else {}
        name, place = one.get("name"), one.get("in")
        if not isinstance(name, str) or not _NAME.fullmatch(name) or place not in ("path", "query", "header", "cookie"):
            msg = "a parameter has a name and says where it is in"
            raise OpenApiError(msg)
        if place == "header" and name.lower() in _NOT_SENT:
            continue
        if place == "cookie":
            msg = f"the parameter {name} is a cookie, which tools do not send"
            raise OpenApiError(msg)
        given = one.get("schema")
        schema = dict(given) if isinstance(given, Mapping) else {}
        if one.get("description"):
            schema = {"description": str(one["description"])[:MAX_DESCRIPTION], **schema}
        required = place == "path" or one.get("required") is True
        found[name, place] = {"name": name, "in": place, "required": required, "schema": schema}
    names = [name for name, _ in found]
    if len(set(names)) != len(names):
        msg = "two parameters have one name"
        raise OpenApiError(msg)
    return list(found.values())


class _Body(NamedTuple):
    schema: dict[str, Any]
    media_type: str
    required: bool


def _body(reading: _Reading, operation: Mapping[str, Any]) -> _Body | None:
    if "requestBody" not in operation:
        return None
    said = reading.whole(operation["requestBody"])
    content = said.get("content") if isinstance(said, Mapping) else None
    if not isinstance(content, Mapping) or not content:
        msg = "the request's body says no content"
        raise OpenApiError(msg)
    medias = [one for one in content if "json" in one] or [one for one in content if one.startswith("text/")]
    if not medias:
        msg = "the request's body is neither JSON nor text"
        raise OpenApiError(msg)
    chosen = content[medias[0]]
    schema = chosen.get("schema") if isinstance(chosen, Mapping) else None
    return _Body(dict(schema) if isinstance(schema, Mapping) else {}, medias[0], said.get("required") is True)


def _server(fragment: Mapping[str, Any], item: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    servers = _list(operation.get("servers")) or _list(item.get("servers")) or _list(fragment.get("servers"))
    if not servers or not isinstance(servers[0], Mapping) or not isinstance(servers[0].get("url"), str):
        msg = "the fragment names no server: servers: [{url: https://...}]"
        raise OpenApiError(msg, field="openapi.servers")
    url: str = servers[0]["url"]
    variables = servers[0].get("variables")
    for name, said in (variables if isinstance(variables, Mapping) else {}).items():
        if isinstance(said, Mapping):
            url = url.replace(f"{{{name}}}", str(said.get("default", "")))
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and "{" not in url
    except ValueError:
        is_whole = False
    if not is_whole:
        msg = "the server's url is no whole http or https address"
        raise OpenApiError(msg, field="openapi.servers")
    return url.rstrip("/")


def _credential_header(fragment: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    """The header of an API key where the operation asks for one; else Authorization."""
    components = fragment.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, Mapping) else None
    if not isinstance(schemes, Mapping):
        return "Authorization"
    for one in _list(operation.get("security", fragment.get("security"))):
        for name in one if isinstance(one, Mapping) else ():
            scheme = schemes.get(name)
            if isinstance(scheme, Mapping) and scheme.get("type") == "apiKey" and scheme.get("in") == "header":
                header = str(scheme.get("name"))
                return header if _NAME.fullmatch(header) else "Authorization"
    return "Authorization"


def _list(value: Any) -> list[Any]:  # noqa: ANN401 (any JSON value)
    return value if isinstance(value, list) else []
