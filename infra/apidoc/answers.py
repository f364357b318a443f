"""What each operation answers: data, kept beside this file, one file for each reference.

A file maps operation ids to answers, and capitalised names to objects that several answers have in common:

    Job:
      job_id: string
      error: JobError | null
      finished_at?: string          # is not always there
      tags: [string]                # an array
      counts: {'*': integer}        # an object with any names
    JobStatus:
      one_of: [queued, running]
    aisemble_jobs_get: Job
    metaqore_llm_models:
      enveloped: {models: [ModelEntry]}

`any` is what a caller or a document of another standard decides. `enveloped` is what MetaQore has as `data`, beside
`success` and `timestamp`; other members of such an entry are beside it too.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("answers")
_PRIMITIVES = {"string", "integer", "number", "boolean", "null"}
_OTHERS = "*"

Json = dict[str, Any]


@cache
def _known() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        for name, given in yaml.load(file.read_text(), loader).items():  # noqa: S506 (a safe loader)
            if name in found:
                msg = f"{file.name}: {name} is known already"
                raise ValueError(msg)
            found[name] = given
    return found


def schemas() -> dict[str, Json]:
    """The objects that have names, for the document's components."""
    return {name: _schema(given) for name, given in _known().items() if _is_shape(name)}


@cache
def answers() -> dict[str, Json]:
    """The schema of what an operation answers, by operation id."""
    return {name: _schema(given) for name, given in _known().items() if not _is_shape(name)}


def documented(operation: Json) -> Json | None:
    """The schema of the JSON that an operation of the document answers, if any."""
    for status, answer in operation["responses"].items():
        if status.startswith("2") and "application/json" in answer.get("content", {}):
            found: Json = answer["content"]["application/json"]["schema"]
            return found
    return None


def _is_shape(name: str) -> bool:
    return name[0].isupper()


def _schema(given: Any) -> Json:  # noqa: ANN401 (what YAML holds)
    match given:
        case str():
            return _of_words(given)
        case [one]:
            return {"type": "array", "items": _schema(one)}
        case {"enveloped": data}:
            beside = {name: one for name, one in given.items() if name != "enveloped"}
            made = _object({"success": "boolean", "data": data, "timestamp": "string"} | beside)
            made["properties"]["success"] = {"const": True}
            return made
        case {"one_of": words, **others} if not others:
            return {"type": "string", "enum": words}
        case dict():
            return _object(given)
    msg = f"{given!r} is no answer: a text, a list of one, or an object"
    raise ValueError(msg)


def _object(members: Mapping[str, Any]) -> Json:
    made: Json = {"type": "object"}
    named = {name.removesuffix("?"): _schema(one) for name, one in members.items() if name != _OTHERS}
    if named:
        made["properties"] = named
        made["required"] = [name for name in members if name != _OTHERS and not name.endswith("?")]
    if _OTHERS in members:
        made["additionalProperties"] = _schema(members[_OTHERS])
    return made


def _of_words(text: str) -> Json:
    words = text.split(" | ")
    if len(words) > 1 and _PRIMITIVES.issuperset(words):
        return {"type": words}
    several = [_of_word(word) for word in words]
    return several[0] if len(several) == 1 else {"anyOf": several}


def _of_word(word: str) -> Json:
    if word.endswith("[]"):
        return {"type": "array", "items": _of_word(word.removesuffix("[]"))}
    if word == "any":
        return {}
    if word in _PRIMITIVES:
        return {"type": word}
    if word not in _known():
        msg = f"{word!r} is no type and no object's name"
        raise ValueError(msg)
    return {"$ref": f"#/components/schemas/{word}"}
