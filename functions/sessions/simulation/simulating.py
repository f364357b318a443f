"""The skill `simulation`: a netlist in, what ngspice measured out."""

import json
from collections.abc import Mapping

from sessions.simulation import netlist, ngspice
from sessions.work import Task

OUTPUT = "simulation.json"
DEFAULT_TIMEOUT_S = 30


def simulate(task: Task) -> Mapping[str, str]:
    [source] = task.sources
    checked = netlist.checked(source.text)
    task.say(0.4, "Simulating")
    asked = float(task.args.get("timeout_s", DEFAULT_TIMEOUT_S))
    simulated = ngspice.run(checked, timeout_s=max(0.1, min(asked, task.remaining_s())))
    task.detail(f"ngspice {simulated.version} took {simulated.seconds:.2f} s")
    told = {
        "netlist": source.told(),
        "tool": ngspice.TOOL,
        "program": {"name": "ngspice", "version": simulated.version},
        "measurements": simulated.measurements,
        "log": simulated.log,
    }
    return {OUTPUT: json.dumps(told, indent=2, ensure_ascii=False) + "\n"}
