from jobs.parameters import PARAMETERS
from jobs.services import QUEUES
from support.template import resources


def test_every_service_has_parameters_and_a_queue_that_the_planner_knows() -> None:
    assert set(PARAMETERS) == set(QUEUES)
    worker = resources("AWS::Serverless::Function")["JobsWorkerFunction"]["Properties"]
    assert set(QUEUES.values()) <= set(worker["Environment"]["Variables"])
