"""The refusals of each reference as OpenAPI responses: made by the renderer that the functions answer with."""

from typing import Any

from pentarch.platform.dialects import Dialect, Failure, dialect_of
from pentarch.platform.errors import Meaning
from pentarch.web.access import SELF, Access

Json = dict[str, Any]

_WORDS: dict[Meaning, tuple[str, str]] = {
    Meaning.INVALID: ("What was sent is not valid; the error names the field.", "name: Field required"),
    Meaning.UNAUTHENTICATED: ("There is no credential, or it does not hold.", "a credential is needed"),
    Meaning.FORBIDDEN: ("The credential lacks the scope.", "the credential lacks the scope that this needs"),
    Meaning.NOT_FOUND: ("There is no such thing, or it is another tenant's.", "there is no such thing"),
    Meaning.CONFLICT: (
        "It is not in a state that allows this, or the Idempotency-Key was used for something else.",
        "its state does not allow this",
    ),
    Meaning.RATE_LIMITED: ("Too many requests; Retry-After tells when the next may come.", "too many requests"),
    Meaning.QUOTA_EXCEEDED: ("The month's budget is spent.", "the month's budget is spent"),
    Meaning.UNAVAILABLE: ("Something that this needs does not answer, or is stopped.", "try again in a moment"),
    Meaning.INTERNAL: ("Our fault; the correlation id finds it in the logs.", "an unexpected error"),
}
_ID = "5b0f1c8e-8f0a-4c53-9d6b-6f3c2f7f7a10"
_FREE: dict[str, Json] = {
    "details": {"type": "object", "additionalProperties": True},
    "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    "param": {"type": ["string", "null"]},
    "retry_after": {"type": "integer"},
}
"""Members that depend on the error."""
_AT = "2026-11-21T12:00:00.000Z"


def meanings(access: Access, *, takes_input: bool, has_id: bool, writes: bool) -> list[Meaning]:
    """What an operation can be refused for, as far as its declaration tells."""
    found = [Meaning.INVALID] if takes_input else []
    if access.scope is not None:
        found += [Meaning.UNAUTHENTICATED, Meaning.RATE_LIMITED]
        found += [Meaning.FORBIDDEN] if access.scope != SELF else []
    found += [Meaning.QUOTA_EXCEEDED] if access.spends else []
    found += [Meaning.NOT_FOUND] if has_id else []
    found += [Meaning.CONFLICT] if access.idempotent or (writes and has_id) else []
    return [*found, Meaning.INTERNAL, Meaning.UNAVAILABLE]


class Responses:
    """The refusals that the operations refer to, each described once for each reference."""

    def __init__(self) -> None:
        self.components: Json = {}
        self.schemas: Json = {}

    def of(self, path: str, found: list[Meaning]) -> Json:
        """References by status."""
        dialect = dialect_of(path)
        answers: Json = {}
        for meaning in found:
            status, body = dialect.render(_failure(meaning))
            name = f"{_word(dialect.name)}{_word(meaning)}"
            if str(status) in answers:  # two meanings that this reference tells by one status: the first describes both
                continue
            self.components[name] = self._response(dialect, meaning, body)
            answers[str(status)] = {"$ref": f"#/components/responses/{name}"}
        return answers

    def _response(self, dialect: Dialect, meaning: Meaning, body: Json) -> Json:
        schema = f"{_word(dialect.name)}Error"
        shape = _shape(body) | {"description": f"An error as {dialect.name} words it."}
        self.schemas[schema] = _both(self.schemas[schema], shape) if schema in self.schemas else shape
        content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": body}
        response: Json = {"description": _WORDS[meaning][0], "content": {dialect.media_type: content}}
        if meaning in {Meaning.RATE_LIMITED, Meaning.UNAVAILABLE}:
            response["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
        return response


def _failure(meaning: Meaning) -> Failure:
    field = {"name": ["Field required"]} if meaning is Meaning.INVALID else {}
    return Failure(
        meaning=meaning,
        message=_WORDS[meaning][1],
        details={"field": "name", "reason": "Field required", "errors": field} if field else {},
        errors=field,
        correlation_id=_ID,
        timestamp=_AT,
        retry_after=30 if meaning is Meaning.RATE_LIMITED else None,
    )


def _word(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))


def _shape(value: object) -> Json:
    """The schema of a body that was rendered: its members and their types."""
    match value:
        case dict():
            members = {str(name): _FREE.get(str(name)) or _shape(member) for name, member in value.items()}
            return {
                "type": "object",
                "properties": members,
                "required": [name for name in members if name not in _FREE],
            }
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case _:
            return {"type": "string"}


def _both(one: Json, other: Json) -> Json:
    """The schema of bodies of two refusals of one reference: what only one has is optional."""
    merged = one | {"properties": one["properties"] | other["properties"]}
    return merged | {"required": [name for name in one["required"] if name in other["required"]]}
