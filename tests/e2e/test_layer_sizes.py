import os
import shutil
import subprocess
import sys
from pathlib import Path

from local import sizes
from local.place import CHECKOUT, program


def test_every_function_and_its_layers_fit_into_lambda(tmp_path: Path) -> None:
    """Builds as for AWS, requirements and compiled files included, which needs the package index the first time."""
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv is not None, "uv builds the layers; `make test` says where it is"
    command = [program("sam"), "build", "--parallel", "--build-dir", str(tmp_path / "build")]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PENTARCH_")}

    own = {
        "UV": uv,
        "PENTARCH_COMPILER": sys.executable,
        "PENTARCH_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",  # no other's syntax can be compiled
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAM_CLI_TELEMETRY": "0",
    }

    built = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=environ | own,
        capture_output=True,
        text=True,
        check=False,
    )

    assert built.returncode == 0, built.stderr
    assert sizes.sizes(tmp_path / "build" / "template.yaml")
    assert sizes.too_large(tmp_path / "build" / "template.yaml") == {}
