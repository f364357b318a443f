"""From constraints to `architecture.md`: components with what each answers for, a diagram, budgets, what is open."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from sessions.architecture.components import BY_KEY, COMPONENTS, EDGES, allocated
from sessions.errors import AgentError
from sessions.work import Task

OUTPUT = "architecture.md"
_UNALLOCATED = "unallocated"
_METHODS = {"must": "test", "should": "test", "may": "review"}
_MAX_TEXT = 300

Row = Mapping[str, Any]


def design(task: Task) -> Mapping[str, str]:
    """The text of `architecture.md`. AgentError where a file holds no constraints."""
    documents = [(source.path, _constraints(source.path, source.text)) for source in task.sources]
    requirements = [one for _, document in documents for one in document["requirements"]]
    task.say(0.4, "Allocating requirements to components")
    by_component: dict[str, list[Row]] = {}
    for one in requirements:
        dimensions = frozenset(str(quantity.get("dimension")) for quantity in one.get("quantities", ()))
        key = allocated(one.get("subject"), str(one["text"]), list(one.get("section", ())), dimensions)
        by_component.setdefault(key or _UNALLOCATED, []).append(one)
        task.detail(f"{one['id']} is answered for by {key or 'nothing'}")
    task.say(0.6, "Writing the architecture")
    ordered = {one.key: by_component[one.key] for one in COMPONENTS if one.key in by_component}
    title = str(documents[0][1].get("title") or documents[0][0])
    lines = [
        f"# Architecture: {_words(title)}",
        "",
        *_overview(task, requirements, ordered),
        *_diagram(title, ordered),
        *_sections(ordered),
        *_budgets(requirements),
        *_trace(ordered, by_component.get(_UNALLOCATED, [])),
        *_open(documents, by_component.get(_UNALLOCATED, []), task.instructions),
    ]
    return {OUTPUT: "\n".join(lines).rstrip() + "\n"}


def _constraints(path: str, text: str) -> Mapping[str, Any]:
    """A document as `spec` makes it; AgentError names what is missing."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{path} is no JSON: the skill `spec` makes constraints of a requirements document"
        raise AgentError(msg, details={"path": path}) from error
    found = document.get("requirements") if isinstance(document, dict) else None
    is_sound = isinstance(found, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("id"), str)
        and isinstance(one.get("text"), str)
        and isinstance(one.get("section", []), list)
        and isinstance(one.get("quantities", []), list)
        and all(isinstance(each, dict) for each in one.get("quantities", []))
        and isinstance(one.get("subject") or "", str)
        for one in found
    )
    if not is_sound or not found:
        msg = f"{path} holds no constraints: a member `requirements`, each with an `id` and a `text`"
        raise AgentError(msg, details={"path": path})
    checked: Mapping[str, Any] = document
    return checked


def _overview(task: Task, requirements: list[Row], ordered: Mapping[str, list[Row]]) -> Iterator[str]:
    musts = sum(one.get("level") == "must" for one in requirements)
    sources = ", ".join(f"`{source.path}` (version {source.version})" for source in task.sources)
    yield f"Derived from {sources}: {len(requirements)} requirements, of which {musts} are binding,"
    yield f"answered for by {len(ordered)} components."
    yield ""


def _diagram(title: str, ordered: Mapping[str, list[Row]]) -> Iterator[str]:
    yield from ("## Components", "", "```mermaid", "flowchart LR")
    yield f'  subgraph product["{_label(title)}"]'
    for key, rows in ordered.items():
        yield f'    {key}["{BY_KEY[key].name}<br/>{len(rows)} requirement{"s" * (len(rows) != 1)}"]'
    yield "  end"
    for start, end, verb in EDGES:
        if start in ordered and end in ordered:
            yield f"  {start} -->|{verb}| {end}"
    if "communication" in ordered:
        yield '  outside(["Other systems"]) <--> communication'
    if "user" in ordered:
        yield '  person(["User"]) <--> user'
    if "power" in ordered:
        yield '  source(["Energy source"]) --> power'
    yield from ("```", "")


def _sections(ordered: Mapping[str, list[Row]]) -> Iterator[str]:
    for key, rows in ordered.items():
        component = BY_KEY[key]
        yield from (f"### {component.name}", "", f"{component.purpose}. Answers for:", "")
        for one in rows:
            yield f"- **{_words(one['id'])}** ({one.get('level', 'must')}): {_words(one['text'])}{_quantified(one)}"
        yield ""


def _quantified(one: Row) -> str:
    found = [_words(str(each["text"])) for each in one.get("quantities", ()) if each.get("text")]
    return f" [{'; '.join(found)}]" if found else ""


def _budgets(requirements: list[Row]) -> Iterator[str]:
    rows = list(_power(requirements)) + list(_costs(requirements))
    if rows:
        yield from ("## Budgets", "", "| budget | follows from | value |", "| --- | --- | --- |", *rows, "")


def _power(requirements: list[Row]) -> Iterator[str]:
    """The greatest power of what states both a voltage and a current."""
    for one in requirements:
        volts = _greatest(one, "voltage")
        amperes = _greatest(one, "current")
        for volt, ampere in product(volts, amperes):
            name = _words(str(one.get("subject") or one["id"]))
            yield f"| {name}: power | {_words(one['id'])}: {volt:g} V × {ampere:g} A | {volt * ampere:g} W |"  # noqa: RUF001 (the sign of multiplication)


def _greatest(one: Row, dimension: str) -> list[float]:
    bases = [each.get("base", {}) for each in one.get("quantities", ()) if each.get("dimension") == dimension]
    values = [base.get("max", base.get("value")) for base in bases if isinstance(base, dict)]
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    return [max(numbers)] if numbers else []


def _costs(requirements: list[Row]) -> Iterator[str]:
    for one in requirements:
        for each in one.get("quantities", ()):
            if each.get("dimension") == "money":
                name, stated = _words(str(one.get("subject") or "Cost")), _words(str(each.get("text")))
                yield f"| {name} | {_words(one['id'])} | {stated} |"


def _trace(ordered: Mapping[str, list[Row]], unallocated: list[Row]) -> Iterator[str]:
    yield from ("## Traceability", "", "| requirement | level | component | verified by |", "| --- | --- | --- | --- |")
    for key, rows in (*ordered.items(), (_UNALLOCATED, unallocated)):
        for one in rows:
            name = BY_KEY[key].name if key in BY_KEY else "none yet"
            level = str(one.get("level", "must"))
            method = _METHODS.get(level, "review") if one.get("quantities") else "inspection"
            yield f"| {_words(one['id'])} | {level} | {name} | {method} |"
    yield ""


def _open(
    documents: list[tuple[str, Mapping[str, Any]]], unallocated: list[Row], instructions: tuple[str, ...]
) -> Iterator[str]:
    points = [f"{one['id']} is answered for by no component: {one['text']}" for one in unallocated]
    for _, document in documents:
        points += [f"{each.get('id')}: {each.get('reason')}" for each in _rows(document, "open_points")]
        points += [
            f"{' and '.join(map(str, each.get('requirements', ())))} exclude each other: "
            f"{' against '.join(map(str, each.get('texts', ())))}"
            for each in _rows(document, "conflicts")
        ]
    points += [f"A reviewer asks: {one}" for one in instructions]
    yield from ("## Open points", "")
    yield from [f"- {_words(point)}" for point in points] or ["None."]


def _rows(document: Mapping[str, Any], name: str) -> list[Row]:
    found = document.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _words(text: str) -> str:
    """Of others' words one line, which neither ends a table's cell nor begins HTML."""
    line = re.sub(r"\s+", " ", text).strip()[:_MAX_TEXT]
    return line.replace("|", "\\|").replace("<", "&lt;")


def _label(text: str) -> str:
    """In a diagram's quotes."""
    return re.sub(r"[^\w .,:()/+-]", " ", text)[:80].strip()
