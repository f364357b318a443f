from pathlib import Path

import pytest

from local import build
from local.place import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "functions" / "llm").mkdir(parents=True)
    (tmp_path / "functions" / "llm" / "api.py").write_text("one")
    (tmp_path / "template.yaml").write_text("Resources: {}")
    (tmp_path / "uv.lock").write_text("locked")
    return Place(template=tmp_path / "template.yaml", home=tmp_path / ".local")


@pytest.mark.parametrize("changed", ["template.yaml", "functions/llm/api.py", "uv.lock", "layers/core/new.py"])
def test_any_input_makes_another_fingerprint(place: Place, changed: str) -> None:
    before = build.fingerprint(place)
    file = place.template.parent / changed
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("two")

    assert build.fingerprint(place) != before


def test_compiled_files_and_what_is_no_input_change_nothing(place: Place) -> None:
    before = build.fingerprint(place)
    cache = place.template.parent / "functions" / "llm" / "__pycache__"
    cache.mkdir()
    (cache / "api.pyc").write_text("compiled")
    (place.template.parent / "README.md").write_text("read me")

    assert build.fingerprint(place) == before


def test_a_build_sees_the_local_endpoint_and_no_account_of_the_developers(place: Place) -> None:
    seen = build.environment(place, {"AWS_PROFILE": "work", "AWS_ACCESS_KEY_ID": "AKIA", "PATH": "/bin", "UV": "/uv"})

    assert "AWS_PROFILE" not in seen
    assert seen["AWS_ACCESS_KEY_ID"] == "test"
    assert seen["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert seen["PENTARCH_LAYER"] == "slim"
    assert seen["UV"] == "/uv"


def test_the_reasons_of_a_failed_build_begin_with_its_first_error() -> None:
    said = (
        "Building codeuri\nRunning CustomMakeBuilder\n\nBuild Failed\nError: there is no functions/x\nmake: Error 1\n"
    )

    assert build.reasons(said) == ["Error: there is no functions/x", "make: Error 1"]


def test_without_an_error_line_the_end_is_shown() -> None:
    assert build.reasons("\n".join(map(str, range(40)))) == [str(number) for number in range(25, 40)]
