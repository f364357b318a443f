"""The document that says what shall run. What it does not name is none of its business and stays as it is."""

import json
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints, ValidationError

from infrastructure.model import Strategy
from infrastructure.schemas import DeployedVersion, Quantity, Variable, VersionName
from infrastructure.syncing.errors import DocumentError

MAX_BYTES = 256 * 1024
Replicas = Annotated[StrictInt, Field(ge=0, le=10_000)]
Value = Annotated[str, StringConstraints(max_length=1024)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Part):
    cpu: Quantity | None = None
    memory: Quantity | None = None


class Service(_Part):
    """A service of the stack, by its name in `services.SLICES`."""

    version: VersionName | None = None
    strategy: Strategy = Strategy.ROLLING_UPDATE
    environment_variables: dict[Variable, Value | None] = Field(default_factory=dict, max_length=50)
    """null: what an earlier deployment gave shall be there no more."""
    resource_limits: Limits = Limits()
    replicas: Replicas | None = None
    """Environments that are kept ready, of the functions that answer HTTP."""
    reserved_concurrency: Replicas | None = None


class Resource(_Part):
    """Anything else of the inventory that can be scaled, by its id, or by its name where that is the only one.

    What is not `replicas` is of ECS services alone.
    """

    version: DeployedVersion | None = None
    strategy: Strategy = Strategy.ROLLING_UPDATE
    environment_variables: dict[Variable, Value | None] = Field(default_factory=dict, max_length=50)
    """null: it shall be there no more."""
    resource_limits: Limits = Limits()
    container: Annotated[str, StringConstraints(max_length=255)] | None = None
    replicas: Replicas | None = None

    @property
    def is_rolled_out(self) -> bool:
        return bool(self.version or self.environment_variables) or self.resource_limits != Limits()


class Document(_Part):
    api_version: Annotated[Literal["pentarch/v1"], Field(alias="apiVersion")]
    services: dict[str, Service] = Field(default_factory=dict, max_length=100)
    resources: dict[str, Resource] = Field(default_factory=dict, max_length=200)


def read(content: bytes) -> Document:
    """A document from YAML or JSON; DocumentError names each thing that is wrong by its path."""
    if len(content) > MAX_BYTES:
        raise DocumentError({"": [f"it has more than {MAX_BYTES} bytes"]})
    try:
        text = content.decode()
        told = json.loads(text, object_pairs_hook=_unique) if text.lstrip().startswith("{") else _yaml(text)
        return Document.model_validate(told)
    except ValidationError as error:
        raise DocumentError(_paths(error)) from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise DocumentError({"": [f"it is no readable YAML or JSON: {_first_line(error)}"]}) from error


class _Loader(yaml.SafeLoader):
    """Without aliases, which let a few lines stand for gigabytes, and without keys that come twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 (as PyYAML has it)
        if self.check_event(yaml.AliasEvent):
            msg = "aliases are not taken"
            raise ValueError(msg)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
        _unique([(self.construct_object(key, deep=True), None) for key, _ in node.value])
        return super().construct_mapping(node, deep)


def _yaml(text: str) -> Any:  # noqa: ANN401 (whatever it holds)
    return yaml.load(text, _Loader)  # noqa: S506 (a safe loader, and a stricter one)


def _unique(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """What is written twice has two meanings, of which one would be lost."""
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            msg = f"{key!r} is there twice"
            raise ValueError(msg)
        found[key] = value
    return found


def _paths(error: ValidationError) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        told = "there is no such field" if one["type"] == "extra_forbidden" else one["msg"]
        found.setdefault(".".join(str(part) for part in one["loc"]), []).append(told)
    return found


def _first_line(error: Exception) -> str:
    """Where and what; PyYAML's own text shows pieces of the document, which may be secrets."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f"{getattr(error, 'problem', 'a mistake')} in line {mark.line + 1}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
