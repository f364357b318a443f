"""JSON as it is stored, logged and answered: compact, in UTF-8. What is sealed or signed has a form of its own."""

import json
from collections.abc import Callable
from typing import Any

import orjson


def encoded(value: object, *, default: Callable[[Any], Any] | None = None) -> bytes:
    """A value of JSON's types, enumerations and tuples too; `default` makes one of what is none of them.

    orjson is ten times as fast as `json`, and refuses integers of more than 64 bits, which callers may well send.
    """
    try:
        return orjson.dumps(value, default)
    except orjson.JSONEncodeError:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=default)
        return text.encode()
