"""The document: what FastAPI knows of the routes, and what each operation has beside it.

An operation gets its id, who may call it, what it answers, how it refuses in the words of its reference, and examples.
"""

import json

from fastapi.openapi.utils import get_openapi

from apidoc import answers, naming, routes
from apidoc.examples import Example, examples
from apidoc.failures import Json, Responses, meanings
from pentarch import __version__
from pentarch.platform.errors import Meaning
from pentarch.web.access import SELF
from pentarch.web.routes import GovernedRoute

_DESCRIPTION = """\
Pentarch speaks several published API references at once. A path belongs to one of them, and answers and refuses in its
words. Credentials, limits and headers are the same for all.

Every reply carries `X-Correlation-ID` and, where a credential was read, `X-RateLimit-*`. A request that makes something
takes an `Idempotency-Key`: the same key with the same body is answered with the first answer.
"""
_SECURITY: list[Json] = [{"apiKey": []}, {"bearer": []}]
_SCHEMES: Json = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, or an access token of `/api/v2/auth/login` or `/oauth2/v2.0/token`.",
    },
}
_IDEMPOTENCY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes it safe to send the request again: it is done once, and answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
UNPROCESSABLE = "422"
"""What FastAPI says of bad input; here it is told as the reference tells it, by 400."""
_JSON = "application/json"
_WRITING = {"POST", "PUT", "PATCH", "DELETE"}


def document() -> Json:
    """The whole document, in an order that does not change between runs."""
    apps = routes.applications()
    known = routes.governed(apps)
    made: Json = get_openapi(
        title="Pentarch",
        version=__version__,
        description=_DESCRIPTION,
        routes=[route for app in apps for route in app.routes],
        servers=[{"url": ".", "description": "The stack that serves this document."}],
    )
    refusals = Responses()
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(operation, method.upper(), path, known[method.upper(), path], refusals)
    components = made["components"]
    components["securitySchemes"] = _SCHEMES
    components["parameters"] = {"IdempotencyKey": _IDEMPOTENCY}
    components["responses"] = dict(sorted(refusals.components.items()))
    shapes = answers.schemas()
    if taken := shapes.keys() & components["schemas"].keys():
        msg = f"answers and requests have objects of the same names: {sorted(taken)}"
        raise ValueError(msg)
    schemas = components["schemas"] | refusals.schemas | shapes
    components["schemas"] = {
        name: schemas[name] for name in sorted(schemas) if name not in {"HTTPValidationError", "ValidationError"}
    }
    made["paths"] = {path: made["paths"][path] for path in sorted(made["paths"])}
    made["tags"] = [{"name": tag} for tag in _tags(made["paths"])]
    return made


def text(made: Json) -> str:
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _complete(operation: Json, method: str, path: str, route: GovernedRoute, refusals: Responses) -> None:
    name = naming.operation_id(path, route.name)
    example = examples().get(name, Example())
    operation["operationId"] = name
    operation["tags"] = [naming.group_of(path).tag]
    operation["security"] = [] if route.access.scope is None else _SECURITY
    if route.access.scope not in {None, SELF}:
        operation["x-scope"] = route.access.scope
    if route.access.idempotent:
        reference = {"$ref": "#/components/parameters/IdempotencyKey"}
        operation["parameters"] = [*operation.get("parameters", []), reference]
    _show_request(operation, example)
    takes_input = "requestBody" in operation or "parameters" in operation
    found = meanings(route.access, takes_input=takes_input, has_id="{" in path, writes=method in _WRITING)
    done = {status: answer for status, answer in operation["responses"].items() if status != UNPROCESSABLE}
    for answer in done.values():
        _show_answer(answer, example, answers.answers().get(name))
    told = refusals.of(path, [*found, *(Meaning(word) for word in example.refusals)])
    operation["responses"] = done | dict(sorted(told.items()))


def _show_request(operation: Json, example: Example) -> None:
    if example.request is None:
        return
    body = operation.setdefault("requestBody", {"required": True, "content": {}})
    if not body["content"]:
        kind: Json = {"type": "string"} if isinstance(example.request, str) else {"type": "object"}
        body["content"][example.request_type] = {"schema": kind}
    body["content"].get(example.request_type, next(iter(body["content"].values())))["example"] = example.request


def _show_answer(answer: Json, example: Example, schema: Json | None) -> None:
    """FastAPI knows an answer's schema where the route declares one, and otherwise only that it is JSON."""
    if answer.get("description") == "Successful Response":
        answer["description"] = "Done."
    if example.response is None:
        return
    content = answer.setdefault("content", {})
    shown = content.pop(_JSON, {})
    content[example.response_type] = shown | {"example": example.response}
    if schema is not None:  # some answer JSON only where that was asked for
        content[_JSON] = content.get(_JSON, {}) | {"schema": schema}


def _tags(paths: Json) -> list[str]:
    """In the order of the references, and of the paths in each."""
    found = {
        operation["tags"][0]: list(naming.REFERENCES.values()).index(operation["tags"][0].split(":")[0])
        for operations in paths.values()
        for operation in operations.values()
    }
    return sorted(found, key=lambda tag: (found[tag], tag))
