"""The notation in which answers are declared."""

from functools import cache
from pathlib import Path

import pytest

from apidoc import answers

Json = dict[str, object]


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that is read instead of the project's."""
    monkeypatch.setattr(answers, "FOLDER", tmp_path)
    monkeypatch.setattr(answers, "_known", cache(answers._known.__wrapped__))
    monkeypatch.setattr(answers, "answers", answers.answers.__wrapped__)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "schema"),
    [
        ("string", {"type": "string"}),
        ("any", {}),
        ("integer | string | null", {"type": ["integer", "string", "null"]}),
        ("Thing", {"$ref": "#/components/schemas/Thing"}),
        ("Thing | null", {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]}),
        (
            "Thing[] | null",
            {"anyOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, {"type": "null"}]},
        ),
        ("[number]", {"type": "array", "items": {"type": "number"}}),
        ("{'*': integer}", {"type": "object", "additionalProperties": {"type": "integer"}}),
        ("{one_of: [a, b]}", {"type": "string", "enum": ["a", "b"]}),
        (
            "{id: string, name?: string}",
            {
                "type": "object",
                "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
                "required": ["id"],
            },
        ),
        (
            "{enveloped: boolean, message?: string}",
            {
                "type": "object",
                "properties": {
                    "success": {"const": True},
                    "data": {"type": "boolean"},
                    "timestamp": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["success", "data", "timestamp"],
            },
        ),
    ],
)
def test_what_is_declared_becomes_a_schema(declared: Path, words: str, schema: Json) -> None:
    (declared / "one.yaml").write_text(f"Thing: {{id: string}}\nsome_operation: {words}\n")
    assert answers.answers() == {"some_operation": schema}
    assert list(answers.schemas()) == ["Thing"]


@pytest.mark.parametrize("words", ["text", "Nothing", "[string, number]", "[]", "7"])
def test_what_is_no_answer_is_refused(declared: Path, words: str) -> None:
    (declared / "one.yaml").write_text(f"some_operation: {words}\n")
    with pytest.raises(ValueError, match="is no"):
        answers.answers()


def test_a_name_is_declared_once(declared: Path) -> None:
    for name in ("one", "two"):
        (declared / f"{name}.yaml").write_text("Thing: {id: string}\n")
    with pytest.raises(ValueError, match="Thing is known already"):
        answers.schemas()
