"""Reading and marking the fields of evidence, so that what was not seen cannot look like what is well.

A collector that may not see one field of an item puts `unseen(reason)` in its place. A check reads fields with `read`,
which raises for such a mark and for a field that is not there at all; whoever judges answers "not assessed" to that.
"""

from collections.abc import Mapping
from typing import Any

UNSEEN = "unseen"


class UnseenFieldError(Exception):
    """A check needs a field that the evidence does not hold."""


def unseen(reason: str) -> dict[str, str]:
    """What stands in the place of a field that could not be seen; an item has it as a field, beside its name."""
    return {UNSEEN: reason}


def is_unseen(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {UNSEEN}


def read(item: Mapping[str, Any], *path: str) -> Any:  # noqa: ANN401 (evidence is JSON)
    """The field at `path`, which may well be None or empty; UnseenFieldError when the evidence does not hold it."""
    value: Any = item
    for step in path:
        if is_unseen(value):
            break
        if not isinstance(value, Mapping) or step not in value:
            why = item.get(UNSEEN, "the evidence does not hold it")
            message = f"{item.get('name', 'an item')}: {'.'.join(path)}: {why}"
            raise UnseenFieldError(message)
        value = value[step]
    if is_unseen(value):
        message = f"{item.get('name', 'an item')}: {'.'.join(path)}: {value[UNSEEN]}"
        raise UnseenFieldError(message)
    return value
