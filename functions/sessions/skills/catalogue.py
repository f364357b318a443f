"""Which skills a tenant has: those that come with Pentarch, and its own."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pentarch.platform.errors import InvalidInputError
from sessions.errors import SkillError, SkillNotFoundError
from sessions.model import JsonObject
from sessions.schemas import SkillDefinition
from sessions.skills import store
from sessions.skills.store import Skill


@cache
def builtin() -> dict[str, Skill]:
    """By name, read once."""
    read = (SkillDefinition.model_validate_json(file.read_bytes()) for file in _files())
    return {one.name: Skill(one, 0) for one in read}


def _files() -> list[Path]:
    return sorted((Path(__file__).parent / "builtin").glob("*.json"))


def get(tenant: str, name: str) -> Skill:
    """A tenant's own skill cannot have the name of one that comes with Pentarch. SkillNotFoundError."""
    found = builtin().get(name) or store.get(tenant, name)
    if found is None:
        raise SkillNotFoundError(name)
    return found


def every(tenant: str) -> list[Skill]:
    return [*builtin().values(), *store.every(tenant)]


def check(definition: SkillDefinition) -> None:
    """Refuse a skill whose schemas are none; what the fields alone can tell was told before."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    schemas = [("inputs.args", definition.inputs.args)]
    schemas += [
        (f"outputs.{number}.schema", output.content_schema)
        for number, output in enumerate(definition.outputs)
        if output.content_schema is not None
    ]
    for field, schema in schemas:
        if not all(reference.startswith("#") for reference in _references(schema)):
            msg = "a schema refers to nothing but itself"
            raise SkillError(msg, field=field)
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            msg = f"no JSON Schema: {error.message}"
            raise SkillError(msg, field=field) from error
    for number, output in enumerate(definition.outputs):
        if output.content_schema is not None and not _is_json(output.content_type):
            msg = "only JSON has a schema"
            raise SkillError(msg, field=f"outputs.{number}.schema")


def _references(schema: object) -> Iterator[str]:
    """What a validator would look for elsewhere."""
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name in ("$ref", "$dynamicRef", "$recursiveRef") and isinstance(value, str):
                yield value
            yield from _references(value)
    elif isinstance(schema, list):
        for member in schema:
            yield from _references(member)


def check_input(skill: Skill, given: JsonObject) -> None:
    """Refuse an input that the skill does not take."""
    wanted = skill.definition.inputs
    count = len(given["files"])
    if not wanted.files.min <= count <= wanted.files.max:
        msg = f"{skill.name} takes {wanted.files.min} to {wanted.files.max} files, and {count} are named"
        raise InvalidInputError(msg, field="input.files")
    if not wanted.args:
        return
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(wanted.args).iter_errors(given["args"]):
        place = ".".join(["input.args", *(str(part) for part in error.path)])
        raise InvalidInputError(error.message[:500], field=place)


def _is_json(content_type: str) -> bool:
    return content_type == "application/json" or content_type.endswith("+json")
