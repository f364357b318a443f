"""The specialists' table: what lies where, in a tenant's partition.

| key                              | item                                                                       |
|----------------------------------|----------------------------------------------------------------------------|
| specialist#id                    | the specialist, with what serves in each environment                       |
| training#id#training             | a training: its state, lease and checkpoint                                |
| epoch#training#0007              | what one epoch was measured at                                             |
| version#id#000003                | what a completed training made                                             |
| deployment#id#deployment         | a deployment                                                               |
| dataset#id                       | an uploaded dataset                                                        |
| list#shelf#state#id              | its place in a list: of all (empty), or of a skill; of a state, or of any  |
| totals#shelf                     | how many there are on a shelf, of each state and in all                    |
| pace                             | how long trainings lately took for a byte of dataset: looking, and an epoch|

The lists' rows hold nothing but their keys, so that a far page is cheap; ids begin with their time, so a list is in
order. They lie here and not in an index because an index follows later than the totals, which share their transaction.
"""

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import TableName, TenantTable

ALL = "ALL"
"""Every state: the name of a list and of a counter."""
DATASETS = "datasets"
"""A shelf; those of skills begin with `skill:`."""
PACE_KEY = "pace"
MAX_VERSION_DIGITS = 6


class _Item(TenantTable):
    class Meta:
        table_name = TableName("SPECIALISTS_TABLE")

    ttl = NumberAttribute(null=True)


class SpecialistItem(_Item):
    class Meta(_Item.Meta):
        pass

    name = UnicodeAttribute()
    description = UnicodeAttribute()
    skills = ListAttribute[str]()
    status = UnicodeAttribute()
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()
    training_config = JSONAttribute()
    validation_criteria = JSONAttribute()
    revision = NumberAttribute()
    latest_version = NumberAttribute(default=0)
    last_trained = NumberAttribute(null=True)
    accuracy = NumberAttribute(null=True)
    serving = JSONAttribute()
    deploying = JSONAttribute(null=True)
    mode = UnicodeAttribute(null=True)


class TrainingItem(_Item):
    class Meta(_Item.Meta):
        pass

    type = UnicodeAttribute()
    parameters = JSONAttribute()
    source = JSONAttribute()
    state = UnicodeAttribute()
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()
    correlation_id = UnicodeAttribute(null=True)
    total_epochs = NumberAttribute()
    started_at = NumberAttribute(null=True)
    ended_at = NumberAttribute(null=True)
    current_epoch = NumberAttribute(default=0)
    checkpoint = UnicodeAttribute(null=True)
    prepared = UnicodeAttribute(null=True)
    report = JSONAttribute(null=True)
    metrics = JSONAttribute(null=True)
    error = JSONAttribute(null=True)
    version = NumberAttribute(null=True)
    epoch_seconds = NumberAttribute(null=True)
    lease_owner = UnicodeAttribute(null=True)
    leased_until = NumberAttribute(null=True)
    tries = NumberAttribute(default=0)
    epoch_when_taken = NumberAttribute(default=-1)
    tuning = JSONAttribute(null=True)


class EpochItem(_Item):
    class Meta(_Item.Meta):
        pass

    seconds = NumberAttribute()
    metrics = JSONAttribute()


class VersionItem(_Item):
    class Meta(_Item.Meta):
        pass

    training_id = UnicodeAttribute()
    type = UnicodeAttribute()
    model_hash = UnicodeAttribute()
    dataset_hash = UnicodeAttribute()
    metrics = JSONAttribute()
    latency_ms = NumberAttribute(null=True)
    created_at = NumberAttribute()
    tuned = JSONAttribute(null=True)


class DeploymentItem(_Item):
    class Meta(_Item.Meta):
        pass

    version = NumberAttribute()
    environment = UnicodeAttribute()
    state = UnicodeAttribute()
    rollback_on_failure = NumberAttribute()
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()
    correlation_id = UnicodeAttribute(null=True)
    share = NumberAttribute(null=True)
    shadow = NumberAttribute(null=True)
    previous = NumberAttribute(null=True)
    ended_at = NumberAttribute(null=True)
    probe = JSONAttribute(null=True)
    reason = UnicodeAttribute(null=True)


class DatasetItem(_Item):
    class Meta(_Item.Meta):
        pass

    name = UnicodeAttribute()
    format = UnicodeAttribute()
    object = UnicodeAttribute()
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()


class ListRow(_Item):
    class Meta(_Item.Meta):
        pass


class TotalsItem(_Item):
    class Meta(_Item.Meta):
        pass

    ALL = NumberAttribute(default=0)
    DRAFT = NumberAttribute(default=0)
    ACTIVE = NumberAttribute(default=0)
    ARCHIVED = NumberAttribute(default=0)


class PaceItem(_Item):
    class Meta(_Item.Meta):
        pass

    look_seconds_per_byte = NumberAttribute()
    seconds_per_byte = NumberAttribute()


def specialist_key(specialist_id: str) -> str:
    return f"specialist#{specialist_id}"


def training_key(specialist_id: str, training_id: str) -> str:
    return f"training#{specialist_id}#{training_id}"


def epoch_key(training_id: str, number: int) -> str:
    return f"epoch#{training_id}#{number:04}"


def version_key(specialist_id: str, number: int) -> str:
    return f"version#{specialist_id}#{number:0{MAX_VERSION_DIGITS}}"


def deployment_key(specialist_id: str, deployment_id: str) -> str:
    return f"deployment#{specialist_id}#{deployment_id}"


def dataset_key(dataset_id: str) -> str:
    return f"dataset#{dataset_id}"


def list_key(shelf: str, state: str, identifier: str) -> str:
    return f"list#{shelf}#{state}#{identifier}"


def totals_key(shelf: str) -> str:
    return f"totals#{shelf}"


def skill_shelf(skill: str | None) -> str:
    """The shelf of a skill; None: of all specialists. A skill cannot hold a number sign, which parts keys."""
    return "" if skill is None else f"skill:{skill}"
