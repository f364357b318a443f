"""An event's canonical bytes: JSON of one form, whatever wrote it, after RFC 8785 (JSON Canonicalization Scheme).

The keys of an object are sorted by their UTF-16 code units, nothing stands between the tokens, text is UTF-8 with the
fewest escapes, and numbers are written as ECMAScript writes them, so that 1.0 and 1 are one number. Where RFC 8785
refuses a value, it is written all the same, because whatever happened has to be sealed: integers beyond 2^53 in full,
and NaN and the infinities by their names.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from .merkle import leaf_hash

JsonObject = Mapping[str, Any]

_PLAIN_BELOW = 21
"""ECMAScript writes numbers with so many digits before the point without an exponent, ..."""
_PLAIN_ABOVE = -7
"""... and fractions with fewer zeros than that behind it."""


def canonical(value: object) -> bytes:
    # Half of a surrogate pair has no UTF-8; it is kept apart from every other text all the same.
    return _text(value).encode("utf-8", "surrogatepass")


def leaf_of(event: JsonObject) -> bytes:
    """The leaf of an event as `Event.as_json` gives it, which is how exports show it."""
    return leaf_hash(canonical(event))


def _text(value: object) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        members = sorted(value.items(), key=lambda member: str(member[0]).encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_text(str(name))}:{_text(member)}" for name, member in members) + "}"
    if isinstance(value, Sequence):
        return "[" + ",".join(map(_text, value)) + "]"
    msg = f"{type(value).__name__} is no JSON"
    raise TypeError(msg)


def _number(value: float) -> str:
    """As ECMAScript's Number::toString: the shortest digits that read back as the same number."""
    if math.isnan(value) or math.isinf(value):
        return json.dumps(value)
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= _PLAIN_BELOW:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= _PLAIN_BELOW:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _PLAIN_ABOVE + 1 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"
