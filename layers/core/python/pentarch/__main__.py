"""Check what Pentarch decided and recorded, where nobody else has a hand in it.

`python -m pentarch verify-route FILE` and `python -m pentarch verify-audit FILE [--public-key PEM] [--head FILE]`
"""

import argparse
import json
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="pentarch", description="Check what Pentarch decided and recorded.")
    commands = parser.add_subparsers(dest="command", required=True)
    route = commands.add_parser("verify-route", help="re-compute a routing decision from its trace")
    route.add_argument("file", help="a trace as /api/traces/{id} returns it; - for standard input")
    route.set_defaults(run=lambda given: _verify_route(given.file))
    audit = commands.add_parser("verify-audit", help="check an exported audit trail, and name what was tampered with")
    audit.add_argument("file", help="an export in JSON, documents of the bucket, or a proof; - for standard input")
    audit.add_argument(
        "--public-key",
        action="append",
        default=[],
        metavar="PEM",
        help="a file with the key to trust, as /api/v1/compliance/audit/root tells it; may be given several times",
    )
    audit.add_argument(
        "--head",
        metavar="FILE",
        help="an earlier reply of /api/v1/compliance/audit/root: a trail whose end was cut off does not contain it",
    )
    audit.set_defaults(run=lambda given: _verify_audit(given.file, given.public_key, given.head))
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except (OSError, ValueError, RecursionError) as error:
        print(f"{given.file} cannot be read: {error}", file=sys.stderr)  # noqa: T201 (it talks to a person)
        return 1


def _verify_route(file: str) -> int:
    from pentarch.routing import traces

    trace = json.loads(_text(file))
    faults = traces.verify(trace)
    for fault in faults:
        print(fault)  # noqa: T201
    if not faults:
        print(f"{trace.get('trace_id', file)} holds: the decision follows from what it was made from")  # noqa: T201
    return 1 if faults else 0


def _verify_audit(file: str, key_files: list[str], head_file: str | None) -> int:
    from pentarch.sealing.examination import examine_text

    keys = [_text(key_file) for key_file in key_files]
    verdict = examine_text(_text(file), keys, None if head_file is None else _text(head_file))
    for line in verdict.lines():
        print(line)  # noqa: T201
    return 0 if verdict.holds else 1


def _text(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")


if __name__ == "__main__":
    sys.exit(main())
