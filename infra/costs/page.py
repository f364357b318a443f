"""The part of docs/costs.md that is computed, between its two marks. Written by `make costs`."""

import re
from pathlib import Path
from typing import Any

import yaml

from costs.model import Prices, Running, Use, idle, of_request

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "costs.md"
HERE = Path(__file__).parent
RUNNING = Running(milliseconds=50, memory_mb=512)
BEHIND = Running(milliseconds=100, memory_mb=512)
_PART = re.compile(r"(?<=<!-- computed -->\n).*(?=<!-- end -->)", re.DOTALL)
_MILLION = 1_000_000


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as the plain values behind them: only types are looked at."""


_Loader.add_multi_constructor("!", lambda loader, _, node: _plain(loader, node))


def _plain(loader: _Loader, node: yaml.Node) -> Any:  # noqa: ANN401 (any YAML value)
    match node:
        case yaml.ScalarNode():
            return loader.construct_scalar(node)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case _:
            return loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]


def prices() -> Prices:
    found: Prices = yaml.safe_load((HERE / "prices.yaml").read_text())
    return found


def measured() -> dict[str, Use]:
    return {name: Use(**use) for name, use in yaml.safe_load((HERE / "measured.yaml").read_text()).items()}


def template() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Loader)  # noqa: S506 (a SafeLoader with more)
    return found


def computed() -> str:
    table = prices()
    rows = idle(template()["Resources"], table, RUNNING)
    lines = [
        f"Prices of {table['region']}, written down on {table['as_of']}.",
        "",
        "**A month in which nobody calls**",
        "",
    ]
    lines += ["| what | count | dollars a month |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {count:,} | {dollars:.2f} |" for name, count, dollars in rows]
    lines += [f"| together | | {sum(dollars for _, _, dollars in rows):.2f} |", "", "**A million of each**", ""]
    lines += [
        "| request | calls to AWS | write units | read units | dollars a million |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    events = [name for name in measured() if name.startswith("behind")]
    for name, use in measured().items():
        run = BEHIND if name in events else RUNNING
        dollars = (use.dollars(table) + 2 * run.dollars(table)) if name in events else of_request(use, run, table)
        units = f"{use.write_units:g} | {use.read_units:g}"
        lines.append(f"| {name} | {use.calls} | {units} | {dollars * _MILLION:.2f} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    return _PART.sub(lambda _: computed(), PAGE.read_text())
