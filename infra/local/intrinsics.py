"""Work out the values in a CloudFormation template that depend on parameters and conditions alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.place import REGION

NO_VALUE = "AWS::NoValue"
PSEUDO = {"AWS::Region": REGION, "AWS::AccountId": "000000000000", "AWS::Partition": "aws"}


@dataclass(frozen=True)
class Values:
    parameters: Mapping[str, str]
    conditions: Mapping[str, Any] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)
    physical: Mapping[str, str] = field(default_factory=dict)
    """What `Ref` of a resource gives, by logical id."""

    def of(self, node: Any) -> Any:  # noqa: ANN401 - a template holds any JSON
        """The node with its intrinsics replaced; one that cannot be known here (an attribute) stays as it is."""
        if isinstance(node, list):
            return [value for value in map(self.of, node) if value is not None]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref":
                return self._ref(argument)
            if name == "Fn::If":
                condition, yes, no = argument
                return self.of(yes if self.holds(condition) else no)
            if name == "Fn::FindInMap":
                outer, first, second = (self.of(part) for part in argument)
                return self.of(self.mappings[outer][first][second])
        values = {key: self.of(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not None}

    def holds(self, condition: Any) -> bool:  # noqa: ANN401 - a name or an expression
        if isinstance(condition, str):
            return self.holds(self.conditions[condition])
        ((name, argument),) = condition.items()
        match name:
            case "Condition":
                return self.holds(argument)
            case "Fn::Equals":
                first, second = (self.of(side) for side in argument)
                return str(first) == str(second)
            case "Fn::And":
                return all(map(self.holds, argument))
            case "Fn::Or":
                return any(map(self.holds, argument))
            case "Fn::Not":
                return not self.holds(argument[0])
        message = f"{name} is not a condition function"
        raise ValueError(message)

    def _ref(self, name: str) -> str | dict[str, str] | None:
        if name == NO_VALUE:
            return None
        for source in (self.parameters, self.physical, PSEUDO):
            if name in source:
                return source[name]
        return {"Ref": name}
