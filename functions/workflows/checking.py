"""Whether a workflow can be run: what is looked at when it is made, so that nobody finds out at night."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from workflows import mapping
from workflows.definition import (
    MAX_STEP_S,
    Definition,
    Step,
    StepType,
    Strategy,
    WorkflowType,
    ancestors,
    predecessors,
)
from workflows.mapping import PathError, Root

ITEM_ROOTS = ("item", "index")
"""Of a step over a list: the item, and its place."""
ERROR_ROOT = "error"
"""Of a step that compensates: what went wrong."""
OUTPUT_ROOTS = ("output", "input", "context")
"""What an output mapping reads: the step's own output, and the execution's data."""


class Fault(NamedTuple):
    field: str
    message: str


def faults(
    definition: Definition, places: Mapping[str, int], *, agents: Collection[str], tools: Collection[str]
) -> list[Fault]:
    """All that is wrong with a normalised definition; `places` says where each step stood in the request."""
    return list(_faults(definition, places, agents, tools))


def _faults(
    definition: Definition, places: Mapping[str, int], agents: Collection[str], tools: Collection[str]
) -> Iterator[Fault]:
    if len(places) < len(definition.steps):
        yield Fault("steps", "two steps have the same id")
        return
    if not definition.main:
        yield Fault("steps", "every step compensates: there is none of the normal course")
        return
    for step in definition.steps:
        at = f"steps.{places[step.key]}"
        yield from (Fault(f"{at}.{name}", message) for name, message in _shape(definition, step))
        if step.agent_id is not None and step.agent_id not in agents:
            yield Fault(f"{at}.agent_id", f"there is no agent {step.agent_id!r}")
        if step.tool_id is not None and step.tool_id not in tools:
            yield Fault(f"{at}.tool_id", f"there is no tool {step.tool_id!r}")
    yield from _compensations(definition, places)
    wrong_order = list(_order(definition, places))
    yield from wrong_order or _paths(definition, places)


def _shape(definition: Definition, step: Step) -> Iterator[tuple[str, str]]:
    """What a step of its type must have and must not have."""
    needed = {StepType.AGENT: "agent_id", StepType.TOOL: "tool_id"}
    for kind, name in needed.items():
        if step.type is kind and getattr(step, name) is None:
            yield name, f"the {name} field is required for a step of the type {kind}"
        if step.type is not kind and getattr(step, name) is not None:
            yield name, f"a step of the type {step.type} has no {name}"
    is_approval = step.type is StepType.APPROVAL
    if is_approval and step.for_each is not None:
        yield "for_each", "an approval is asked for once"
    if not is_approval and step.timeout_s > MAX_STEP_S:
        yield "timeout", f"a step of the type {step.type} has at most {MAX_STEP_S} seconds"
    if not is_approval and step.approval is not None:
        yield "approval", "only a step of the type approval has one"
    if step.depends_on and definition.type is not WorkflowType.DAG:
        yield "depends_on", f"only in a workflow of the type dag; in one that is {definition.type} the order says it"
    if step.compensates is not None:
        yield from _compensation_shape(definition, step)


def _compensation_shape(definition: Definition, step: Step) -> Iterator[tuple[str, str]]:
    if definition.error_handling.strategy is not Strategy.COMPENSATE:
        yield "compensates", "the strategy of error_handling must be compensate"
    for name in ("depends_on", "condition", "for_each"):
        if getattr(step, name):
            yield name, "a step that compensates has none"
    if step.type is StepType.APPROVAL:
        yield "type", "an approval compensates for nothing"


def _order(definition: Definition, places: Mapping[str, int]) -> Iterator[Fault]:
    before = predecessors(definition)
    for key, needed in before.items():
        for one in needed:
            if one not in before:
                yield Fault(f"steps.{places[key]}.depends_on", f"there is no step {one!r} to depend on")
    if definition.type is not WorkflowType.DAG:
        return
    rest = {key: {one for one in needed if one in before} for key, needed in before.items()}
    while free := {key for key, needed in rest.items() if not needed}:
        rest = {key: needed - free for key, needed in rest.items() if key not in free}
    cycle = _cycle(rest)
    if cycle:
        told = " → ".join((*cycle, cycle[0]))
        yield Fault(f"steps.{places[cycle[0]]}.depends_on", f"the steps wait for each other: {told}")


def _cycle(rest: Mapping[str, set[str]]) -> tuple[str, ...]:
    """One cycle among steps each of which waits for another of them."""
    if not rest:
        return ()
    path = [min(rest)]
    while True:
        following = min(rest[path[-1]])
        if following in path:
            return tuple(path[path.index(following) :])
        path.append(following)


def _compensations(definition: Definition, places: Mapping[str, int]) -> Iterator[Fault]:
    main = {step.key for step in definition.main}
    undone: set[str] = set()
    for step in definition.steps:
        if step.compensates is None:
            continue
        field = f"steps.{places[step.key]}.compensates"
        if step.compensates not in main:
            yield Fault(field, f"there is no step {step.compensates!r} of the normal course")
        if step.compensates in undone:
            yield Fault(field, f"another step compensates for {step.compensates!r} already")
        undone.add(step.compensates)


def _paths(definition: Definition, places: Mapping[str, int]) -> Iterator[Fault]:
    earlier = ancestors(definition)
    everything = frozenset(step.key for step in definition.main)
    for step in definition.steps:
        at = f"steps.{places[step.key]}"
        undoes = step.compensates is not None
        known = everything if undoes else earlier[step.key]
        readable = {*mapping.ROOTS, ERROR_ROOT} if undoes else {*mapping.ROOTS}
        with_item = readable | set(ITEM_ROOTS) if step.for_each is not None else readable
        reading = {
            f"input_mapping.{name}": (lambda said=said: _roots_in(said), with_item)
            for name, said in step.input_mapping.items()
        }
        if step.for_each is not None:
            reading["for_each"] = (lambda path=step.for_each: mapping.roots(path), readable)
        if step.condition is not None:
            reading["condition"] = (lambda said=step.condition: mapping.roots_of_condition(said), readable)
        for name, (read, allowed) in reading.items():
            yield from (Fault(f"{at}.{name}", message) for message in _unreadable(read, allowed, known, everything))
        for name, path in step.output_mapping.items():
            yield from (Fault(f"{at}.output_mapping.{name}", message) for message in _unreadable_output(path))


def _roots_in(said: object) -> frozenset[Root]:
    return frozenset(root for path in mapping.paths_in(said) for root in mapping.roots(path))


def _unreadable(
    read: Callable[[], frozenset[Root]], allowed: Collection[str], known: Collection[str], everything: Collection[str]
) -> Iterator[str]:
    try:
        found = read()
    except PathError as error:
        yield str(error)
        return
    for root in sorted(found, key=str):
        if root.name not in allowed:
            yield f"there is no $.{root.name} here: there are {', '.join(f'$.{name}' for name in sorted(allowed))}"
        elif root.step is not None and root.step not in everything:
            yield f"there is no step {root.step!r}"
        elif root.step is not None and root.step not in known:
            yield f"the step {root.step!r} does not come before this one"


def _unreadable_output(path: str) -> Iterator[str]:
    if not mapping.is_path(path):
        yield f"{path!r} is no path: it begins with $"
        return
    yield from _unreadable(lambda: mapping.roots(path), OUTPUT_ROOTS, (), ())
