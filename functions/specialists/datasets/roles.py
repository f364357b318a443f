"""Which column is what: by the training's parameters, else by the usual names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from specialists.errors import BadDatasetError, Fault
from specialists.parameters import FineTuned, Labelled, Parameters, Reinforcement

TEXT = "text"
_CONTEXT = "context."


@dataclass(frozen=True, slots=True)
class Roles:
    """Places of columns in a row. Either `text` or `features` is what is learned from."""

    text: int | None
    features: tuple[int, ...]
    feature_names: tuple[str, ...]
    label: int | None = None
    action: int | None = None
    reward: int | None = None
    propensity: int | None = None

    @property
    def used(self) -> tuple[int, ...]:
        """The columns that make a row what it is."""
        others = (self.text, self.label, self.action, self.reward, self.propensity)
        return (*self.features, *(one for one in others if one is not None))


def find(columns: Sequence[str], first_row: Sequence[Any], parameters: Parameters) -> Roles:
    if isinstance(parameters, FineTuned):
        return _conversation(columns, parameters)
    if isinstance(parameters, Labelled):
        label = _place(columns, parameters.label_column, "label_column")
        text, features = _learned_from(columns, first_row, parameters, {label})
        return Roles(text, features, _names(columns, features), label=label)
    if isinstance(parameters, Reinforcement):
        named = [
            _place(columns, name, parameter)
            for name, parameter in (
                (parameters.action_column, "action_column"),
                (parameters.reward_column, "reward_column"),
                (parameters.propensity_column, "propensity_column"),
            )
        ]
        features = _features(columns, parameters, set(named))
        context = tuple(one for one in features if columns[one].startswith(_CONTEXT))
        features = features if parameters.feature_columns else context or features
        action, reward, propensity = named
        return Roles(None, features, _names(columns, features), action=action, reward=reward, propensity=propensity)
    text, features = _learned_from(columns, first_row, parameters, set())
    return Roles(text, features, _names(columns, features))


def _conversation(columns: Sequence[str], parameters: FineTuned) -> Roles:
    """A text and its label; `prompt` and `completion` where the usual names are not there."""
    usual = parameters.text_column is None and TEXT not in columns and {"prompt", "completion"} <= set(columns)
    text, label = ("prompt", "completion") if usual else (parameters.text_column or TEXT, parameters.label_column)
    return Roles(_place(columns, text, "text_column"), (), (), label=_place(columns, label, "label_column"))


def _learned_from(
    columns: Sequence[str], first_row: Sequence[Any], parameters: Parameters, taken: set[int]
) -> tuple[int | None, tuple[int, ...]]:
    if parameters.text_column is not None:
        return _place(columns, parameters.text_column, "text_column"), ()
    if parameters.feature_columns is not None:
        return None, _features(columns, parameters, taken)
    if TEXT in columns:
        return columns.index(TEXT), ()
    others = [place for place in range(len(columns)) if place not in taken]
    if len(others) == 1 and not _is_number(first_row[others[0]]):
        return others[0], ()
    return None, _features(columns, parameters, taken)


def _features(columns: Sequence[str], parameters: Parameters, taken: set[int]) -> tuple[int, ...]:
    if parameters.feature_columns is not None:
        return tuple(_place(columns, name, "feature_columns") for name in parameters.feature_columns)
    found = tuple(place for place in range(len(columns)) if place not in taken)
    if not found:
        raise BadDatasetError([Fault("there is no column to learn from", 1)])
    return found


def _place(columns: Sequence[str], name: str, parameter: str) -> int:
    if name in columns:
        return columns.index(name)
    there = ", ".join(columns[:20])
    msg = f"there is no column {name!r} ({parameter} says which it is); the columns are: {there}"
    raise BadDatasetError([Fault(msg, 1)])


def _names(columns: Sequence[str], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(columns[place] for place in places)


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
