"""The JavaScript client's own tests: against a server of this machine, and against the OpenAPI document."""

import re

from support import node


def test_the_javascript_client_passes_its_own_tests() -> None:
    told = node.run("--test", *sorted((node.FOLDER / "test").glob("*.test.js")))
    assert re.search(r"^# pass [1-9]", told, re.MULTILINE)
    assert "# skipped 0" in told


def test_its_types_take_what_the_client_takes_and_nothing_else() -> None:
    node.run_with_packages("node_modules/typescript/bin/tsc", "--project", node.FOLDER)
