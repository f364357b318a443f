"""The two tables: what lies where.

WorkflowsTable

| partition        | key              | item                                                              |
|------------------|------------------|-------------------------------------------------------------------|
| tenant           | workflow#id      | a workflow: what lists show and search                            |
| tenant           | name#text        | which workflow has the name                                       |
| tenant#workflow  | revision#000003  | a revision of its definition; none is ever changed                |
| tenant           | totals           | how many workflows there are                                      |

ExecutionsTable

| partition        | key                     | item                                                       |
|------------------|-------------------------|------------------------------------------------------------|
| tenant#execution | run                     | the execution                                              |
| tenant#execution | run#definition          | what it runs                                               |
| tenant#execution | run#step#step-1         | where a step stands                                        |
| tenant#execution | input                   | its parameters and context                                 |
| tenant#execution | result#step-1           | what a step left                                           |
| tenant#execution | lane#step-1#03          | of a step over a list: a lane's lease and progress         |
| tenant#execution | item#step-1#00000042    | and what an item left                                      |
| tenant#execution | log#info#1763..#...     | a line of the log; it ends with its time to live           |
| tenant#list      | exec-..                 | an execution in the part of a list with its state's letter |
| tenant#list      | month#2026-11           | how many: `C` in the month, `C21` on the 21st              |
| tenant#list      | day#2026-11-21          | how many: `C07` in the hour from 7 on                      |
| tenant           | pace#w:workflow-..      | how long its executions lately took                        |
| @due             | 1763...#tenant#exec-..  | when the sweep looks at an execution                       |

What the engine reads at each step begins with `run`, so it is one query. Larger values lie in S3, and the item names
the object.
"""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import PartitionTable, TableName

RUN = "run"
DEFINITION = "run#definition"
STEP_PREFIX = "run#step#"
INPUT = "input"
TOTALS = "totals"
DUE = "@due"
"""No tenant has this name: names of tenants begin with a letter or a digit."""


class _Item(PartitionTable):
    class Meta:
        table_name = TableName("EXECUTIONS_TABLE")

    ttl = NumberAttribute(null=True)


class RunItem(_Item):
    """`data` is what never changes, as JSON; the engine's conditions look at the other attributes."""

    class Meta(_Item.Meta):
        pass

    data = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    revision = NumberAttribute(null=True)
    phase = UnicodeAttribute(null=True)
    steps_completed = NumberAttribute(null=True)
    steps_failed = NumberAttribute(null=True)
    steps_skipped = NumberAttribute(null=True)
    tokens = NumberAttribute(null=True)
    cost_nano_usd = NumberAttribute(null=True)
    watch_at = NumberAttribute(null=True)
    started_at = NumberAttribute(null=True)
    ended_at = NumberAttribute(null=True)
    ended_by = UnicodeAttribute(null=True)
    wrong_kind = UnicodeAttribute(null=True)
    wrong_message = UnicodeAttribute(null=True)
    numbers = UnicodeAttribute(null=True)


class StepItem(_Item):
    class Meta(_Item.Meta):
        pass

    state = UnicodeAttribute(null=True)
    revision = NumberAttribute(null=True)
    attempt = NumberAttribute(null=True)
    tries = NumberAttribute(null=True)
    holder = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)
    lives = NumberAttribute(null=True)
    started_at = NumberAttribute(null=True)
    ended_at = NumberAttribute(null=True)
    tokens = NumberAttribute(null=True)
    cost_nano_usd = NumberAttribute(null=True)
    wrong_kind = UnicodeAttribute(null=True)
    wrong_message = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    result_of = UnicodeAttribute(null=True)
    items = NumberAttribute(null=True)
    lanes = NumberAttribute(null=True)


class TextItem(_Item):
    """A JSON text: the definition, the input, a result, an item's result."""

    class Meta(_Item.Meta):
        pass

    text = UnicodeAttribute(null=True)
    object = UnicodeAttribute(null=True)
    """The key in S3 of a text that is too long for here."""


class LaneItem(_Item):
    class Meta(_Item.Meta):
        pass

    revision = NumberAttribute(null=True)
    resolved = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)
    attempt = NumberAttribute(null=True)
    tries = NumberAttribute(null=True)
    holder = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)
    lives = NumberAttribute(null=True)
    done = BooleanAttribute(null=True)
    tokens = NumberAttribute(null=True)
    cost_nano_usd = NumberAttribute(null=True)


class LogItem(_Item):
    class Meta(_Item.Meta):
        pass

    message = UnicodeAttribute(null=True)
    step = UnicodeAttribute(null=True)
    metadata = UnicodeAttribute(null=True)


class RowItem(_Item):
    """A key alone, or a row of counters, whose names depend on the time."""

    class Meta(_Item.Meta):
        pass


class PaceItem(_Item):
    class Meta(_Item.Meta):
        pass

    seconds = NumberAttribute(null=True)


class WorkflowItem(PartitionTable):
    class Meta:
        table_name = TableName("WORKFLOWS_TABLE")

    data = UnicodeAttribute(null=True)
    revision = NumberAttribute(null=True)
    total = NumberAttribute(null=True)
    owner = UnicodeAttribute(null=True)


def partition_of(tenant: str, execution_id: str) -> str:
    return f"{tenant}#{execution_id}"


def step_key(step_id: str) -> str:
    return f"{STEP_PREFIX}{step_id}"


def result_key(step_id: str) -> str:
    return f"result#{step_id}"


def lane_key(step_id: str, number: int) -> str:
    return f"lane#{step_id}#{number:02}"


def item_key(step_id: str, index: int) -> str:
    return f"item#{step_id}#{index:08}"
