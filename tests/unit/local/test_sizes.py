from pathlib import Path

import pytest

from local import sizes

BUILT = """
Globals: {Function: {Layers: [{Ref: CoreLayer}]}}
Resources:
  CoreLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: CoreLayer}}
  MlLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: MlLayer}}
  Small: {Type: AWS::Serverless::Function, Properties: {CodeUri: Small}}
  Large:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: Large
      Layers: [{Ref: CoreLayer}, {"Fn::If": [Trains, {Ref: MlLayer}, {Ref: "AWS::NoValue"}]}, "arn:of:another"]
"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name, size in {"CoreLayer": 10, "MlLayer": 200, "Small": 1, "Large": 2}.items():
        (tmp_path / name / "python").mkdir(parents=True)
        (tmp_path / name / "python" / "module.py").write_bytes(b"x" * size)
    (tmp_path / "template.yaml").write_text(BUILT)
    return tmp_path / "template.yaml"


def test_a_function_weighs_its_code_and_each_of_its_layers_once(built: Path) -> None:
    assert sizes.sizes(built) == {"Small": 11, "Large": 212}


def test_only_what_is_over_the_limit_is_too_large(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LIMIT_BYTES", 211)

    assert sizes.too_large(built) == {"Large": 212}
