"""The layers' build pieces, as far as they need no build."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.place import CHECKOUT


def test_pruning_leaves_the_services_that_are_called(tmp_path: Path) -> None:
    kept = ["bin/ruff", "botocore/data/dynamodb/service.json", "botocore/data/endpoints.json", "fastapi/app.py"]
    pruned = [
        "botocore/data/gamelift/service.json",
        "bin/uvicorn",
        "stdnum/tests/data.py",
        "stdnum/tests/tests/more.py",
        "fastapi/__pycache__/app.pyc",
        "sklearn/_loss/_loss.pyx.tp",
        "numpy/_core/include/numpy/ndarrayobject.h",
        "numpy/__init__.pyi",
    ]
    for name in kept + pruned:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")

    runpy.run_path(str(CHECKOUT / "layers" / "prune.py"))["prune"](tmp_path)

    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()) == sorted(kept)


@pytest.mark.parametrize("without_sources", [True, False])
def test_a_compiled_layer_is_imported_with_its_sources_or_without(tmp_path: Path, *, without_sources: bool) -> None:
    package = tmp_path / "python" / "somebody"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from somebody.told import WORD\n")
    (package / "told.py").write_text("WORD = 'imported'\n")
    (package / "template.py").write_text("def {{ name }}(): pass\n")
    options = ["--without-sources"] if without_sources else []
    command = [sys.executable, str(CHECKOUT / "layers" / "compiling.py"), str(tmp_path), *options]
    assert subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 1, "one cannot be compiled"

    shown = "import somebody; print(somebody.WORD)"
    told = subprocess.run(
        [sys.executable, "-B", "-c", shown],
        env={"PYTHONPATH": str(tmp_path / "python")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert told.strip() == "imported"
    sources = {file.name for file in package.glob("*.py")}
    assert sources == ({"template.py"} if without_sources else {"__init__.py", "told.py", "template.py"})
    compiled = "*.pyc" if without_sources else "__pycache__/*.pyc"
    assert len(list(package.glob(compiled))) == 2


@pytest.mark.parametrize(
    ("layer", "groups"),
    [("core", ["--no-default-groups"]), ("reports", ["--only-group", "reports"]), ("tools", ["--only-group", "tools"])],
)
def test_a_layers_requirements_are_those_of_the_lock_file(layer: str, groups: list[str], tmp_path: Path) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv is not None, "uv exports the lock file; `make test` says where it is"
    command = [uv, "export", "--quiet", "--frozen", *groups, "--no-emit-project", "--no-hashes", "--no-annotate"]
    command += ["--no-header", "--output-file", str(tmp_path / "requirements.txt")]
    subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)

    written = (CHECKOUT / "layers" / layer / "requirements.txt").read_text()

    assert written == (tmp_path / "requirements.txt").read_text(), "run `make requirements`"
