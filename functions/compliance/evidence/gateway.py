"""How the API is offered: its stages, its domains and its routes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compliance.evidence.asking import field
from compliance.evidence.context import Collector, Context, Resource
from compliance.evidence.gathering import items, over
from compliance.model import JsonObject
from pentarch.platform import clients

WHOLE_STAGE = "*/*"
"""The method settings that hold for every route which has none of its own."""


def apis(context: Context) -> Sequence[JsonObject]:
    return items(_api, context.resources("AWS::ApiGateway::RestApi"))


def _api(resource: Resource) -> JsonObject:
    api = clients.inspection("apigateway").get_rest_api(restApiId=resource.physical_id)
    return {
        "name": api["name"],
        "id": resource.physical_id,
        "logical_id": resource.logical_id,
        "endpoints": api.get("endpointConfiguration", {}).get("types"),
        "default_endpoint": not api.get("disableExecuteApiEndpoint", False),
        "security_policy": field(lambda: api["securityPolicy"]),
    }


def stages(context: Context) -> Sequence[JsonObject]:
    return [
        stage
        for found in over(lambda api: list(_stages(api)), context.resources("AWS::ApiGateway::RestApi"))
        for stage in found
    ]


def _stages(api: Resource) -> Iterator[JsonObject]:
    for stage in clients.inspection("apigateway").get_stages(restApiId=api.physical_id)["item"]:
        settings = stage.get("methodSettings", {})
        yield {
            "name": f"{api.logical_id}/{stage['stageName']}",
            "access_log": stage.get("accessLogSettings", {}).get("destinationArn"),
            "access_log_format": stage.get("accessLogSettings", {}).get("format"),
            "rate_limit": settings.get(WHOLE_STAGE, {}).get("throttlingRateLimit"),
            "burst_limit": settings.get(WHOLE_STAGE, {}).get("throttlingBurstLimit"),
            "logs_bodies": sorted(path for path, setting in settings.items() if setting.get("dataTraceEnabled")),
            "tracing": stage.get("tracingEnabled", False),
            "firewall": stage.get("webAclArn"),
        }


def routes(context: Context) -> Sequence[JsonObject]:
    return [
        route
        for found in over(lambda api: list(_routes(api)), context.resources("AWS::ApiGateway::RestApi"))
        for route in found
    ]


def _routes(api: Resource) -> Iterator[JsonObject]:
    pages = clients.inspection("apigateway").get_paginator("get_resources")
    for page in pages.paginate(restApiId=api.physical_id, embed=["methods"], PaginationConfig={"PageSize": 500}):
        for place in page["items"]:
            for method, described in place.get("resourceMethods", {}).items():
                yield _route(f"{method} {place['path']}", described)


def _route(name: str, method: Mapping[str, Any]) -> JsonObject:
    return {
        "name": name,
        "authorization": field(lambda: method["authorizationType"]),
        "integration": field(lambda: method["methodIntegration"]["type"]),
        "target": field(lambda: method["methodIntegration"].get("uri")),
    }


def domains(context: Context) -> Sequence[JsonObject]:
    return items(_domain, context.resources("AWS::ApiGateway::DomainName"))


def _domain(resource: Resource) -> JsonObject:
    domain = clients.inspection("apigateway").get_domain_name(domainName=resource.physical_id)
    return {
        "name": resource.physical_id,
        "logical_id": resource.logical_id,
        "security_policy": field(lambda: domain["securityPolicy"]),
    }


COLLECTORS: Mapping[str, Collector] = {"apis": apis, "stages": stages, "routes": routes, "domains": domains}
