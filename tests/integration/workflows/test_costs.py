"""What the engine costs: calls to AWS and transitions of the state machine for each step, and slots."""

import pytest

from pentarch.identity import store as identity
from pentarch.identity.model import Tier
from support.lambdas import Caller
from support.tenants import make_tenant
from support.workflows import EXECUTIONS, WORKFLOWS, Machine, Turns, agent_step, begin, make, make_agents

MAX_CALLS = 8
MAX_TRANSITIONS = 4


def cost(api: Caller, machine: Machine, steps: int) -> tuple[int, int]:
    workflow = make(api, [agent_step(f"s{number}") for number in range(steps)])
    machine.calls.count.clear()
    before = machine.transitions
    begin(api, workflow)
    machine.run()
    made = machine.calls.count.total() - machine.calls.count["Effect"]
    return made, machine.transitions - before


def test_a_step_costs_at_most_eight_calls_and_four_transitions(api: Caller, machine: Machine) -> None:
    few, many = cost(api, machine, 2), cost(api, machine, 12)
    calls, transitions = ((many[place] - few[place]) / 10 for place in (0, 1))
    assert calls <= MAX_CALLS
    assert transitions <= MAX_TRANSITIONS
    assert (calls, transitions) == (7, 2)  # reads 4, writes 3, the agent's own read among them; Run and Decide


def test_an_items_cost_does_not_grow_with_their_number(api: Caller, machine: Machine, turns: Turns) -> None:
    each = {"id": "each", "name": "Each", "type": "transform", "for_each": "$.input.all", "max_concurrency": 4}
    workflow = make(api, [each])
    costs = []
    for count in (20, 60, 100):
        machine.calls.count.clear()
        begin(api, workflow, parameters={"all": list(range(count))})
        machine.run()
        costs.append(machine.calls.count.total())
    assert costs[2] - costs[1] == costs[1] - costs[0] == 40
    assert turns.asked == []


@pytest.mark.parametrize(("tier", "most"), [(Tier.FREE, 1), (Tier.BASIC, 5)])
def test_no_more_run_at_once_than_the_tier_has(api: Caller, machine: Machine, tier: Tier, most: int) -> None:
    name = f"tenant-{tier}"
    api = api.using(make_tenant(name))
    make_agents(name, "agent-a")
    tenant = identity.IdentityItem(name, identity.TENANT_KEY)
    tenant.update(actions=[identity.IdentityItem.tier.set(tier)])
    workflow = make(api, [agent_step("one")])
    begun = [begin(api, workflow) for _ in range(most)]
    refused = api.post(f"{WORKFLOWS}/{workflow}/execute", {}).expect(429)
    assert int(refused.headers["retry-after"]) > 0
    assert api.get(EXECUTIONS).expect(200).json()["pagination"]["totalItems"] == most
    api.post(f"{EXECUTIONS}/{begun[0]}/cancel").expect(200)
    begin(api, workflow)
    machine.run()
    begin(api, workflow)
