"""Request bodies: JSON as the standard has it, because Python's reader takes more than anybody can store."""

import json
import math
import re
from typing import Any, NoReturn

from fastapi import Request

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class StrictRequest(Request):
    """Refuses NaN, infinities and halves of surrogate pairs, which JSON replies and DynamoDB cannot carry."""

    async def json(self) -> Any:  # noqa: ANN401 (any JSON value)
        if not hasattr(self, "_json"):
            body = await self.body()
            self._json = _DECODER.decode(body.decode(json.detect_encoding(body)))
            if _ESCAPED_SURROGATE.search(body) and _LONE_SURROGATE.search(json.dumps(self._json, ensure_ascii=False)):
                _refuse("half of a surrogate pair")
        return self._json


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse(text)
    return number


def _refuse(what: str) -> NoReturn:
    msg = f"{what} is not JSON"
    raise json.JSONDecodeError(msg, what, 0)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
"""Made once: `json.loads` would make one for each body."""
