"""`sam local invoke`: one function in Lambda's own container, on the data of the local stack.

SAM gives a container the logical ids of tables and queues, and AWS itself as the endpoint. Both are wrong for a stack
that is deployed here, so each function gets its variables as they were deployed, and an endpoint that a container can
reach. SAM exits with 0 whatever the function did, so its answer is read.
"""

import ipaddress
import json
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from local import build
from local.clients import Clients
from local.errors import LocalStackError
from local.place import Place, program
from local.stack import Stack

FUNCTION = "AWS::Lambda::Function"
DEFAULT_PYTHON = "3.13"
"""The template's own default."""

Variables = dict[str, dict[str, str]]


def environment(clients: Clients, stack: Stack, endpoint: str) -> Variables:
    """What `sam local invoke --env-vars` takes: variables by the function's logical id."""
    reachable = {"AWS_ENDPOINT_URL": seen_from_container(endpoint)}
    return {
        function.logical_id: _deployed(clients, function.physical_id) | reachable
        for function in stack.of_type(FUNCTION)
    }


def seen_from_container(endpoint: str) -> str:
    """Docker's name for the machine, where the endpoint is one that only the machine itself can reach."""
    url = urlsplit(endpoint)
    if not _is_loopback(url.hostname or ""):
        return endpoint
    return f"{url.scheme}://host.docker.internal" + (f":{url.port}" if url.port else "")


def make(place: Place, environ: Mapping[str, str], python: str) -> tuple[Path, list[str]]:
    """Build for this machine's containers, unless that is done; the template, and what must be said of it to `sam`."""
    directory = place.home / "containers" / python
    machine = platform.machine().replace("aarch64", "arm64")
    overrides = ["--parameter-overrides", f"Architecture={machine} PythonRuntime=python{python}"]
    template, built = directory / "template.yaml", directory.with_suffix(".built")
    wanted = build.fingerprint(place)
    if not template.exists() or not built.exists() or built.read_text() != wanted:
        built.unlink(missing_ok=True)
        needed = {"PENTARCH_LAYER": "full", "PENTARCH_PYTHON": python, "PENTARCH_COMPILER": ""}
        build.build(place, dict(environ) | needed, to=directory, more=overrides)
        built.write_text(wanted)
    return template, overrides


def invoke(
    place: Place, environ: Mapping[str, str], *, function: str, event: str, variables: Variables, python: str
) -> str:
    """The function's answer; what it logs goes to standard error."""
    template, overrides = make(place, environ, python)
    private = place.home / "env.json"
    private.write_text(json.dumps(variables, indent=2))
    command = [program("sam"), "local", "invoke", function, "--template", str(template), "--event", "-"]
    outcome = subprocess.run(
        [*command, "--env-vars", str(private), *overrides],
        cwd=place.template.parent,
        env=build.environment(place, environ),
        input=event,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if outcome.returncode != 0 or not outcome.stdout.strip():
        message = f"`sam local invoke {function}` did not get to an answer; see above."
        raise LocalStackError(message)
    return outcome.stdout.strip()


def is_failure(answer: str) -> bool:
    """Whether the function raised, left a message to be tried again, or ended without an answer."""
    try:
        parsed = json.loads(answer)
    except ValueError:
        return True
    return isinstance(parsed, dict) and bool(parsed.keys() & {"errorMessage"} or parsed.get("batchItemFailures"))


def _deployed(clients: Clients, name: str) -> dict[str, str]:
    configuration = clients["lambda"].get_function_configuration(FunctionName=name)
    found: dict[str, str] = configuration.get("Environment", {}).get("Variables", {})
    return dict(found)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
