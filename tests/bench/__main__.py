"""`make bench`: every figure is measured now, on this machine; compare ratios, not milliseconds."""

from typing import Any

from bench import cold_start, cold_starts, exports, generate, jobs, nlp, routing, specialists, vision, workflows


def show(title: str, figures: dict[str, Any]) -> None:
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:34} {value:.3f}" if isinstance(value, float) else f"  {name:34} {value}")


show("A governed generate through the real handler", generate.compare())
show("Imports of a cold start", cold_start.compare())
show("Routing decisions", routing.compare())
show("Exports of the audit trail", exports.compare())
show("Training and asking specialists", specialists.compare())
show("Workflows: what the engine costs", workflows.compare())
show("Jobs of many inputs", jobs.compare())
show("Analyses of texts", nlp.compare())
show("Analyses of pictures", vision.compare())
show("Cold starts of every function, to its first answer", cold_starts.compare())
