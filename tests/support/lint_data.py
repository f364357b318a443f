"""What cfn-lint knows of AWS, as data: its package is found and not imported, for it imports half of SAM."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def lint_data(name: str) -> dict[str, Any]:
    """`Policies` (actions and their resources) or `LmbdRuntimeLifecycle`."""
    package = find_spec("cfnlint")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "data" / "AdditionalSpecs" / f"{name}.json"
    return json.loads(path.read_text())  # type: ignore[no-any-return]
