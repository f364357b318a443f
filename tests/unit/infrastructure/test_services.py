"""The map of services, held against the template."""

from infrastructure import probes, services
from support.template import resources, routes

FUNCTIONS = resources("AWS::Serverless::Function")


def test_every_function_belongs_to_one_service() -> None:
    taken = [name for service in services.SLICES for name in services.functions_of(service, FUNCTIONS)]
    assert sorted(taken) == sorted(FUNCTIONS)


def test_what_rolls_out_goes_last() -> None:
    assert list(services.SLICES)[-1] == services.STACK_LOCK
    assert services.covered(services.STACK)[-1] == "infrastructure"


def test_workers_go_before_what_answers_http() -> None:
    assert services.functions_of("ai-gateway", FUNCTIONS) == ("LlmWorkerFunction", "LlmApiFunction")


def test_the_functions_that_answer_http_are_those_with_routes() -> None:
    assert {name for name in FUNCTIONS if probes.answers_http(name)} == {route.function for route in routes()}


def test_only_named_functions_are_not_probed() -> None:
    assert {name for name in FUNCTIONS if probes.event_for(name) is None} == set(probes.UNPROBED)
