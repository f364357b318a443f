"""JSONPath over an execution's data."""

from typing import Any

import pytest

from workflows import mapping
from workflows.mapping import PathError, Root

DATA: dict[str, Any] = {
    "input": {"files": [{"name": "a", "size": 1}, {"name": "b", "size": 5}], "mode": "fast", "none": None},
    "context": {"user_id": "u"},
    "steps": {"step-1": {"output": {"score": 0.7}}},
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.steps.step-1.output", {"score": 0.7}),
        ("$.steps['step-1'].output.score", 0.7),
        ("$.input.files[1].name", "b"),
        ("$.input.files[*].name", ["a", "b"]),
        ("$.input.files[?@.size > 2].name", ["b"]),
        ("$.input.missing", None),
        ("$.input.missing[*]", []),
        ("$.input.none", None),
    ],
)
def test_a_path_finds_its_value(path: str, expected: Any) -> None:
    assert mapping.value(path, DATA) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("$.steps.step-1.output.score > 0.5", True),
        ("$.steps.step-1.output.score > 0.5 && $.input.mode == 'slow'", False),
        ("!$.input.missing", True),
        ("$.input.files", True),
        ("count($.input.files[?@.size > 2]) == 1 || $.context.user_id == 'x'", True),
        ("length($.input.files) >= 3", False),
    ],
)
def test_a_condition_is_what_may_stand_in_a_filter(condition: str, *, expected: bool) -> None:
    assert mapping.holds(condition, DATA) is expected


@pytest.mark.parametrize("path", ["$.a[", "$..", "$.a + 1", "$", "$[*]", "$..steps", "$.steps", "$.steps[*].output"])
def test_what_is_no_path_or_does_not_say_what_it_reads_is_refused(path: str) -> None:
    with pytest.raises(PathError):
        mapping.roots(path)


@pytest.mark.parametrize("condition", ["", "__import__('os')", "1 + 1", "$.input.a = 1", "match($.input.a, '(a+)+')"])
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(PathError):
        mapping.roots_of_condition(condition)


def test_a_path_tells_all_that_it_reads() -> None:
    path = "$.input.files[?@.size > $.steps.step-1.output.score]"
    assert mapping.roots(path) == {Root("input"), Root("steps", "step-1")}


def test_a_mapping_is_filled_in_at_any_depth_and_two_dollars_stand_for_one() -> None:
    said = {"a": {"b": ["$.context.user_id", 7]}, "price": "$$5", "word": "plain"}
    assert mapping.mapped(said, DATA) == {"a": {"b": ["u", 7]}, "price": "$5", "word": "plain"}
