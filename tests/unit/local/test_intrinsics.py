from typing import Any

import pytest

from local.intrinsics import Values

VALUES = Values(
    parameters={"Stage": "prod", "Days": "7"},
    conditions={
        "Production": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Short": {"Fn::And": [{"Condition": "Production"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Days"}, 7]}]}]},
        "Either": {"Fn::Or": [{"Condition": "Short"}, {"Condition": "Production"}]},
    },
    mappings={"Sizes": {"prod": {"concurrency": 5}}},
    physical={"Table": "stack-Table-1"},
)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Stage"}, "prod"),
        ({"Ref": "Table"}, "stack-Table-1"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "Elsewhere"}, {"Ref": "Elsewhere"}),
        ({"Fn::If": ["Production", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Short", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", {"Ref": "Days"}, "no"]}, "7"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "concurrency"]}, 5),
        ({"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::GetAtt": ["Table", "Arn"]}),
        ({"A": {"Fn::If": ["Short", 1, {"Ref": "AWS::NoValue"}]}, "B": [{"Ref": "AWS::NoValue"}, 2]}, {"B": [2]}),
    ],
)
def test_a_value_is_what_cloudformation_makes_of_it(node: Any, value: Any) -> None:
    assert VALUES.of(node) == value


def test_an_unknown_condition_function_is_refused() -> None:
    with pytest.raises(ValueError, match="Fn::Maybe"):
        VALUES.holds({"Fn::Maybe": []})
