"""From requirement documents to `constraints.json`: deterministic, and each constraint says where it was read."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sessions.errors import AgentError, RunTimeoutError
from sessions.spec import levels, quantities, statements
from sessions.spec.conflicts import conflicts_in
from sessions.spec.levels import Level
from sessions.spec.quantities import Quantity
from sessions.spec.statements import Kind, Statement
from sessions.work import Source, Task

OUTPUT = "constraints.json"
FORMAT = "pentarch/constraints/1"
REVISION = "revision"
"""What reviewers asked for, as a source: it has no file."""
_OWN_ID = re.compile(r"^\W*(?P<id>[A-Z]{1,8}(?:-[A-Z]{1,8})?-?\d{1,5}(?:\.\d{1,3})*)\s*[:.)\]\u2013-]+\s*(?P<rest>.+)$")
_KEY = re.compile(r"^(?P<key>[^:.;]{1,80}?)\s*:\s+(?P<rest>.+)$")
_BEFORE_MODAL = re.compile(
    r"^(?:the|a|an|its|all|each|every)?\s*(?P<subject>[^,;:]{1,80}?)\s+(?:must|shall|should|may|can|could|has to"
    r"|have to|needs? to|is required|are required|is|are)\b",
    re.IGNORECASE,
)
_PRONOUNS = frozenset({"it", "this", "that", "they", "these", "those", "there", "we", "you", "which"})
_UNDECIDED = re.compile(r"\b(?:tbd|tbc|tba|to be (?:defined|determined|confirmed|decided))\b|\?\?", re.IGNORECASE)
_VAGUE = re.compile(
    r"\b(?:as (?:needed|required|appropriate)"
    r"|user[- ]friendly|easy to use|state[- ]of[- ]the[- ]art|adequate|sufficient|appropriate|reasonable|robust|fast"
    r"|quick|cheap|small|low|high|lightweight|etc)\b",
    re.IGNORECASE,
)
_TABLE_COLUMNS = {
    "id": ("id", "no", "no.", "nr", "#", "req", "requirement id"),
    "subject": (
        "parameter",
        "name",
        "item",
        "property",
        "feature",
        "characteristic",
        "requirement",
        "quantity",
        "symbol",
    ),
    "low": ("min", "min.", "minimum", "lower"),
    "value": ("typ", "typ.", "typical", "nominal", "nom", "value", "target"),
    "high": ("max", "max.", "maximum", "upper", "limit"),
    "unit": ("unit", "units"),
    "priority": ("priority", "prio", "level", "moscow"),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    id: str | None
    level: Level
    text: str
    section: tuple[str, ...]
    path: str
    line: int
    subject: str | None = None
    prohibits: bool = False
    stated: bool = False
    """Whether no word says how binding it is: a value that simply stands there."""
    quantities: tuple[Quantity, ...] = ()
    supersedes: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": self.id,
            "level": self.level,
            "prohibits": self.prohibits,
            "stated": self.stated,
            "subject": self.subject,
            "text": self.text,
            "section": list(self.section),
            "source": {"path": self.path, "line": self.line},
            "quantities": [one.told() for one in self.quantities],
        }
        return told | ({"supersedes": list(self.supersedes)} if self.supersedes else {})


def extract(task: Task) -> Mapping[str, str]:
    """The text of `constraints.json`. AgentError where the documents require nothing."""
    found: list[Requirement] = []
    title = None
    for number, source in enumerate(task.sources):
        task.say(0.35 + 0.3 * number / len(task.sources), f"Reading requirements: document {number + 1}")
        tokens = statements.parse(source.text)
        title = title or statements.title_of(tokens)
        found += _of_document(task, source, tokens)
        task.detail(f"{source.path}: {sum(one.path == source.path for one in found)} requirements")
    numbered = _numbered(found)
    for number, words in enumerate(task.instructions, 1):
        numbered = _revised(numbered, words, number)
    if not numbered:
        msg = "the documents state no requirement: no must, shall, should or may, and no value with a unit"
        raise AgentError(msg, details={"files": [source.path for source in task.sources]})
    task.say(0.7, "Looking for conflicts and open points")
    return {OUTPUT: _written(title, task, numbered)}


def _of_document(task: Task, source: Source, tokens: list[Any]) -> list[Requirement]:
    found: list[Requirement] = []
    for statement in statements.read(tokens):
        if task.remaining_s() <= 0:
            msg = "the documents are too long for the time of a run"
            raise RunTimeoutError(msg)
        if not levels.is_left_out(statement.section):
            found += _of_statement(statement, source.path)
    return found


def _of_statement(statement: Statement, path: str) -> Iterator[Requirement]:
    if statement.kind is Kind.ROW:
        yield from _of_row(statement, path)
        return
    own_id, text = _without_id(statement.text)
    stated = tuple(quantities.find(text))
    said = levels.said(text)
    by_heading = levels.of_section(statement.section)
    is_listed = statement.kind is Kind.POINT and (
        stated or levels.is_binding(statement.section) or by_heading or _UNDECIDED.search(text)
    )
    if said is None and not is_listed and not (stated and levels.is_binding(statement.section)):
        return
    key = _KEY.match(text)
    if said is not None and said.level is Level.MAY and by_heading is None and stated and key:
        said = None  # `Input: can be 5 V` states a value
    level = said.level if said is not None else by_heading or Level.MUST
    yield Requirement(
        own_id,
        level,
        text,
        statement.section,
        path,
        statement.line,
        subject=_subject(text, key),
        prohibits=said is not None and said.prohibits,
        stated=said is None,
        quantities=stated,
    )


def _of_row(statement: Statement, path: str) -> Iterator[Requirement]:
    named = _columns(statement)
    priority = levels.of_priority(named.get("priority", ""))
    said = levels.said(statement.text)
    if named.get("unit"):
        one = quantities.stated(
            named.get("value"), named.get("low"), named.get("high"), named["unit"], _in_words(named)
        )
        stated: tuple[Quantity, ...] = () if one is None else (one,)
    else:
        stated = tuple(quantities.find(" ; ".join(f"{heading} {content}" for heading, content in statement.cells)))
    if not stated and said is None and priority is None:
        return
    level = priority or (said.level if said else None) or levels.of_section(statement.section) or Level.MUST
    yield Requirement(
        named.get("id"),
        level,
        statement.text,
        statement.section,
        path,
        statement.line,
        subject=named.get("subject") or statement.cells[0][1] or None,
        prohibits=said is not None and said.prohibits,
        stated=priority is None and said is None,
        quantities=stated,
    )


def _columns(statement: Statement) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading, content in statement.cells:
        for name, spellings in _TABLE_COLUMNS.items():
            if heading.strip().lower() in spellings and content.strip():
                found.setdefault(name, content.strip())
    return found


def _in_words(named: Mapping[str, str]) -> str:
    parts = [
        f"{word} {named[name]}" for name, word in (("low", "min"), ("value", "typ"), ("high", "max")) if name in named
    ]
    return " ".join([*parts, named["unit"]])


def _without_id(text: str) -> tuple[str | None, str]:
    match = _OWN_ID.match(text)
    return (match["id"], match["rest"]) if match else (None, text)


def _subject(text: str, key: re.Match[str] | None) -> str | None:
    if key:
        return key["key"].strip()
    match = _BEFORE_MODAL.match(text)
    subject = match["subject"].strip() if match else ""
    return subject if subject and subject.lower() not in _PRONOUNS else None


def _numbered(found: list[Requirement], taken: frozenset[str] = frozenset()) -> list[Requirement]:
    """Each with an id of its own: the document's, else the next number that is free."""
    used = set(taken)
    named: list[Requirement] = []
    for one in found:
        keeps = one.id is not None and one.id not in used
        if keeps and one.id is not None:
            used.add(one.id)
        named.append(one if keeps else replace(one, id=None))
    numbers = (f"REQ-{number:03}" for number in range(1, 100_000))
    free = (name for name in numbers if name not in used)
    return [one if one.id is not None else replace(one, id=next(free)) for one in named]


def _revised(before: list[Requirement], words: str, number: int) -> list[Requirement]:
    """With what a reviewer asks for: a new bound of the same thing takes the place of the former."""
    tokens = statements.parse(words)
    place = f"{REVISION}-{number}"
    asked = [one for statement in statements.read(tokens) for one in _of_any(statement, place)]
    new = _numbered(asked, frozenset(one.id for one in before if one.id))
    gone: set[str] = set()
    result: list[Requirement] = []
    for one in new:
        former = [other for other in before if other.id and other.id not in gone and _is_of_same(one, other)]
        gone |= {other.id for other in former if other.id}
        result.append(replace(one, supersedes=tuple(other.id for other in former if other.id)))
    return [one for one in before if one.id not in gone] + result


def _of_any(statement: Statement, place: str) -> list[Requirement]:
    """A reviewer's sentence is a requirement, whether or not its words say so."""
    found = list(_of_statement(replace(statement, kind=Kind.POINT, section=("Requirements",)), place))
    return [replace(one, section=()) for one in found]


def _is_of_same(new: Requirement, old: Requirement) -> bool:
    if new.subject is None or old.subject is None or _normal(new.subject) != _normal(old.subject):
        return False
    return bool({one.unit.dimension for one in new.quantities} & {one.unit.dimension for one in old.quantities})


def _normal(subject: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\b(?:the|a|an)\b", " ", subject.lower())).strip()


def _open_points(found: list[Requirement]) -> Iterator[dict[str, Any]]:
    for one in found:
        vague = _UNDECIDED.search(one.text) or (None if one.quantities else _VAGUE.search(one.text))
        if vague is not None:
            yield {"id": one.id, "reason": f"`{vague[0]}` cannot be verified: no value is named"}


def _written(title: str | None, task: Task, found: list[Requirement]) -> str:
    conflicts = list(
        conflicts_in((one.id or "", _normal(one.subject or ""), one.level, one.quantities) for one in found)
    )
    points = list(_open_points(found))
    levelled = {level.value: sum(one.level is level for one in found) for level in Level}
    constraints = {
        "format": FORMAT,
        "title": title or task.sources[0].path,
        "sources": [source.told() for source in task.sources],
        "revisions": list(task.instructions),
        "summary": {
            "requirements": len(found),
            **levelled,
            "quantified": sum(bool(one.quantities) for one in found),
            "conflicts": len(conflicts),
            "open_points": len(points),
        },
        "requirements": [one.told() for one in found],
        "conflicts": conflicts,
        "open_points": points,
    }
    return json.dumps(constraints, indent=2, ensure_ascii=False) + "\n"
