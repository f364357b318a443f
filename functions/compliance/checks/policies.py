"""Reading policies: who is let in, to do what, with which resources. In doubt a statement allows more, not less."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

NARROWING = {
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceowner", "aws:principalaccount",
    "aws:principalarn", "aws:principalorgid", "aws:sourcevpc", "aws:sourcevpce", "kms:calleraccount",
    "lambda:functionurlauthtype", "s3:dataaccesspointaccount",
}  # fmt: skip
"""Condition keys that hold a caller to known accounts, resources or networks; an address is not one of them."""
SOURCES = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}
"""Those of them that AWS's services fill in when they call for somebody."""
_EXACT = {"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"}

Statement = Mapping[str, Any]


def statements(document: Mapping[str, Any] | None) -> list[Statement]:
    return [] if document is None else _list(document.get("Statement"))


def allowing(document: Mapping[str, Any] | None) -> list[Statement]:
    return [statement for statement in statements(document) if statement.get("Effect") != "Deny"]


def actions(statement: Statement) -> list[str]:
    """What it names; NotAction, which allows all but something, counts as everything."""
    return ["*"] if "NotAction" in statement else [str(action) for action in _list(statement.get("Action"))]


def resources(statement: Statement) -> list[str]:
    return ["*"] if "NotResource" in statement else [str(name) for name in _list(statement.get("Resource"))]


def principals(statement: Statement) -> Iterator[tuple[str, str]]:
    """Each as its kind and name, ("AWS", "*") for everybody."""
    if "NotPrincipal" in statement:
        yield "AWS", "*"
    named = statement.get("Principal", {})
    if not isinstance(named, Mapping):
        named = {"AWS": named}
    for kind, names in named.items():
        for name in _list(names):
            yield ("AWS", "*") if name == "*" else (str(kind), str(name))


def narrowed(statement: Statement, keys: set[str] = NARROWING) -> bool:
    """Whether a condition holds the caller to values that are named."""
    for operator, tests in (statement.get("Condition") or {}).items():
        if operator.lower() not in _EXACT:
            continue
        for key, values in tests.items():
            if key.lower() in keys and all(_telling(str(value)) for value in _list(values)):
                return True
    return False


def _telling(value: str) -> bool:
    """Neither everything nor nearly: an ARN names its account or, as a bucket's does, its resource."""
    if value.startswith("arn:"):
        parts = [*value.split(":", 5), "", "", "", ""][:6]
        return "*" not in parts[4] and "?" not in parts[4] and (parts[4] != "" or parts[5].strip("*?/") != "")
    return value.strip("*?") != "" and "*" not in value


def public(document: Mapping[str, Any] | None) -> list[Statement]:
    """Statements that let everybody in."""
    return [
        statement
        for statement in allowing(document)
        if ("AWS", "*") in principals(statement) and not narrowed(statement)
    ]


def foreign(document: Mapping[str, Any] | None, account: str) -> list[str]:
    """Principals of other accounts that are let in, and those whose account cannot be told."""
    return sorted(
        {
            name
            for statement in allowing(document)
            for kind, name in principals(statement)
            if name != "*" and ((kind == "AWS" and _account(name) != account) or kind in ("Federated", "CanonicalUser"))
        }
    )


def reaches(statement: Statement, action: str, resource: str) -> bool:
    """Whether it covers the action on the resource, wildcards and all."""
    return any(_like(action.lower(), pattern.lower()) for pattern in actions(statement)) and any(
        _like(resource, pattern) for pattern in resources(statement)
    )


def label(statement: Statement) -> str:
    return str(statement.get("Sid") or "a statement without a Sid")


def _account(principal: str) -> str:
    return principal.split(":")[4] if principal.startswith("arn:") else principal


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern.replace("[", "[[]"))  # a bracket is no wildcard in a policy


def _list(value: Any) -> list[Any]:  # noqa: ANN401 (a policy has one thing or a list of them everywhere)
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
