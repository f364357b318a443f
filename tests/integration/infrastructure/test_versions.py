"""Old versions of functions go; what has traffic, or may have to have it again, stays."""

import pytest

from infrastructure import sweep, versions
from support.fake_lambda import FakeStack
from support.lambdas import Caller
from support.rollouts import DEPLOY, DEPLOYMENTS, FakeMachine, asked, deploy, shown

NAME = "LlmApiFunction"
EVERY_DAY = {"remove": "versions"}

pytestmark = pytest.mark.usefixtures("clock")


def age(stack: FakeStack, versions: int) -> None:
    """As many versions of one function as years of deployments leave behind; the newest has the traffic."""
    function = stack.of(NAME)
    function.published |= {str(number): function.latest for number in range(2, versions + 1)}
    function.version = str(versions)


def left(stack: FakeStack) -> list[int]:
    return sorted(map(int, stack.of(NAME).published))


@pytest.mark.usefixtures("api", "machine")
def test_the_newest_stay_and_those_with_traffic_and_of_the_template(stack: FakeStack) -> None:
    age(stack, 12)
    stack.of(NAME).version, stack.of(NAME).weights = "3", {"4": 0.1}
    stack.published_by_template = [f"pentarch-{NAME}:2"]
    assert sweep.handler(EVERY_DAY, None) == {"versions": 4}
    assert left(stack) == [2, 3, 4, 8, 9, 10, 11, 12]
    assert sweep.handler(EVERY_DAY, None) == {"versions": 0}


def test_what_a_roll_out_may_go_back_to_stays(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    age(stack, 2)
    made = deploy(api, machine, "2.0.0")
    age(stack, 20)
    versions.remove()
    assert left(stack)[:2] == [2, 3]
    api.post(f"{DEPLOYMENTS}/{made['deployment_id']}/rollback", {}).expect(200)
    machine.run()
    assert stack.of(NAME).version == "2"


def test_nothing_goes_while_a_roll_out_is_under_way(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    age(stack, 12)
    api.post(DEPLOY, asked()).expect(200)
    assert versions.remove() == 0
    machine.run()
    assert versions.remove() > 0


@pytest.mark.usefixtures("api", "machine")
def test_a_run_is_bounded_and_begins_with_the_oldest(stack: FakeStack) -> None:
    age(stack, 12)
    assert versions.remove(most=3) == 3
    assert left(stack)[0] == 4


def test_a_roll_back_to_a_version_that_is_gone_changes_nothing(
    api: Caller, stack: FakeStack, machine: FakeMachine
) -> None:
    made = deploy(api, machine, "2.0.0")
    running = stack.of(NAME).version
    del stack.of(NAME).published["1"]
    asked_for = api.post(f"{DEPLOYMENTS}/{made['deployment_id']}/rollback", {}).expect(200).data
    machine.run()
    told = shown(api, asked_for["rollback_id"])
    assert (told["status"], "is gone" in told["reason"]) == ("failed", True)
    assert stack.of(NAME).version == running
