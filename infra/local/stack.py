"""What is deployed: the resources, the names they got, and their properties with every value known."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from local import deploy
from local.clients import Clients
from local.errors import LocalStackError
from local.intrinsics import Values


@dataclass(frozen=True)
class Resource:
    logical_id: str
    physical_id: str
    type: str


class Stack:
    def __init__(self, clients: Clients, name: str) -> None:
        self.name = name
        self._clients = clients

    @cached_property
    def resources(self) -> list[Resource]:
        pages = self._clients["cloudformation"].get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [
            Resource(entry["LogicalResourceId"], entry["PhysicalResourceId"], entry["ResourceType"])
            for page in pages
            for entry in page["StackResourceSummaries"]
            if entry.get("PhysicalResourceId")
        ]

    def named(self, logical_id: str) -> Resource:
        for resource in self.resources:
            if resource.logical_id == logical_id:
                return resource
        message = f"The template has no {logical_id}, which the local stack needs."
        raise LocalStackError(message)

    def has(self, logical_id: str) -> bool:
        return any(resource.logical_id == logical_id for resource in self.resources)

    def of_type(self, kind: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type == kind]

    def with_properties(self, kind: str) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
        """Resources of one type beside what the template says about them."""
        for resource in self.of_type(kind):
            declared = self._template["Resources"][resource.logical_id].get("Properties", {})
            yield resource, self._values.of(declared)

    @cached_property
    def _template(self) -> dict[str, Any]:
        """After its transforms, so that what SAM makes of a function is seen as well."""
        answer = self._clients["cloudformation"].get_template(StackName=self.name, TemplateStage="Processed")
        body = answer["TemplateBody"]
        return dict(yaml.safe_load(body) if isinstance(body, str) else json.loads(json.dumps(body)))

    @cached_property
    def _values(self) -> Values:
        described = deploy.describe(self._clients, self.name)
        given = {} if described is None else {p["ParameterKey"]: p["ParameterValue"] for p in described["Parameters"]}
        defaults = {
            name: str(parameter["Default"])
            for name, parameter in self._template.get("Parameters", {}).items()
            if "Default" in parameter
        }
        return Values(
            parameters=defaults | given,
            conditions=self._template.get("Conditions", {}),
            mappings=self._template.get("Mappings", {}),
            physical={resource.logical_id: resource.physical_id for resource in self.resources},
        )
