"""Checking that a backend's answer has the shape that its API promises.

A broken answer is an `UpstreamGarbageError` that says which promise was broken and quotes nothing: an answer is as
confidential as its prompt. For the same reason no parser's exception, which would hold the text, is chained to it.
"""

import json
from contextlib import suppress
from math import isfinite
from typing import Any, NoReturn

from pentarch.llm.errors import UpstreamGarbageError

MAX_TOKENS_COUNTED = 10**9
"""A count above this is not a count, and would become somebody's bill."""


def reject(what: str) -> NoReturn:
    message = f"The backend's answer is not what its API promises: {what}."
    raise UpstreamGarbageError(message)


def parsed(body: bytes | str) -> object:
    """The JSON value; None, which no answer may be, for what is no JSON."""
    with suppress(ValueError, RecursionError):
        return json.loads(body)
    return None


def as_object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        reject(f"{what} is not a JSON object")
    return value


def as_list(value: object, what: str) -> list[Any]:
    if not isinstance(value, list):
        reject(f"{what} is not a list")
    return value


def as_text(value: object, what: str) -> str:
    """A string that can be sent on: JSON can escape lone surrogates, which no encoding takes."""
    if not isinstance(value, str):
        reject(f"{what} is not text")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_vector(value: object) -> tuple[float, ...]:
    """A non-empty vector of finite numbers."""
    numbers = as_list(value, "an embedding")
    with suppress(OverflowError):  # an integer beyond any float
        if numbers and all(type(number) in (int, float) and isfinite(number) for number in numbers):
            return tuple(map(float, numbers))
    reject("an embedding is not a list of numbers")


def as_vectors(values: list[object], inputs: int) -> tuple[tuple[float, ...], ...]:
    """One vector for each input, all of one length."""
    vectors = tuple(map(as_vector, values))
    if len(vectors) != inputs:
        reject("there is not one embedding for each input")
    if len(set(map(len, vectors))) > 1:
        reject("the embeddings differ in length")
    return vectors


def as_count(value: object) -> int | None:
    """A number of tokens, or None if it cannot be trusted: a bad count must not cost a good answer."""
    return value if type(value) is int and 0 <= value <= MAX_TOKENS_COUNTED else None
