"""What is wrong with a row by itself: pure."""

from collections.abc import Callable, Sequence
from typing import Any

from specialists.datasets.roles import Roles

MAX_TEXT = 100_000
MAX_LABEL = 256

FaultOf = Callable[[Sequence[Any]], str | None]
"""What is wrong with a row's values; None: nothing is."""


def judge(roles: Roles) -> FaultOf:
    """For a text and its label, of which there are millions, a look that most rows pass comes before the closer one."""
    text_at, label_at = roles.text, roles.label
    if text_at is None or label_at is None:
        return lambda values: _fault_of(values, roles)

    def fault_of(values: Sequence[Any]) -> str | None:
        text, label = values[text_at], values[label_at]
        if (
            type(text) is type(label) is str
            and 0 < len(text) <= MAX_TEXT
            and 0 < len(label) <= MAX_LABEL
            and not text.isspace()
            and not label.isspace()
        ):
            return None
        return _fault_of(values, roles)

    return fault_of


def _fault_of(values: Sequence[Any], roles: Roles) -> str | None:
    if roles.text is not None:
        text = values[roles.text]
        if not isinstance(text, str) or not text or text.isspace():
            return "the text is empty"
        if len(text) > MAX_TEXT:
            return f"the text is longer than {MAX_TEXT} characters"
    label_at = roles.label if roles.label is not None else roles.action
    if label_at is not None:
        label = values[label_at]
        if label is None or not str(label).strip():
            return "the label is missing" if roles.label is not None else "the action is missing"
        if len(str(label)) > MAX_LABEL:
            return f"the label is longer than {MAX_LABEL} characters"
    if roles.propensity is not None:
        return _fault_of_propensity(values[roles.propensity])
    return None


def _fault_of_propensity(value: object) -> str | None:
    try:
        share = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        share = -1
    return None if 0 < share <= 1 else "the propensity is not above 0 and at most 1"
