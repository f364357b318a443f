"""JSONPath (RFC 9535) over an execution's data: what a step is given, what it leaves, and whether it is run at all.

The data is `{"input": ..., "context": ..., "steps": {"step-1": {"output": ..., "result": ...}}}`. A condition is what
RFC 9535 lets stand in a filter: `$.steps.step-1.output.score > 0.5 && $.input.mode == 'fast'`. It is evaluated as the
filter of a query over the data's own members, in which `$` is the data.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError
from jsonpath.filter import BaseExpression, RootFilterQuery
from jsonpath.selectors import Filter, NameSelector

ROOTS = ("input", "context", "steps")
STEPS = "steps"


class Root(NamedTuple):
    """What a path begins with: a member of the data, and a step's id where the member is `steps`."""

    name: str
    step: str | None = None


class PathError(ValueError):
    """The text is no path, or no condition; the message says why."""


def _environment() -> JSONPathEnvironment:
    made = JSONPathEnvironment(strict=True)
    for name in ("match", "search"):
        # A pattern may take longer than the universe has time, and no library here gives up.
        made.function_extensions.pop(name, None)
    return made


_ENVIRONMENT = _environment()


def is_path(said: object) -> bool:
    """Whether a text of a mapping is a path: it begins with `$`, and not with `$$`."""
    return isinstance(said, str) and said.startswith("$") and not said.startswith("$$")


def paths_in(said: object) -> Iterator[str]:
    """Every path of a mapping's value, however deep it stands in it."""
    if isinstance(said, Mapping):
        for one in said.values():
            yield from paths_in(one)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from paths_in(one)
    elif isinstance(said, str) and is_path(said):
        yield said


def roots(path: str) -> frozenset[Root]:
    """What a path reads. Raises PathError when it is none."""
    query = compiled(path)
    return frozenset({_root(query), *(root for inner in _inner(query) for root in (_root(inner),))})


def roots_of_condition(condition: str) -> frozenset[Root]:
    return frozenset(_root(inner) for inner in _inner(compiled_condition(condition)))


def value(path: str, data: Mapping[str, Any]) -> Any:  # noqa: ANN401 (any JSON value)
    """What a path finds: the one value of a singular path, None where there is nothing; else a list of all values."""
    query = compiled(path)
    found = [match.obj for match in query.finditer(data)]
    if query.singular_query():
        return found[0] if found else None
    return found


def mapped(mapping: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Each path's value, in whatever it stands; what is no path as it is, and `$$5` as `$5`."""
    return {name: _mapped(said, data) for name, said in mapping.items()}


def _mapped(said: Any, data: Mapping[str, Any]) -> Any:  # noqa: ANN401 (any JSON value)
    if isinstance(said, Mapping):
        return mapped(said, data)
    if isinstance(said, list | tuple):
        return [_mapped(one, data) for one in said]
    if not isinstance(said, str) or not said.startswith("$"):
        return said
    return value(said, data) if is_path(said) else said[1:]


def holds(condition: str, data: Mapping[str, Any]) -> bool:
    return next(iter(compiled_condition(condition).finditer(data)), None) is not None


@lru_cache(maxsize=512)
def compiled(path: str) -> JSONPath:
    return _compiled(path, path)


@lru_cache(maxsize=512)
def compiled_condition(condition: str) -> JSONPath:
    return _compiled(f"$[?{condition}]", condition)


def _compiled(query: str, said: str) -> JSONPath:
    try:
        made = _ENVIRONMENT.compile(query)
    except JSONPathError as error:
        msg = f"{said!r} is not valid: {str(error).splitlines()[0]}"
        raise PathError(msg) from error
    except RecursionError as error:
        msg = "the path is nested too deeply"
        raise PathError(msg) from error
    if not isinstance(made, JSONPath):
        msg = f"{said!r} is more than one path"
        raise PathError(msg)
    return made


def _root(query: JSONPath) -> Root:
    names = []
    for segment in query.segments[:2]:
        selector = segment.selectors[0] if len(segment.selectors) == 1 else None
        if type(segment).__name__ != "JSONPathChildSegment" or not isinstance(selector, NameSelector):
            break
        names.append(selector.name)
    if not names:
        msg = f"{query} does not say which data it reads: it begins with $.input, $.context or $.steps.<id>"
        raise PathError(msg)
    if names[0] != STEPS:
        return Root(names[0])
    if len(names) == 1:
        msg = f"{query} does not say which step it reads: it begins with $.steps.<id>"
        raise PathError(msg)
    return Root(STEPS, names[1])


def _inner(query: JSONPath) -> Iterator[JSONPath]:
    """The queries from the root within a query's filters."""
    for segment in query.segments:
        for selector in segment.selectors:
            if isinstance(selector, Filter):
                yield from _within([selector.expression])


def _within(expressions: Iterable[BaseExpression]) -> Iterator[JSONPath]:
    for expression in expressions:
        if isinstance(expression, RootFilterQuery):
            yield expression.path
        yield from _within(expression.children())
