"""Cold starts as wholes: from the start of a process to the answer of its first event, for every function of the stack.

Each function starts as in a new environment of Lambda: a new interpreter that finds the function's code and layers,
built as they are for a deployment, and nothing else; the function's own variables; its handler; then the sample event
of `events/`, twice; and for some an event whose answer takes more (`first_work`). AWS is MiniStack in another process,
so what botocore does (making clients, signing, connecting, reading answers) is in the figures, and AWS's own work is
not. Lambda's share, which is to make the environment and to fetch code and layers, is not in them either.
`python -m bench.cold_starts NlpApiFunction` starts that one alone.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple

from bench.emulated import emulator
from bench.first_work import FIRST, was_done
from local import samples, sizes
from pentarch.platform.ids import short_id
from support import aws
from support.sample_events import DOCUMENTED, EVENTS, FUNCTIONS, NAMES, check, function_of, handler_of, settings_of
from support.template import ROOT, resources

STARTS = 3
PROCESS = Path(__file__).with_name("lambda_process.py")
INTERPRETER = Path(sys.executable).resolve()
"""Without this project's virtual environment."""
LAYERS = resources("AWS::Serverless::LayerVersion")
CORE = "CoreLayer"
NOT_COMPILED = ("NlpApiFunction", "VisionApiFunction", "ModelsApiFunction", "LlmApiFunction")
"""Shown too as they start where no compiled files are in the zip."""


Made = Callable[[str, str], dict[str, Any]]
"""An event, of a tenant and its key."""


class Start(NamedTuple):
    """Seconds, each from the start of the process. CPU is all of the process's; the clock runs on while AWS answers."""

    imported_cpu: float
    answered_cpu: float
    answered: float
    again: float
    """Of the same event once more, by itself, on the clock."""


def compare(functions: Collection[str] = FUNCTIONS) -> dict[str, Any]:
    figures: dict[str, Any] = {"each": "imported, answered (CPU); answered, answered again (on the clock)"}
    with tempfile.TemporaryDirectory() as home, emulator():
        from pentarch.platform import clients

        clients.forget()
        code = _Built(Path(home))
        starts = {function: _best(function, code) for function in sorted(functions)}
        slow = {one: _best(one, code, compiled=False) for one in NOT_COMPILED if one in functions}
        firsts = {
            name: _best(one.function, code, one.event) for name, one in FIRST.items() if one.function in functions
        }
    figures |= {name.removesuffix("Function"): _shown(start) for name, start in starts.items()}
    figures |= {f"{name.removesuffix('Function')}, not compiled": _shown(start) for name, start in slow.items()}
    return figures | {name: _shown(start) for name, start in firsts.items()}


def _shown(start: Start) -> str:
    cpu = f"{start.imported_cpu:.2f} s, {start.answered_cpu:.2f} s"
    return f"{cpu};  {start.answered:.2f} s, {1000 * start.again:.0f} ms"


def _best(function: str, code: "_Built", made: Made | None = None, *, compiled: bool = True) -> Start:
    """Each figure's least: what disturbs a start only ever adds to it."""
    places = os.pathsep.join(code.of(function))
    starts = [_start(function, places, made, compiled=compiled) for _ in range(STARTS)]
    return Start(*map(min, zip(*starts, strict=True)))


def _start(function: str, places: str, made: Made | None, *, compiled: bool) -> Start:
    from support.tenants import make_tenant

    event = _event_of(function)
    tenant = short_id("t").replace("_", "-")  # a new one, so that what the event makes is not there yet
    key = make_tenant(tenant)
    text = json.dumps(made(tenant, key) if made else _sample(event, key))
    declared = FUNCTIONS[function]["Properties"]["Environment"]["Variables"]
    own = {name: value for name, value in os.environ.items() if name in declared} | settings_of(function)
    if "OPERATOR_TENANT" in own:
        own["OPERATOR_TENANT"] = tenant
    shared = {name: os.environ[name] for name in ("AWS_ENDPOINT_URL", *aws.ENVIRONMENT)}
    command = [str(INTERPRETER), "-P", "-S", "-B"]  # what a start compiles is not kept
    if not compiled:
        command += ["-X", "pycache_prefix=/nonexistent"]
    started = time.monotonic()
    done = subprocess.run(
        [*command, str(PROCESS), *handler_of(function)],
        input=f"{text}\n{text}\n",
        env=shared | own | {"PATH": os.defpath, "PYTHONPATH": places, "AWS_LAMBDA_FUNCTION_NAME": function},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{function}: {done.stderr}"
    told = json.loads(done.stdout)
    if made:
        assert was_done(json.loads(text), told["answers"][0]), told["answers"][0]
    else:
        check(event, told["answers"][0])
    _, (imported_cpu, _), (answered_cpu, answered), (_, again) = told["moments"]
    return Start(imported_cpu, answered_cpu, answered - started, again - answered)


def _sample(event: str, key: str) -> Any:
    return json.loads(samples.fill(samples.read(EVENTS, event), {"API_KEY": key}))


def _event_of(function: str) -> str:
    """The first that succeeds, else the first."""
    own = [name for name in NAMES if function_of(name) == function]
    return next((name for name in own if not DOCUMENTED[name].startswith("4")), own[0])


class _Built:
    """Functions and layers as `sam build` makes them, for this machine and this Python; each when first asked for."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._made: dict[str, str] = {}

    def of(self, function: str) -> list[str]:
        """Where the function's imports are looked for, in Lambda's order."""
        own = set(sizes.refs(FUNCTIONS[function]["Properties"].get("Layers", []))) & LAYERS.keys()
        code = self._build(function, ROOT / "functions")
        return [code, *(self._build(layer, ROOT / LAYERS[layer]["Properties"]["ContentUri"]) for layer in (CORE, *own))]

    def _build(self, name: str, folder: Path) -> str:
        if name not in self._made:
            artifacts = self._home / name
            artifacts.mkdir()
            building = {
                "ARTIFACTS_DIR": str(artifacts),
                "PENTARCH_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
                "PENTARCH_PLATFORM": f"{platform.machine()}-manylinux_2_28",
                "PENTARCH_COMPILER": str(INTERPRETER),
                "UV": os.environ.get("UV") or shutil.which("uv") or "uv",
            }
            command = ["make", "--silent", "--directory", str(folder), f"build-{name}"]
            subprocess.run(command, env=os.environ | building, check=True, stdout=subprocess.DEVNULL)
            self._made[name] = str(artifacts / "python" if name in LAYERS else artifacts)
        return self._made[name]


if __name__ == "__main__":
    for figure, value in compare(sys.argv[1:] or FUNCTIONS).items():
        print(f"{figure:34} {value}")
