"""Inside the box: a process of its own that runs one tool and ends.

It has no credentials, a directory that is removed after it, and bounds that it sets itself before it reads anything.
What it prints is the result; whatever a library prints goes to the log.
"""

import importlib
import json
import os
import resource
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.failures import Code, ToolFailedError

MODULES = {
    "git": "tools.builtin.git",
    "linter": "tools.builtin.linter",
    "security-scanner": "tools.builtin.security_scanner",
    "markdown-generator": "tools.builtin.markdown_generator",
    "http-request": "tools.builtin.http_request",
    "json-transform": "tools.builtin.json_transform",
    "sql-query": "tools.builtin.sql_query",
    "@http": "tools.builtin.http_operation",
    "@mcp": "tools.builtin.mcp",
}
"""What may run here, a tenant's own tools last; each has `run(request) -> dict`."""


def main() -> None:
    out = os.dup(1)
    os.dup2(2, 1)
    limits = json.loads(sys.argv[2])
    bind(limits)
    with os.fdopen(out, "wb") as stream:
        stream.write(json.dumps(answer(sys.stdin.buffer.read()), ensure_ascii=False).encode(errors="replace"))


def bind(limits: Mapping[str, int]) -> None:
    """Set the process's bounds, which its own children inherit."""
    bounds = {
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_NPROC: threads_of_user() + limits["processes"],
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in bounds.items():
        _, hard = resource.getrlimit(kind)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (value, value))


def threads_of_user() -> int:
    """Those of this user that run already: the kernel counts them all together."""
    count, user = 0, os.getuid()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == user:
                count += sum(1 for _ in (process / "task").iterdir())
        except OSError:
            continue  # it has ended, or is none of ours
    return count


def answer(text: bytes) -> dict[str, Any]:
    request = json.loads(text)
    try:
        module = importlib.import_module(MODULES[request["tool"]])
        return {"result": module.run(request)}
    except ToolFailedError as error:
        return {"fault": [error.code, error.message]}
    except MemoryError:
        return {"fault": [Code.OUT_OF_MEMORY, "the run needs more memory than it may use"]}
    except RecursionError:
        return {"fault": [Code.TOO_DEEP, "what was given is nested too deeply"]}
    except Exception as error:  # noqa: BLE001 (whatever happens in here is told outside, and ends here)
        traceback.print_exc()
        return {"fault": [Code.INTERNAL, f"the tool broke ({type(error).__name__})"]}
