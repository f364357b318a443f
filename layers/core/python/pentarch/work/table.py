"""The jobs table: what lies where.

| partition      | key                    | item                                                        |
|----------------|------------------------|-------------------------------------------------------------|
| tenant#job     | job                    | the job                                                     |
| tenant#job     | shard#0007             | a shard: its lease and its progress                         |
| tenant#job#0007| result#00000042        | the result of one of the shard's inputs                     |
| tenant#job     | dependent#job          | another job that waits for this one                         |
| tenant#thing   | dependent#job          | the job that began a thing elsewhere, and waits for it      |
| tenant         | list#all#job           | the job's place in the list of all jobs                     |
| tenant         | list#running#job       | its place in the list of its state                          |
| tenant         | totals                 | how many jobs there are, of each state and in all           |
| tenant         | recurrence#rec         | a recurring job                                             |
| tenant         | dead#message           | why a message was given up, and when it was sent back       |
| tenant         | pace#llm               | how long a service lately took for an input                 |

Results lie by shards, because a partition takes 1,000 write units a second, which all workers of a job would share; of
what remains, two for the shard's own item, a job can do 500 inputs a second from its first moment on.

The lists' rows hold nothing but their keys, so that a far page is cheap; ids of jobs begin with their time, so a list
is in order. They lie here and not in an index because an index follows later than the totals, which share their
transaction with them.
"""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import PartitionTable, TableName

JOB_KEY = "job"
TOTALS_KEY = "totals"
ALL = "all"


class _Item(PartitionTable):
    class Meta:
        table_name = TableName("JOBS_TABLE")

    ttl = NumberAttribute(null=True)


class JobItem(_Item):
    class Meta(_Item.Meta):
        pass

    name = UnicodeAttribute()
    type = UnicodeAttribute()
    service = UnicodeAttribute()
    parameters = JSONAttribute()
    priority = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = NumberAttribute()
    owner = JSONAttribute()
    source = JSONAttribute()
    correlation_id = UnicodeAttribute(null=True)
    total = NumberAttribute(null=True)
    started_at = NumberAttribute(null=True)
    ended_at = NumberAttribute(null=True)
    completed = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)
    results = JSONAttribute(null=True)
    log = ListAttribute[str]()
    scheduled_at = NumberAttribute(null=True)
    depends_on = JSONAttribute(null=True)
    retry_of = UnicodeAttribute(null=True)
    recurrence = UnicodeAttribute(null=True)
    target = UnicodeAttribute(null=True)
    steps = NumberAttribute(null=True)
    """Of what it began, and how many of them are done."""
    steps_done = NumberAttribute(null=True)


class ShardItem(_Item):
    class Meta(_Item.Meta):
        pass

    first = NumberAttribute()
    inputs = NumberAttribute()
    manifest = UnicodeAttribute()
    resolved = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    worked_ms = NumberAttribute(default=0)
    done = BooleanAttribute(default=False)
    part_size = NumberAttribute(null=True)
    lease_owner = UnicodeAttribute(null=True)
    leased_until = NumberAttribute(null=True)
    tries = NumberAttribute(default=0)
    resolved_when_taken = NumberAttribute(default=0)


class ResultItem(_Item):
    class Meta(_Item.Meta):
        pass

    line = UnicodeAttribute(null=True)
    object = UnicodeAttribute(null=True)
    failed = BooleanAttribute(null=True)
    """Only of those that did, so that they are found without their text."""


class ListRow(_Item):
    class Meta(_Item.Meta):
        pass


class DependentRow(_Item):
    class Meta(_Item.Meta):
        pass


class TotalsItem(_Item):
    class Meta(_Item.Meta):
        pass

    all = NumberAttribute(default=0)
    scheduled = NumberAttribute(default=0)
    waiting = NumberAttribute(default=0)
    queued = NumberAttribute(default=0)
    running = NumberAttribute(default=0)
    completed = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    cancelled = NumberAttribute(default=0)
    open = NumberAttribute(default=0)
    """Jobs that have not ended, and their inputs as far as they are counted: what quotas bound."""
    open_inputs = NumberAttribute(default=0)
    recurrences = NumberAttribute(default=0)


class RecurrenceItem(_Item):
    class Meta(_Item.Meta):
        pass

    name = UnicodeAttribute()
    expression = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    enabled = BooleanAttribute()
    job = JSONAttribute()
    owner = JSONAttribute()
    created_at = NumberAttribute()
    updated_at = NumberAttribute()
    revision = UnicodeAttribute()
    fired = NumberAttribute(default=0)
    missed = NumberAttribute(default=0)
    last_job = UnicodeAttribute(null=True)
    last_due = NumberAttribute(null=True)
    last_missed = JSONAttribute(null=True)


class DeadLetterItem(_Item):
    class Meta(_Item.Meta):
        pass

    reason = UnicodeAttribute(null=True)
    at = NumberAttribute(null=True)
    redriven_at = NumberAttribute(null=True)


class PaceItem(_Item):
    class Meta(_Item.Meta):
        pass

    seconds_per_input = NumberAttribute()


def partition_of(tenant: str, job_id: str) -> str:
    return f"{tenant}#{job_id}"


def results_partition(tenant: str, job_id: str, shard: int) -> str:
    return f"{partition_of(tenant, job_id)}#{shard:04}"


def shard_key(number: int) -> str:
    return f"shard#{number:04}"


def result_key(index: int) -> str:
    return f"result#{index:08}"


def dependent_key(job_id: str = "") -> str:
    return f"dependent#{job_id}"


def list_key(listed: str, job_id: str) -> str:
    return f"list#{listed}#{job_id}"


def pace_key(service: str) -> str:
    return f"pace#{service}"


def recurrence_key(recurrence_id: str) -> str:
    return f"recurrence#{recurrence_id}"


def dead_letter_key(message_id: str) -> str:
    return f"dead#{message_id}"
