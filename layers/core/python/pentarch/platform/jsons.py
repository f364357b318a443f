"""JSON as it is stored, logged and answered: compact, in UTF-8. What is sealed or signed has a form of its own.

And as callers may send it: by the standard, because Python's own reader takes more than anybody can store.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

import orjson

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def encoded(value: object, *, default: Callable[[Any], Any] | None = None) -> bytes:
    """A value of JSON's types, enumerations and tuples too; `default` makes one of what is none of them.

    orjson is ten times as fast as `json`, and refuses integers of more than 64 bits, which callers may well send.
    """
    try:
        return orjson.dumps(value, default)
    except orjson.JSONEncodeError:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=default)
        return text.encode()


def decoded(given: bytes | str) -> Any:  # noqa: ANN401 (any JSON value)
    """Integers of any size; JSONDecodeError for NaN, infinities and halves of surrogate pairs too."""
    text = given if isinstance(given, str) else given.decode(json.detect_encoding(given))
    value = _DECODER.decode(text)
    if _ESCAPED_SURROGATE.search(text) and _LONE_SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        _refuse("half of a surrogate pair")
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse(text)
    return number


def _refuse(what: str) -> NoReturn:
    msg = f"{what} is not JSON"
    raise json.JSONDecodeError(msg, what, 0)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
"""Made once: `json.loads` would make one for each text."""
