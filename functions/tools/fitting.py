"""Cutting a result that is too long, so that what is left is still of its form."""

import json
from collections.abc import Iterator
from typing import Any

MAX_RESULT_BYTES = 256 * 1024
"""Of a result as JSON: it is kept beside its run, in an item of 400 KB at most."""
_ROUNDS = 200


def fitted(result: dict[str, Any], most: int = MAX_RESULT_BYTES) -> tuple[dict[str, Any], bool]:
    """The result, and whether something was cut: the longest text or list first, from its end.

    The result given is changed. What cannot be cut to size is left out altogether.
    """
    is_cut = False
    for _ in range(_ROUNDS):
        excess = encoded_length(result) - most
        if excess <= 0:
            return result, is_cut
        is_cut = True
        longest = max(_places(result), key=lambda place: place[2], default=None)
        if longest is None:
            break
        container, key, length = longest
        container[key] = _shortened(container[key], length, excess)
    return {}, True


def encoded(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")


def encoded_length(value: object) -> int:
    return len(encoded(value))


def _shortened(value: Any, length: int, excess: int) -> Any:  # noqa: ANN401 (a text or a list)
    """By the excess where that leaves half of it or more, else by half."""
    kept = max(0.5, 1 - 1.02 * excess / length)
    most = min(len(value) - 1, int(len(value) * kept))
    return value[:most]


def _places(node: Any) -> Iterator[tuple[Any, Any, int]]:  # noqa: ANN401 (any JSON value)
    """Every text and list that could be cut: what holds it, under which name, and its length in JSON."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        if isinstance(value, str | list) and value:
            yield node, key, encoded_length(value)
        if isinstance(value, dict | list):
            yield from _places(value)
