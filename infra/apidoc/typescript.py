"""The types of the JavaScript client's methods: what each operation takes and answers. Written by `make openapi`."""

import json
import re
from textwrap import indent
from typing import Any

from apidoc.answers import documented
from apidoc.failures import Json
from apidoc.naming import REFERENCES

_HEAD = """\
// Made by `make openapi` from the OpenAPI document.

import type { Feed, Input, Json, List, Method, Streaming } from "./method.js";

"""
_FILE = "Blob | ArrayBuffer | ArrayBufferView"
_PAGED = {"cursor", "offset", "page", "before"}
_TEXTS = {"text/plain", "application/x-ndjson"}
"""What the client gives as text; everything else that is no JSON is a file."""
_PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_WIDTH = 100
_NAME = re.compile(r"^[A-Za-z_$][\w$]*$")


def declarations(document: Json) -> str:
    groups: dict[str, dict[str, list[str]]] = {name: {} for name in REFERENCES}
    used: set[str] = set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            reference, group, act = operation["operationId"].split("_")
            line = _method(document, path, operation, used)
            summary = operation["summary"].replace("*/", "* /")
            declared = f"/** {summary}. */\n{act}: {line};"
            groups[reference].setdefault(group, []).append(indent(declared, "    "))
    text = _HEAD
    for reference, members in groups.items():
        text += f"export interface {reference.capitalize()}Groups {{\n"
        for group in sorted(members):
            text += f"  {group}: {{\n" + "\n".join(sorted(members[group], key=_by_name)) + "\n  };\n"
        text += "}\n\n"
    return text + "\n".join(_schemas(document, used))


def _by_name(line: str) -> str:
    return line.split("\n")[1]


def _method(document: Json, path: str, operation: Json, used: set[str]) -> str:
    places = re.findall(r"\{(\w+)\}", path)
    ids = f"[{', '.join(f'{name}: string | number' for name in places)}]"
    kind = _kind(document, operation)
    taken = _taken(document, operation, used)
    if kind == "Feed":
        return f"Feed<{ids}, {taken}>"
    if _answers_bytes(operation):
        return f"{kind}<{ids}, {taken}, Uint8Array>"
    answer = _answered(document, operation)
    given = ["string"] if _kinds(operation) & _TEXTS else []
    given += [] if answer is None else [_type(answer, used)]
    items = f", {_type(_item(document, answer), used)}" if kind == "List" and answer is not None else ""
    return f"{kind}<{ids}, {taken}, {' | '.join(given) or 'void'}{items}>"


def _answered(document: Json, operation: Json) -> Json | None:
    """What the client gives, if anything: of an answer in MetaQore's envelope what is inside."""
    schema = documented(operation)
    members = {} if schema is None else _resolved(document, schema).get("properties", {})
    return members["data"] if members.keys() >= {"success", "data", "timestamp"} else schema


def _item(document: Json, page: Json) -> Json:
    """What a page has many of, where it is one thing."""
    members = _resolved(document, page).get("properties", {}).values()
    lists = [one for one in members if one.get("type") == "array"]
    return lists[0]["items"] if len(lists) == 1 else {}


def _kind(document: Json, operation: Json) -> str:
    """Whether a method has more beside it: the pieces of an answer, the items of all pages."""
    names = {one["name"] for one in operation.get("parameters", []) if one.get("in") == "query"}
    if "text/event-stream" in _kinds(operation):
        return "Feed"
    if names & _PAGED and not _kinds(operation) - {"application/json"}:
        return "List"
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {"schema": {}})
    return "Streaming" if "stream" in _resolved(document, body["schema"]).get("properties", {}) else "Method"


def _answers_bytes(operation: Json) -> bool:
    return bool(_kinds(operation) - {"application/json", "text/event-stream"} - _TEXTS)


def _kinds(operation: Json) -> set[str]:
    return {
        kind
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for kind in answer.get("content", {})
    }


def _taken(document: Json, operation: Json, used: set[str]) -> str:
    contents = list(operation.get("requestBody", {"content": {}})["content"].items())
    if contents:
        kind, body = contents[0]
        if kind == "application/json" or "properties" in _resolved(document, body["schema"]):
            return f"Input<{_type(body['schema'], used)}>"
        return "BodyInit" if kind != "application/x-www-form-urlencoded" else "Record<string, string>"
    queries = [one for one in operation.get("parameters", []) if one.get("in") == "query"]
    if not queries:
        return "undefined"
    members = (f"{one['name']}{'' if one.get('required') else '?'}: {_type(one['schema'], used)}" for one in queries)
    return f"Input<{{ {'; '.join(members)} }}>"


def _resolved(document: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").split("/")[-1]
    found: Json = document["components"]["schemas"][name] if name else schema
    return found


def _schemas(document: Json, used: set[str]) -> list[str]:
    """What is used, and what that uses in turn."""
    done: dict[str, str] = {}
    while waiting := sorted(used - set(done)):
        for name in waiting:
            schema = document["components"]["schemas"][name]
            done[name] = f"export type {name} = {_type(schema, used)};\n"
    return [done[name] for name in sorted(done)]


def _type(schema: Any, used: set[str]) -> str:  # noqa: ANN401, PLR0911 (a schema is an object or a truth; one case each)
    match schema:
        case {"$ref": reference}:
            name = str(reference).rsplit("/", 1)[-1]
            used.add(name)
            return name
        case {"const": value}:
            return _literal(value)
        case {"enum": values}:
            return " | ".join(_literal(value) for value in values)
        case {"anyOf": several} | {"oneOf": several}:
            return " | ".join(dict.fromkeys(_type(one, used) for one in several))
        case {"allOf": several}:
            return " & ".join(_type(one, used) for one in several)
        case {"type": "array", **more}:
            return f"Array<{_type(more.get('items', True), used)}>"
        case {"properties": members, **more}:
            others = more.get("additionalProperties", False) is not False
            return _object(members, set(schema.get("required", ())), used, others=others)
        case {"type": "object", **more}:
            inner = more.get("additionalProperties", True)
            return f"Record<string, {_type(inner, used)}>"
        case {"type": str() | [*_] as kind, **more}:
            kinds = [kind] if isinstance(kind, str) else kind
            return _FILE if more.get("format") == "binary" else " | ".join(_PRIMITIVES[one] for one in kinds)
        case _:
            return "Json"


def _object(members: Json, required: set[str], used: set[str], *, others: bool) -> str:
    lines = [f"{_key(name)}{'' if name in required else '?'}: {_type(one, used)}" for name, one in members.items()]
    if others:
        lines.append("[name: string]: Json")
    whole = f"{{ {'; '.join(lines)} }}"
    if len(whole) <= _WIDTH and "\n" not in whole:
        return whole
    return "{" + "".join(f"\n{line};" for line in lines).replace("\n", "\n  ") + "\n}"


def _literal(value: object) -> str:
    return json.dumps(value)


def _key(name: str) -> str:
    return name if _NAME.match(name) else _literal(name)
