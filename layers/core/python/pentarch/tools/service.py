"""Which tools a tenant has: the built-in ones and its own."""

from collections.abc import Sequence

from pentarch.tools import catalogue, store
from pentarch.tools.errors import ToolNotFoundError, UnknownToolsError
from pentarch.tools.model import ToolSpec, id_of


def of(tenant: str, names: Sequence[str], *, field: str = "tools") -> list[ToolSpec]:
    """The tools that go by these names or ids, in their order, each once.

    At most one call, and none where all are built in. Raises UnknownToolsError, which names what is missing.
    """
    ids = {name: id_of(name) for name in names}
    built_in = catalogue.built_in()
    asked = sorted({one for one in ids.values() if one and one not in built_in})
    own = store.tools(tenant, asked) if asked else {}
    found: dict[str, ToolSpec] = {}
    missing: list[str] = []
    for name, tool_id in ids.items():
        if tool_id in built_in:
            found[tool_id] = built_in[tool_id]
        elif tool_id in own:
            found[tool_id] = own[tool_id].spec
        else:
            missing.append(name)
    if missing:
        raise UnknownToolsError(missing, field=field)
    return list(found.values())


def get(tenant: str, name: str) -> ToolSpec:
    """Raises ToolNotFoundError."""
    try:
        [spec] = of(tenant, [name])
    except UnknownToolsError as error:
        raise ToolNotFoundError from error
    return spec


def every(tenant: str) -> list[ToolSpec]:
    """All of them, the built-in ones first."""
    return [*catalogue.built_in().values(), *(tool.spec for tool in store.shelf(tenant).tools)]
