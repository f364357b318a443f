"""The rules of proof that the clients carry are the stack's own, and need nothing else of it."""

import ast
import tomllib
from pathlib import Path

import pytest

import pentarch.routing
import pentarch.sealing
from pentarch_client import proofs


@pytest.mark.parametrize("package", [pentarch.routing, pentarch.sealing], ids=["routing", "sealing"])
def test_the_files_are_the_same(package: object) -> None:
    stack = Path(package.__file__).parent  # type: ignore[attr-defined]
    carried = Path(proofs.__file__).parent / stack.name
    assert carried.resolve() == stack.resolve()


@pytest.mark.parametrize("package", [pentarch.routing, pentarch.sealing], ids=["routing", "sealing"])
def test_they_name_no_package_of_the_stack(package: object) -> None:
    imported = {
        name
        for file in Path(package.__file__).parent.glob("*.py")  # type: ignore[attr-defined]
        for node in ast.walk(ast.parse(file.read_text()))
        for name in _imported(node)
    }
    assert not {name for name in imported if name.split(".")[0] == "pentarch"}


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module or ""]
    return []


def test_the_distribution_installs_nothing_by_the_name_of_the_stacks_package() -> None:
    project = tomllib.loads((Path(proofs.__file__).parents[3] / "pyproject.toml").read_text())
    installed = {Path(folder).name for folder in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert "pentarch" not in installed
    assert {"pentarch_client", "metaqore", "metaforge", "metaagents", "caio", "aisemble"} == installed
