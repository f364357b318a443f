"""API documentation in Markdown, written from Python's syntax tree: the source is read and never imported."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tools.builtin import sources

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_MAX_DEFAULT = 60
"""Characters of a value that is shown."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


class Options(NamedTuple):
    title: str = "API reference"
    include_private: bool = False
    level: int = 1


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    asked = request["parameters"]
    options = Options(asked["title"], asked["include_private"], asked["heading_level"])
    folder = sources.gathered(request)
    given = {sources.name_of(path, folder): path.read_bytes() for path in sources.files(folder)}
    return document(given, options)


def document(given: Mapping[str, bytes], options: Options) -> dict[str, Any]:
    """One page for all modules, in the order of their names; what is no Python is told and left out."""
    pages: list[str] = []
    modules: list[dict[str, Any]] = []
    skipped: list[dict[str, str]] = []
    for path in sorted(given):
        name = module_name(path)
        if not options.include_private and any(is_private(part) for part in name.split(".")):
            continue
        try:
            tree = ast.parse(given[path])
        except (SyntaxError, ValueError) as error:
            skipped.append({"file": path, "reason": f"{type(error).__name__}: {str(error)[:200]}"})
            continue
        members = Members.of(tree, options)
        modules.append(
            {"module": name, "file": path, "classes": len(members.classes), "functions": len(members.functions)}
        )
        pages.append(_module(name, tree, members, options))
    heading = f"{'#' * options.level} {escaped(options.title)}"
    contents = [f"- [`{one['module']}`](#{_anchor(one['module'])})" for one in modules] if len(modules) > 1 else []
    text = "\n\n".join([heading, *(["\n".join(contents)] if contents else []), *pages]) + "\n"
    return {
        "markdown": text,
        "modules": modules,
        "classes": sum(one["classes"] for one in modules),
        "functions": sum(one["functions"] for one in modules),
        "skipped": skipped,
    }


class Members(NamedTuple):
    """What a module or a class tells of itself, in the order of its source."""

    classes: list[ast.ClassDef]
    functions: list[_Function]
    values: list[tuple[str, str | None, str | None, str | None]]
    """Name, annotation, value and docstring of each variable."""

    @classmethod
    def of(cls, node: ast.Module | ast.ClassDef, options: Options) -> "Members":
        shown = exported(node)

        def told(name: str) -> bool:
            if shown is not None:
                return name in shown
            return options.include_private or not is_private(name)

        classes = [one for one in node.body if isinstance(one, ast.ClassDef) and told(one.name)]
        functions = [one for one in node.body if isinstance(one, _Function) and told(one.name)]
        return cls(classes, _overloads_once(functions), [one for one in _values(node) if told(one[0])])


def exported(node: ast.AST) -> set[str] | None:
    """The names of `__all__`, where it is a plain list; None where there is none."""
    for one in node.body if isinstance(node, ast.Module) else ():
        if isinstance(one, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in one.targets):
            try:
                return set(ast.literal_eval(one.value))
            except (ValueError, TypeError):
                return None
    return None


def is_private(name: str) -> bool:
    return name.startswith("_") and name not in ("__init__", "__call__")


def module_name(path: str) -> str:
    parts = list(Path(path).with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


def escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def signature(node: _Function, *, is_method: bool = False) -> str:
    """As the source has it, without `self` and `cls`, in one line where that is short."""
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    if is_method and plain and not _decorated(node, "staticmethod"):
        plain = plain[1:]
        given = ast.arguments(
            posonlyargs=[one for one in given.posonlyargs if one in plain],
            args=[one for one in given.args if one in plain],
            vararg=given.vararg,
            kwonlyargs=given.kwonlyargs,
            kw_defaults=given.kw_defaults,
            kwarg=given.kwarg,
            defaults=given.defaults[-len(plain) :] if plain else [],
        )
    returned = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    prefix = "async def " if isinstance(node, ast.AsyncFunctionDef) else "def "
    head = f"{prefix}{node.name}"
    line = f"{head}({ast.unparse(given)}){returned}"
    if len(line) <= 88:  # noqa: PLR2004 (a line that fits beside a page's margin)
        return line
    return "\n".join([f"{head}(", *(f"    {one}," for one in _arguments(given)), f"){returned}"])


def _arguments(given: ast.arguments) -> Iterator[str]:
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + list(given.defaults)
    for number, (one, default) in enumerate(zip(plain, defaults, strict=True)):
        yield _argument(one, default)
        if given.posonlyargs and number + 1 == len(given.posonlyargs):
            yield "/"
    if given.vararg:
        yield f"*{_argument(given.vararg, None)}"
    elif given.kwonlyargs:
        yield "*"
    for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield _argument(one, default)
    if given.kwarg:
        yield f"**{_argument(given.kwarg, None)}"


def _argument(one: ast.arg, default: ast.expr | None) -> str:
    kind = f": {ast.unparse(one.annotation)}" if one.annotation is not None else ""
    if default is None:
        return f"{one.arg}{kind}"
    return f"{one.arg}{kind} = {_short(default)}" if kind else f"{one.arg}={_short(default)}"


def _module(name: str, tree: ast.Module, members: Members, options: Options) -> str:
    level = options.level + 1
    parts = [f"{'#' * level} `{name}`", *_docs(tree)]
    parts += _variables(members)
    for one in members.classes:
        parts += _class(one, level + 1, options)
    for function in members.functions:
        parts += _function(function, level + 1)
    return "\n\n".join(parts)


def _class(node: ast.ClassDef, level: int, options: Options) -> list[str]:
    members = Members.of(node, options)
    bases = [*(ast.unparse(one) for one in node.bases), *(f"{k.arg}={ast.unparse(k.value)}" for k in node.keywords)]
    head = f"class {node.name}({', '.join(bases)})" if bases else f"class {node.name}"
    decorators = "".join(f"@{ast.unparse(one)}\n" for one in node.decorator_list)
    parts = [f"{'#' * min(level, 6)} {escaped(node.name)}", f"```python\n{decorators}{head}\n```", *_docs(node)]
    parts += _variables(members)
    for one in members.functions:
        parts += _function(one, level + 1, owner=node.name)
    for inner in members.classes:
        parts += _class(inner, level + 1, options)
    return parts


def _function(node: _Function, level: int, *, owner: str | None = None) -> list[str]:
    name = node.name if owner is None else f"{owner}.{node.name}"
    decorators = "".join(f"@{ast.unparse(one)}\n" for one in node.decorator_list)
    code = f"```python\n{decorators}{signature(node, is_method=owner is not None)}\n```"
    return [f"{'#' * min(level, 6)} {escaped(name)}", code, *_docs(node)]


def _variables(members: Members) -> list[str]:
    if not members.values:
        return []
    rows = ["| name | type | value | |", "| --- | --- | --- | --- |"]
    for name, kind, value, docs in members.values:
        cells = [_cell(name), _cell(kind), _cell(value), _plain_cell(docs)]
        rows.append(f"| {' | '.join(cells)} |")
    return ["\n".join(rows)]


def _values(node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, str | None, str | None, str | None]]:
    followers: Sequence[ast.stmt | None] = [*node.body, None][1:]
    for one, after in zip(node.body, followers, strict=True):
        docs = None
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            docs = inspect.cleandoc(after.value.value)
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            value = None if one.value is None else _short(one.value)
            yield one.target.id, ast.unparse(one.annotation), value, docs
        elif isinstance(one, ast.Assign) and len(one.targets) == 1:
            target = one.targets[0]
            if isinstance(target, ast.Name) and target.id != "__all__":
                yield target.id, None, _short(one.value), docs


def _docs(node: ast.Module | ast.ClassDef | _Function) -> list[str]:
    docs = ast.get_docstring(node)
    return [_body(docs)] if docs else []


def _body(docs: str) -> str:
    """A docstring as it is, but no line of it may pass for a heading of the page."""
    return "\n".join(f"\\{line}" if line.lstrip().startswith("#") else line for line in docs.splitlines())


def _overloads_once(functions: list[_Function]) -> list[_Function]:
    """Of a function that is declared for several types of arguments, and of a property, one."""
    kept: dict[str, _Function] = {}
    for one in functions:
        if _decorated(one, "setter") or _decorated(one, "deleter"):
            continue
        kept[one.name] = one
    return list(kept.values())


def _decorated(node: _Function, name: str) -> bool:
    return any(ast.unparse(one).rpartition(".")[2] == name for one in node.decorator_list)


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= _MAX_DEFAULT else f"{text[:_MAX_DEFAULT]}…"


def _cell(text: str | None) -> str:
    """Code in a table; a bar would part its cells."""
    return "" if not text else f"`{text.replace('|', chr(92) + '|').replace(chr(96), chr(39))}`"


def _plain_cell(text: str | None) -> str:
    return "" if not text else " ".join(text.split()).replace("|", "\\|")


def _anchor(name: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^a-z0-9_ -]", "", name.lower()).replace(" ", "-")
