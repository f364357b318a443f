"""The models' table: in a tenant's partition a model by its id, and how many there are."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.models.errors import ModelExistsError, ModelMissingError, ModelMovedError, TooManyModelsError
from pentarch.models.manifest import Manifest
from pentarch.models.model import MAX_MODELS, STACK, TRANSITIONS, Registered, State
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Table, TableName, Transaction, batch_get

_PREFIX = "model#"
_TOTAL = "total"


class ModelItem(Table):
    class Meta:
        table_name = TableName("MODELS_TABLE")

    tenant = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    manifest = JSONAttribute()
    state = UnicodeAttribute()
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()
    load = UnicodeAttribute(null=True)
    progress = NumberAttribute(default=0)
    asked_at = NumberAttribute(null=True)
    loaded_at = NumberAttribute(null=True)
    seconds = NumberAttribute(null=True)
    memory_bytes = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)


class TotalItem(Table):
    class Meta:
        table_name = TableName("MODELS_TABLE")

    tenant = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    models = NumberAttribute(default=0)


def add(model: Registered, event: Event) -> None:
    transaction = Transaction()
    item = ModelItem(
        model.tenant,
        _PREFIX + model.id,
        manifest=json.loads(model.manifest.model_dump_json()),
        state=model.state,
        created_at=epoch_ms(model.created_at),
        created_by=model.created_by,
    )
    transaction.put(item, condition=ModelItem.key.does_not_exist(), otherwise=ModelExistsError(model.id))
    few = TotalItem.models.does_not_exist() | (TotalItem.models < MAX_MODELS)
    msg = f"there are {MAX_MODELS} models already, which is the most; delete one first"
    transaction.update(
        TotalItem(model.tenant, _TOTAL), [TotalItem.models.add(1)], condition=few, otherwise=TooManyModelsError(msg)
    )
    events.record(transaction, event)
    transaction.commit()


def get(tenant: str, model_id: str, *, consistent: bool = False) -> Registered | None:
    """A model of the tenant; without one of that id, the deployment's."""
    places = [tenant] if tenant == STACK else [tenant, STACK]
    items = batch_get([(ModelItem, place, _PREFIX + model_id) for place in places], consistent=consistent)
    return next((_to_model(item) for item in items if item), None)


def every(tenant: str) -> list[Registered]:
    """The tenant's models, and those of the deployment that no model of its own stands before."""
    found = {model.id: model for place in (STACK, tenant) for model in _of(place)}
    return [found[name] for name in sorted(found)]


def _of(tenant: str) -> Sequence[Registered]:
    return [_to_model(item) for item in ModelItem.query(tenant, ModelItem.key.startswith(_PREFIX))]


def move(model: Registered, to: State, event: Event | None, **changes: Any) -> None:  # noqa: ANN401 (the fields)
    """Bring a model to a state, with the event that tells of it; ModelMovedError when it is in another than it was.

    A load's own steps are held against the load that is the last one asked for.
    """
    if to not in TRANSITIONS[model.state]:
        raise ModelMovedError
    actions = [ModelItem.state.set(to)]
    for name, value in changes.items():
        attribute = getattr(ModelItem, name)
        stored = epoch_ms(value) if isinstance(value, datetime) else value
        actions.append(attribute.remove() if stored is None else attribute.set(stored))
    transaction = Transaction()
    transaction.update(_item(model), actions, condition=_unmoved(model), otherwise=ModelMovedError())
    if event is not None:
        events.record(transaction, event)
    transaction.commit()


def remove(model: Registered, event: Event) -> None:
    transaction = Transaction()
    there = ModelItem.key.exists()
    transaction.delete(_item(model), condition=there, otherwise=ModelMissingError(model.id))
    transaction.update(TotalItem(model.tenant, _TOTAL), [TotalItem.models.add(-1)])
    events.record(transaction, event)
    transaction.commit()


def _item(model: Registered) -> ModelItem:
    return ModelItem(model.tenant, _PREFIX + model.id)


def _unmoved(model: Registered) -> Condition:
    loaded: Condition = (ModelItem.load == model.load) if model.load else ModelItem.load.does_not_exist()
    same: Condition = (ModelItem.state == str(model.state)) & loaded
    return same


def _to_model(item: ModelItem) -> Registered:
    return Registered(
        tenant=item.tenant,
        id=item.key.removeprefix(_PREFIX),
        manifest=Manifest.model_validate(item.manifest),
        state=State(item.state),
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
        load=item.load or "",
        progress=int(item.progress),
        asked_at=_instant(item.asked_at),
        loaded_at=_instant(item.loaded_at),
        seconds=None if item.seconds is None else float(item.seconds),
        memory_bytes=None if item.memory_bytes is None else int(item.memory_bytes),
        error=item.error,
    )


def _instant(ms: float | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(int(ms))
