"""What the API answers: a dict whose fields are attributes too.

A documented field is annotated in its class, so that editors and type checkers know it; one that was not sent is None.
A field that this version does not know is kept, and reads as an attribute too: a newer server breaks no client.
"""

import json
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

R = TypeVar("R", bound="Record")


class Record(dict[str, Any]):
    """An answer, or a part of one."""

    def __init__(self, fields: Mapping[str, Any] | None = None, /, **more: Any) -> None:  # noqa: ANN401 (JSON)
        kinds = _kinds(type(self))
        given = {**(fields or {}), **more}
        super().__init__({name: _typed(value, kinds.get(name, Record)) for name, value in given.items()})

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (JSON)
        if name in self:
            return self[name]
        if name in _kinds(type(self)):
            return None
        msg = f"{type(self).__name__} has no {name!r}; it has {', '.join(sorted(self)) or 'nothing'}"
        raise AttributeError(msg)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.items())})"


def parsed(kind: type[R], text: str | bytes) -> R:
    """No method of the class: it would hide a field of its name, as the methods of `dict` do."""
    return kind(json.loads(text))


def _typed(value: Any, kind: type[Record]) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, Record):
        return value
    if isinstance(value, dict):
        return kind(value)
    if isinstance(value, list):
        return [_typed(one, kind) for one in value]
    return value


@cache
def _kinds(record: type[Record]) -> dict[str, type[Record]]:
    """The class of record that each annotated field holds: by itself, or in a list."""
    return {name: _kind(hint) for name, hint in get_type_hints(record).items()}


def _kind(hint: Any) -> type[Record]:  # noqa: ANN401 (a type's annotation)
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint
    if get_origin(hint) in (list, Union, UnionType):
        return next((kind for part in get_args(hint) if (kind := _kind(part)) is not Record), Record)
    return Record
