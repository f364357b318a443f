"""`python -m pentarch verify-route FILE`: check a trace of a routing decision where nobody else has a hand in it."""

import argparse
import json
import sys
from pathlib import Path

from pentarch.routing import traces


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pentarch", description="Check what Pentarch decided.")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify-route", help="re-compute a routing decision from its trace")
    verify.add_argument("file", help="a trace as /api/traces/{id} returns it; - for standard input")
    file = parser.parse_args(arguments).file
    try:
        trace = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text())
    except (OSError, ValueError, RecursionError) as error:
        print(f"{file} cannot be read: {error}", file=sys.stderr)  # noqa: T201 (it talks to a person)
        return 1
    faults = traces.verify(trace)
    for fault in faults:
        print(fault)  # noqa: T201
    if not faults:
        print(f"{trace.get('trace_id', file)} holds: the decision follows from what it was made from")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
