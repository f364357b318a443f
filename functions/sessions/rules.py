"""What the built-in skills do without a language model."""

from collections.abc import Mapping

from sessions.work import Rules, Task


def _spec(task: Task) -> Mapping[str, str]:
    from sessions.spec.extraction import extract  # a units library, which takes half a second to import

    return extract(task)


def _architecture(task: Task) -> Mapping[str, str]:
    from sessions.architecture.design import design

    return design(task)


def _simulation(task: Task) -> Mapping[str, str]:
    from sessions.simulation.simulating import simulate

    return simulate(task)


RULES: Mapping[str, Rules] = {"spec": _spec, "architecture": _architecture, "simulation": _simulation}
"""By skill."""
ALWAYS = frozenset({"simulation"})
"""Skills that no model does: they measure."""
